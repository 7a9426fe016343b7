// What the lab's programs share of a VM of the least kind: one vCPU in 64-bit code, which makes a hypercall and halts.
#ifndef LEAST_VM_H
#define LEAST_VM_H

#include "hypercall.h"
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

enum { MEMORY = 1 << 16, TABLES = 0x1000, CODE = 0x8000, LARGE_PAGE = 0x83, TABLE = 3, RFLAGS = 2 };

static struct kvm_run *run;

static void need(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

static int make_vm(void)
{
	static const unsigned char code[] = { 0x0f, 0x01, 0xd9, 0xf4 }; // vmmcall; hlt
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm, vcpu;
	need(kvm, "/dev/kvm");
	need(vm = ioctl(kvm, KVM_CREATE_VM, 0), "a VM");
	unsigned char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t *tables = (uint64_t *)(memory + TABLES);
	tables[0] = (TABLES + 0x1000) | TABLE;
	tables[512] = (TABLES + 0x2000) | TABLE;
	tables[1024] = LARGE_PAGE; // 2 MiB at 0
	memcpy(memory + CODE, code, sizeof code);
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY, .userspace_addr = (uint64_t)memory };
	need(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "its memory");
	need(vcpu = ioctl(vm, KVM_CREATE_VCPU, 0), "a vCPU");
	run = mmap(NULL, (size_t)ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);

	// Long mode wants a CPU that says it has it.
	struct { struct kvm_cpuid2 head; struct kvm_cpuid_entry2 leaves[100]; } cpuid = { .head.nent = 100 };
	need(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, &cpuid), "CPUID");
	need(ioctl(vcpu, KVM_SET_CPUID2, &cpuid), "its CPUID");
	struct kvm_sregs special;
	need(ioctl(vcpu, KVM_GET_SREGS, &special), "its registers");
	special.cr3 = TABLES;
	special.cr4 = 1 << 5; // PAE
	special.cr0 = 0x80050033;
	special.efer = 0x500; // LME, LMA
	special.cs = (struct kvm_segment){ .limit = ~0u, .selector = 8, .type = 11, .present = 1, .s = 1, .l = 1, .g = 1 };
	special.ss = special.ds = special.es = (struct kvm_segment){ .limit = ~0u, .selector = 16, .type = 3, .present = 1, .s = 1, .db = 1, .g = 1 };
	need(ioctl(vcpu, KVM_SET_SREGS, &special), "its special registers");
	return vcpu;
}

// Has the vCPU make a hypercall; what it was answered. The sequence is that of the request in a shared page; who has none passes 0.
static long long call_from(int vcpu, unsigned long long op, long long argument, uint64_t sequence)
{
	struct kvm_regs registers = {
		.rip = CODE, .rflags = RFLAGS, .rax = HYPERCALL_BASE | op, .rbx = (uint64_t)argument, .rdi = (uint64_t)argument, .rcx = sequence,
	};
	need(ioctl(vcpu, KVM_SET_REGS, &registers), "registers");
	need(ioctl(vcpu, KVM_RUN, 0), "a run");
	if (run->exit_reason != KVM_EXIT_HLT) {
		printf("exit %u\n", run->exit_reason);
		exit(1);
	}

	need(ioctl(vcpu, KVM_GET_REGS, &registers), "registers");
	return (long long)registers.rax;
}

#endif
