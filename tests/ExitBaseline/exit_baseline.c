// A bare KVM_RUN loop: what one doorbell exit costs with nothing around it. `hoststub bench exits` builds and runs it beside
// the micro-VM. The guest is 64-bit code at CPL 3, as in the micro-VM; it times each doorbell with rdtsc.
//
// usage: exit_baseline port|mmio CALLS CPU
// prints the round trips' percentiles in TSC ticks: "p50 p90 p99 min"

#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	MEMORY = 64 << 20,
	PML4 = 0x1000, PDPT = 0x2000, PD = 0x3000, PD_HIGH = 0x4000,
	GDT = 0x5000, TSS = 0x6000, CODE = 0x10000, RESULTS = 0x400000, STACK = 0x300000,
	USER_CS = 0x33, USER_SS = 0x2b, TSS_SELECTOR = 0x40,
	PORT = 0x5040, END_PORT = 0x51ff,
};
#define MMIO_PAGE 0xD0001000ul

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static int checked(int result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

// r8 = results, r9 = count, rdi = MMIO address or port. Each pass: rdtsc; doorbell; rdtsc; store the difference.
static const uint8_t port_code[] = {
	0x0f, 0x31,                   // rdtsc
	0x48, 0xc1, 0xe2, 0x20,       // shl rdx, 32
	0x48, 0x09, 0xd0,             // or rax, rdx
	0x48, 0x89, 0xc3,             // mov rbx, rax
	0x89, 0xfa,                   // mov edx, edi
	0xed,                         // in eax, dx
	0x0f, 0x31,                   // rdtsc
	0x48, 0xc1, 0xe2, 0x20,       // shl rdx, 32
	0x48, 0x09, 0xd0,             // or rax, rdx
	0x48, 0x29, 0xd8,             // sub rax, rbx
	0x49, 0x89, 0x00,             // mov [r8], rax
	0x49, 0x83, 0xc0, 0x08,       // add r8, 8
	0x49, 0xff, 0xc9,             // dec r9
	0x75, 0xd9,                   // jnz start
	0x66, 0xba, 0xff, 0x51,       // mov dx, END_PORT
	0xed,                         // in eax, dx
};

static const uint8_t mmio_code[] = {
	0x0f, 0x31,                   // rdtsc
	0x48, 0xc1, 0xe2, 0x20,       // shl rdx, 32
	0x48, 0x09, 0xd0,             // or rax, rdx
	0x48, 0x89, 0xc3,             // mov rbx, rax
	0x8b, 0x07,                   // mov eax, [rdi]
	0x90,                         // nop
	0x0f, 0x31,                   // rdtsc
	0x48, 0xc1, 0xe2, 0x20,       // shl rdx, 32
	0x48, 0x09, 0xd0,             // or rax, rdx
	0x48, 0x29, 0xd8,             // sub rax, rbx
	0x49, 0x89, 0x00,             // mov [r8], rax
	0x49, 0x83, 0xc0, 0x08,       // add r8, 8
	0x49, 0xff, 0xc9,             // dec r9
	0x75, 0xd9,                   // jnz start
	0x66, 0xba, 0xff, 0x51,       // mov dx, END_PORT
	0xed,                         // in eax, dx
};

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

static void segment(struct kvm_segment *s, int selector, int type, int code)
{
	*s = (struct kvm_segment){ .limit = 0xffffffff, .selector = selector, .type = type, .present = 1, .dpl = 3,
		.db = !code, .s = 1, .l = code, .g = 1 };
}

// A guest without CPUID has no long mode and no NX for EFER, as kernels since 6.12 check: it gets what KVM supports.
static void cpuid(int kvm, int vcpu)
{
	enum { MOST = 512 };
	struct kvm_cpuid2 *table = calloc(1, sizeof *table + MOST * sizeof table->entries[0]);
	if (!table)
		die("calloc");
	table->nent = MOST;
	checked(ioctl(kvm, KVM_GET_SUPPORTED_CPUID, table), "KVM_GET_SUPPORTED_CPUID");
	checked(ioctl(vcpu, KVM_SET_CPUID2, table), "KVM_SET_CPUID2");
	free(table);
}

// VMX enters only with a busy TSS. SVM keeps an available one, and QEMU's SVM ignores the I/O bitmap of any other.
static int tss_type(void)
{
	unsigned int eax = 0x80000000, ebx, ecx = 0, edx;
	__asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	if (eax < 0x80000001)
		return 11;
	eax = 0x80000001, ecx = 0;
	__asm__("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	return ecx & 1 << 2 ? 9 : 11;
}

static void page_tables(uint8_t *memory)
{
	const uint64_t table = 7, large = 0x87;
	uint64_t *pml4 = (uint64_t *)(memory + PML4), *pdpt = (uint64_t *)(memory + PDPT);
	uint64_t *pd = (uint64_t *)(memory + PD), *pd_high = (uint64_t *)(memory + PD_HIGH);
	pml4[0] = PDPT | table;
	pdpt[0] = PD | table;
	pdpt[3] = PD_HIGH | table;
	for (uint64_t i = 0; i < MEMORY >> 21; i++)
		pd[i] = i << 21 | large;
	pd_high[(MMIO_PAGE >> 21) & 511] = (MMIO_PAGE & ~0x1ffffful) | large;
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return fprintf(stderr, "usage: exit_baseline port|mmio CALLS CPU\n"), 1;
	int mmio = !strcmp(argv[1], "mmio");
	long calls = atol(argv[2]);
	if (calls < 1 || calls > (MEMORY - RESULTS) / 8)
		return fprintf(stderr, "CALLS must lie in 1..%d\n", (MEMORY - RESULTS) / 8), 1;

	cpu_set_t cpu;
	CPU_ZERO(&cpu);
	CPU_SET(atoi(argv[3]), &cpu);
	checked(sched_setaffinity(0, sizeof cpu, &cpu), "sched_setaffinity");

	int kvm = checked(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	int vm = checked(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	uint8_t *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	struct kvm_userspace_memory_region ram = { .memory_size = MEMORY, .userspace_addr = (uint64_t)memory };
	checked(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &ram), "KVM_SET_USER_MEMORY_REGION");

	page_tables(memory);
	uint64_t *gdt = (uint64_t *)(memory + GDT);
	gdt[5] = 0x00cff3000000ffff;
	gdt[6] = 0x00affb000000ffff;
	gdt[8] = 0xfff | (uint64_t)TSS << 16 | (0x80ull | tss_type()) << 40;
	*(uint16_t *)(memory + TSS + 102) = 104; // the I/O bitmap of zeros behind permits every port used
	memcpy(memory + CODE, mmio ? mmio_code : port_code, sizeof port_code);

	int vcpu = checked(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	cpuid(kvm, vcpu);
	struct kvm_run *run = mmap(NULL, checked(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE"),
		PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		die("mmap kvm_run");

	struct kvm_sregs sregs;
	checked(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	segment(&sregs.cs, USER_CS, 11, 1);
	segment(&sregs.ss, USER_SS, 3, 0);
	sregs.ds = sregs.es = sregs.ss;
	sregs.tr = (struct kvm_segment){ .base = TSS, .limit = 0xfff, .selector = TSS_SELECTOR, .type = tss_type(), .present = 1 };
	sregs.gdt.base = GDT;
	sregs.gdt.limit = TSS_SELECTOR + 15;
	sregs.cr0 = 0x80050033;
	sregs.cr3 = PML4;
	sregs.cr4 = 0x620;
	sregs.efer = 0x501;
	checked(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	struct kvm_regs regs = { .rip = CODE, .rsp = STACK, .rflags = 0x202, .r8 = RESULTS, .r9 = calls,
		.rdi = mmio ? MMIO_PAGE + 4 * 64 : PORT };
	checked(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");

	for (;;) {
		checked(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
		if (run->exit_reason == KVM_EXIT_IO && run->io.port == END_PORT)
			break;
		if (run->exit_reason == KVM_EXIT_IO)
			*(uint32_t *)((uint8_t *)run + run->io.data_offset) = 1;
		else if (run->exit_reason == KVM_EXIT_MMIO)
			*(uint32_t *)run->mmio.data = 1;
		else
			return fprintf(stderr, "unexpected exit reason %u\n", run->exit_reason), 2;
	}

	uint64_t *ticks = (uint64_t *)(memory + RESULTS);
	qsort(ticks, calls, sizeof *ticks, compare);
	printf("%lu %lu %lu %lu\n", ticks[calls / 2], ticks[calls * 9 / 10], ticks[calls * 99 / 100], ticks[0]);
	return 0;
}
