/* Instructions that user mode must not execute, and some that it may: each is a function, called by its name. */
#define GUEST_NO_LIBC
#include "guest.h"

u8 buffer[8192];
const float one = 1;

#define CASES \
	X(divide, "xor %ecx, %ecx\n\txor %edx, %edx\n\tmov $1, %eax\n\tdiv %ecx") \
	X(int3, "int3") \
	X(ud2, "ud2") \
	X(icebp, ".byte 0xf1") \
	X(int80, "mov $20, %eax\n\tint $0x80") \
	X(int81, "int $0x81") \
	X(int14, "int $14") \
	X(hlt, "hlt") \
	X(cli, "cli") \
	X(sti, "sti") \
	X(clts, "clts") \
	X(read_cr3, "mov %cr3, %rax") \
	X(write_cr3, "xor %eax, %eax\n\tmov %rax, %cr3") \
	X(write_cr4, "xor %eax, %eax\n\tmov %rax, %cr4") \
	X(write_dr7, "xor %eax, %eax\n\tmov %rax, %db7") \
	X(rdmsr, "mov $0xc0000082, %ecx\n\trdmsr") \
	X(wrmsr, "mov $0xc0000082, %ecx\n\txor %eax, %eax\n\txor %edx, %edx\n\twrmsr") \
	X(lgdt, "lgdt buffer(%rip)") \
	X(lidt, "lidt buffer(%rip)") \
	X(lldt, "xor %eax, %eax\n\tlldt %ax") \
	X(ltr, "mov $0x40, %eax\n\tltr %ax") \
	X(swapgs, "swapgs") \
	X(invlpg, "invlpg (%rsp)") \
	X(wbinvd, "wbinvd") \
	X(invd, "invd") \
	X(xsetbv, "xor %ecx, %ecx\n\txor %edx, %edx\n\tmov $1, %eax\n\txsetbv") \
	X(sysretq, "lea 1f(%rip), %rcx\n\tmov $0x202, %r11d\n\tsysretq\n1:") \
	X(iretq_kernel, "mov %rsp, %rax\n\tpushq $0x18\n\tpush %rax\n\tpushq $2\n\tpushq $0x10\n\tlea 1f(%rip), %rax\n\tpush %rax\n\tiretq\n1:") \
	X(load_kernel_ss, "mov $0x18, %eax\n\tmov %eax, %ss") \
	X(load_wild_ds, "mov $0xfff8, %eax\n\tmov %eax, %ds") \
	X(far_call, "pushq $0x10\n\tlea 1f(%rip), %rax\n\tpush %rax\n\tlretq\n1:") \
	X(vmcall, "mov $1, %eax\n\tvmcall") \
	X(vmmcall, "mov $1, %eax\n\txor %ebx, %ebx\n\tvmmcall") \
	X(trap_flag, "pushfq\n\torl $0x100, (%rsp)\n\tpopfq\n\tnop\n\tnop") \
	X(nested_task, "pushfq\n\torl $0x4000, (%rsp)\n\tpopfq\n\tmov $39, %eax\n\tsyscall\n\tpushfq\n\tandl $~0x4000, (%rsp)\n\tpopfq") \
	X(nested_task_iretq, "pushfq\n\torl $0x4000, (%rsp)\n\tpopfq\n\tmov %rsp, %rax\n\tpushq $0x2b\n\tpush %rax\n\tpushq $0x202\n\tpushq $0x33\n\tlea 1f(%rip), %rax\n\tpush %rax\n\tiretq\n1:") \
	X(alignment_check, "pushfq\n\torl $0x40000, (%rsp)\n\tpopfq\n\tmov 1(%rsp), %eax") \
	X(alignment_check_syscall, "pushfq\n\torl $0x40000, (%rsp)\n\tpopfq\n\tmov $39, %eax\n\tsyscall\n\tpushfq\n\tandl $~0x40000, (%rsp)\n\tpopfq") \
	X(direction_flag, "std\n\tmov $39, %eax\n\tsyscall\n\tcld") \
	X(sse_fault, "pushq $0x1d80\n\tldmxcsr (%rsp)\n\txorps %xmm0, %xmm0\n\tmovss one(%rip), %xmm1\n\tdivss %xmm0, %xmm1\n\tpop %rax") \
	X(x87_fault, "fninit\n\tpushq $0x300\n\tfldcw (%rsp)\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait\n\tpop %rax") \
	X(misaligned_sse, "movaps 1+buffer(%rip), %xmm0") \
	X(sgdt, "sgdt buffer(%rip)") \
	X(in_60, "in $0x60, %al") \
	X(out_60, "out %al, $0x60") \
	X(in_80, "in $0x80, %al") \
	X(out_80, "mov $0, %al\n\tout %al, $0x80") \
	X(out_80_32, "xor %eax, %eax\n\tout %eax, $0x80") \
	X(out_81, "out %al, $0x81") \
	X(in_3f8, "mov $0x3f8, %edx\n\tin %dx, %al") \
	X(out_cf8, "mov $0xcf8, %edx\n\tout %eax, %dx") \
	X(in_after_doorbells, "mov $0x5203, %edx\n\tin %dx, %al") \
	X(in_before_doorbells, "mov $0x4fff, %edx\n\tin %dx, %al") \
	X(in_ffff, "mov $0xffff, %edx\n\tin %dx, %eax") \
	X(rep_insb, "lea buffer(%rip), %rdi\n\tmov $4096, %ecx\n\tmov $0x5040, %edx\n\trep insb") \
	X(rep_outsb, "lea buffer(%rip), %rsi\n\tmov $4096, %ecx\n\tmov $0x5040, %edx\n\trep outsb") \
	X(rep_insb_null, "xor %edi, %edi\n\tmov $4096, %ecx\n\tmov $0x5040, %edx\n\trep insb") \
	X(rep_insb_kernel, "mov $0x20000, %edi\n\tmov $4096, %ecx\n\tmov $0x5040, %edx\n\trep insb") \
	X(wrpkru, "xor %eax, %eax\n\txor %ecx, %ecx\n\txor %edx, %edx\n\twrpkru") \
	X(out_doorbell, "mov $0x5040, %edx\n\tout %eax, %dx")

#define X(name, code) __attribute__((naked)) static void name##_case(void) { __asm__("push %rbx\n\t" code "\n\tpop %rbx\n\tret"); }
CASES
#undef X

static const struct {
	const char *name;
	void (*run)(void);
} cases[] = {
#define X(name, code) { #name, name##_case },
	CASES
#undef X
};

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	u64 i;

	if (is(what, "stack_overflow"))
		for (;;)
			__asm__ volatile("push %rax");
	if (is(what, "doorbells_from_ports_end")) {
		/* The last three bytes a dword access needs are allowed, the next port is not. */
		for (i = PORT_BASE + PORT_COUNT; i < PORT_BASE + PORT_COUNT + 3; i++)
			if (port_in8((u16)i) != 0xff)
				return 1;
		return 0;
	}
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (is(what, cases[i].name)) {
			cases[i].run();
			return 0;
		}
	return 99;
}
