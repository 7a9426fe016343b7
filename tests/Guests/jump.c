/* Jumps, reads and writes where a program must not. */
#define GUEST_NO_LIBC
#include "guest.h"

static u8 data[64] = { 0xc3 };
static const u8 constants[64] = { 1 };

static void jump(u64 address)
{
	__asm__ volatile("jmp *%0" : : "r"(address));
	__builtin_unreachable();
}

static void stub_call(u64 target, u64 flags, u64 stack)
{
	/* What SYSCALL leaves behind, forged; the return address "1:" puts the stack right again. */
	__asm__ volatile(
		"mov %%rsp, %%rbx\n\t"
		"lea 1f(%%rip), %%rcx\n\t"
		"test %[target], %[target]\n\t"
		"cmovnz %[target], %%rcx\n\t"
		"mov %[flags], %%r11\n\t"
		"test %[stack], %[stack]\n\t"
		"cmovnz %[stack], %%rsp\n\t"
		"mov $39, %%eax\n\t"
		"mov $0x12000, %%r8d\n\t"
		"jmp *%%r8\n"
		"1:\n\t"
		"mov %%rbx, %%rsp\n\t"
		"cld\n\t"
		: : [target] "r"(target), [flags] "r"(flags), [stack] "r"(stack)
		: "rax", "rbx", "rcx", "r8", "r11", "memory", "cc");
}

static void iret_stub(u64 cs, u64 rip, u64 ss)
{
	u64 frame[5] = { rip, cs, 0x202, (u64)data + 32, ss };

	__asm__ volatile("mov %0, %%rsp\n\tmov $0x12002, %%eax\n\tjmp *%%rax" : : "r"(frame) : "memory");
	__builtin_unreachable();
}

static void landed(void)
{
	quit(0);
}

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (is(what, "null"))
		jump(0);
	if (is(what, "unmapped"))
		jump(0x500000000ul);
	if (is(what, "non-canonical"))
		jump(NON_CANONICAL);
	if (is(what, "kernel-half"))
		jump(KERNEL_HALF);
	if (is(what, "data"))
		jump((u64)data);
	if (is(what, "stack")) {
		u8 code[16] = { 0xc3 };

		__asm__ volatile("" : : "r"(code) : "memory");
		jump((u64)code);
	}
	if (is(what, "status-page"))
		jump((u64)map_file("/dev/mem", STATUS_GPA, 4096, 1, 0));
	if (is(what, "status-page-exec"))
		jump((u64)map_file("/dev/mem", STATUS_GPA, 4096, 5, 0) + 64);
	if (is(what, "doorbell-page-exec"))
		jump((u64)map_file("/dev/mem", DOORBELL_GPA, 4096, 5, 0));
	if (is(what, "exception-stub"))
		jump(EXCEPTION_STUBS + 14 * 16);
	if (is(what, "syscall-stub"))
		stub_call(0, 0x202, 0);
	if (is(what, "syscall-stub-non-canonical"))
		stub_call(NON_CANONICAL, 0x202, 0);
	if (is(what, "syscall-stub-kernel-rip"))
		stub_call(EXCEPTION_STUBS, 0x202, 0);
	if (is(what, "syscall-stub-loop"))
		stub_call(SYSCALL_STUB, 0x202, 0);
	if (is(what, "syscall-stub-flags")) {
		u64 flags;

		stub_call(0, ~0x100ul, 0);
		__asm__ volatile("pushfq\n\tpop %0" : "=r"(flags));
		quit((flags & 0x33000) != 0); /* IOPL, RF, VM */
	}
	if (is(what, "syscall-stub-trap-flag"))
		stub_call(0, 0x302, 0);
	if (is(what, "syscall-stub-stack"))
		stub_call(0, 0x202, KERNEL_HALF + 8);
	if (is(what, "iret-stub"))
		iret_stub(0x33, (u64)landed, 0x2b);
	if (is(what, "iret-stub-kernel"))
		iret_stub(0x10, (u64)landed, 0x18);
	if (is(what, "iret-stub-compat"))
		iret_stub(0x23, (u64)landed, 0x2b);
	if (is(what, "read-null"))
		return *(volatile u8 *)8;
	if (is(what, "read-idt"))
		return *(volatile u8 *)SYSTEM_IDT;
	if (is(what, "read-vcpu-block"))
		return *(volatile u8 *)VCPU_BLOCKS;
	if (is(what, "write-vcpu-stack"))
		*(volatile u64 *)(VCPU_BLOCKS + 0x3fd8) = 0;
	if (is(what, "write-syscall-stub"))
		*(volatile u8 *)SYSCALL_STUB = 0x90;
	if (is(what, "read-kernel-half"))
		return *(volatile u8 *)KERNEL_HALF;
	if (is(what, "read-non-canonical"))
		return *(volatile u8 *)NON_CANONICAL;
	if (is(what, "read-last-page"))
		return *(volatile u8 *)0x7ffffffff000ul;
	if (is(what, "write-code"))
		*(volatile u8 *)(u64)&guest_main = 0x90;
	if (is(what, "write-constant"))
		*(volatile u8 *)(u64)constants = 2;
	return 0;
}
