/* Signal frames, handlers and stacks, hostile. */
#define GUEST_NO_LIBC
#include "guest.h"

static u8 alternate[65536] __attribute__((aligned(16)));
static u64 frame[64];
static int depth;

struct stack {
	u64 sp;
	int flags;
	u64 size;
};

static void back_to_fault(int number, void *info, void *context)
{
	(void)number, (void)info, (void)context;
}

static void recurse(int number, void *info, void *context)
{
	(void)number, (void)info, (void)context;
	depth++;
	*(volatile int *)8 = 1;
}

static void leave(int number, void *info, void *context)
{
	(void)number, (void)info, (void)context;
	quit(33);
}

static void skip_two(int number, void *info, void *context)
{
	(void)number, (void)info;
	((u64 *)context)[5 + 16] += 2;
}

static void wild_rip(int number, void *info, void *context)
{
	(void)number, (void)info;
	((u64 *)context)[5 + 16] = NON_CANONICAL;
}

static void wild_stack(int number, void *info, void *context)
{
	(void)number, (void)info;
	((u64 *)context)[5 + 15] = NON_CANONICAL;
	((u64 *)context)[5 + 16] += 2;
}

static void sigreturn_at(u64 sp)
{
	__asm__ volatile("mov %0, %%rsp\n\tmov $15, %%eax\n\tsyscall\n\tud2" : : "r"(sp) : "memory");
	__builtin_unreachable();
}

static void landed(void)
{
	u64 flags;

	__asm__ volatile("pushfq\n\tpop %0" : "=r"(flags));
	quit((flags & 0x1b7000) ? 1 : 0); /* IOPL, NT, RF, VM, VIF, VIP */
}

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	u64 *context = frame + 1, *registers = context + 5;

	registers[15] = (u64)alternate + 32768;
	registers[16] = (u64)landed;
	registers[17] = 0x202;
	registers[18] = 0x002b000000000033ul;
	if (is(what, "sigreturn-good"))
		sigreturn_at((u64)context);
	if (is(what, "sigreturn-unmapped"))
		sigreturn_at(0x500000000ul);
	if (is(what, "sigreturn-null"))
		sigreturn_at(0);
	if (is(what, "sigreturn-kernel"))
		sigreturn_at(KERNEL_HALF + 8);
	if (is(what, "sigreturn-blocked")) {
		u64 all = ~0ul;

		sys4(14, 2, &all, 0, 8);
		sigreturn_at(0x500000000ul);
	}
	if (is(what, "sigreturn-zeroes")) {
		registers[16] = 0;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-rip")) {
		registers[16] = NON_CANONICAL;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-rip-stub")) {
		registers[16] = EXCEPTION_STUBS + 6 * 16;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-flags")) {
		registers[17] = ~0x100ul;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-trap-flag")) {
		registers[17] = 0x302;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-segments")) {
		registers[18] = 0x0018000000000010ul;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-stack")) {
		registers[15] = NON_CANONICAL;
		sigreturn_at((u64)context);
	}
	if (is(what, "sigreturn-loop")) {
		/* Returns to itself: stoppable all the same. */
		registers[0] = 0;
		registers[13] = 15;
		registers[15] = (u64)context;
		registers[16] = (u64)&&again;
		sigreturn_at((u64)context);
again:
		__asm__ volatile("mov $15, %eax\n\tsyscall\n\tud2");
	}
	if (is(what, "fault-for-ever")) {
		on_signal(11, back_to_fault, 0);
		*(volatile int *)8 = 1;
	}
	if (is(what, "ud2-for-ever")) {
		on_signal(4, back_to_fault, 0);
		__asm__ volatile("ud2");
	}
	if (is(what, "recurse")) {
		on_signal(11, recurse, 0x40000000);
		*(volatile int *)8 = 1;
	}
	if (is(what, "recurse-blocked")) {
		on_signal(11, recurse, 0);
		*(volatile int *)8 = 1;
	}
	if (is(what, "recurse-alternate")) {
		struct stack stack = { (u64)alternate, 0, sizeof(alternate) };

		sys2(131, &stack, 0);
		on_signal(11, recurse, 0x48000000);
		*(volatile int *)8 = 1;
	}
	if (is(what, "overflow-alternate")) {
		struct stack stack = { (u64)alternate, 0, sizeof(alternate) };

		sys2(131, &stack, 0);
		on_signal(11, leave, 0x08000000);
		for (;;)
			__asm__ volatile("push %rax");
	}
	if (is(what, "overflow-no-alternate")) {
		on_signal(11, leave, 0);
		for (;;)
			__asm__ volatile("push %rax");
	}
	if (is(what, "alternate-unmapped") || is(what, "alternate-kernel") || is(what, "alternate-wrapped")) {
		struct stack stack = { 0x500000000ul, 0, 8192 };

		if (is(what, "alternate-kernel"))
			stack.sp = KERNEL_HALF;
		if (is(what, "alternate-wrapped"))
			stack.sp = ~0ul - 100, stack.size = ~0ul;
		sys2(131, &stack, 0);
		on_signal(11, leave, 0x08000000);
		*(volatile int *)8 = 1;
	}
	if (is(what, "alternate-small")) {
		struct stack stack = { (u64)alternate, 0, 100 };

		if (sys2(131, &stack, 0) != -12)
			return 1;
		stack.flags = 2;
		return sys2(131, &stack, 0) == 0 ? 0 : 2;
	}
	if (is(what, "handler-non-canonical")) {
		on_signal(11, (void (*)(int, void *, void *))NON_CANONICAL, 0);
		*(volatile int *)8 = 1;
	}
	if (is(what, "handler-unmapped")) {
		on_signal(11, (void (*)(int, void *, void *))0x500000000ul, 0x40000000);
		*(volatile int *)8 = 1;
	}
	if (is(what, "no-restorer")) {
		struct kernel_sigaction action = { back_to_fault, 4, 0, 0 };

		sys4(13, 11, &action, 0, 8);
		*(volatile int *)8 = 1;
	}
	if (is(what, "blocked-fault")) {
		u64 all = ~0ul;

		on_signal(11, leave, 0);
		sys4(14, 2, &all, 0, 8);
		*(volatile int *)8 = 1;
	}
	if (is(what, "ignored-fault")) {
		struct kernel_sigaction ignore = { (void *)1, 0, 0, 0 };

		sys4(13, 11, &ignore, 0, 8);
		*(volatile int *)8 = 1;
	}
	if (is(what, "skip")) {
		on_signal(4, skip_two, 0);
		__asm__ volatile("ud2\n\tud2\n\tud2");
		return 0;
	}
	if (is(what, "wild-rip")) {
		on_signal(4, wild_rip, 0);
		__asm__ volatile("ud2");
	}
	if (is(what, "wild-stack")) {
		on_signal(4, wild_stack, 0);
		__asm__ volatile("ud2\n\tpush %rax");
	}
	if (is(what, "kill-self"))
		sys2(62, 1, 9);
	if (is(what, "abort"))
		sys3(234, 1, 1, 6);
	if (is(what, "stop-self"))
		sys2(62, 1, 19);
	if (is(what, "all-signals")) {
		int number;

		for (number = 1; number <= 64; number++) {
			struct kernel_sigaction action = { back_to_fault, 0x04000004, restorer, 0 };
			long set = sys4(13, number, &action, 0, 8);

			if ((number == 9 || number == 19) != (set == -22))
				return 1;
			if (set == 0 && sys3(234, 1, 1, number) != 0)
				return 2;
		}
		if (sys4(13, 0, 0, 0, 8) != -22 || sys4(13, 65, 0, 0, 8) != -22 || sys4(13, 10, 0, 0, 4) != -22)
			return 3;
		if (sys3(234, 1, 1, 65) != -22 || sys3(234, 1, 1, ~0ul) != -22 || sys3(234, 2, 1, 10) != -3 || sys3(234, 1, 999, 10) != -3)
			return 4;
		return 0;
	}
	return 99;
}
