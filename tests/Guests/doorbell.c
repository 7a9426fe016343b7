/* Rings the doorbells as they should and should not be rung, and prints what came back, a line each. */
#define GUEST_NO_LIBC
#include "guest.h"

#define BASE 0x50530000ul
#define OPS 8
#define GET_STATE 1
#define SET_STATE 2
#define EAGAIN_REPLY (-11)
#define EPERM_REPLY (-1)
#define CALLS 2000
#define REGISTERS 17
#define ARITHMETIC_FLAGS 0x8d5ul
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

static u32 replies[1024];
static u64 bell;
static u32 is_amd;

/* Registers by the number instructions encode them with; 16 is rflags. Absolute addresses reach them without a register. */
__attribute__((used)) static volatile u64 before[REGISTERS], after[REGISTERS], own_stack;

#define MOVES(_) \
	_(8, rcx) _(16, rdx) _(24, rbx) _(40, rbp) _(48, rsi) _(56, rdi) _(64, r8) _(72, r9) _(80, r10) _(88, r11) _(96, r12) _(104, r13) \
	_(112, r14) _(120, r15)
#define LOAD(offset, name) "mov before+" #offset ", %" #name "\n\t"
#define STORE(offset, name) "mov %" #name ", after+" #offset "\n\t"
#define RING_WITH_ALL_REGISTERS(function, instruction) \
	__attribute__((naked, noipa)) static void function(void) \
	{ \
		__asm__("push %rbx\n\tpush %rbp\n\tpush %r12\n\tpush %r13\n\tpush %r14\n\tpush %r15\n\t" \
			"mov %rsp, own_stack\n\tmov %rsp, before+32\n\tpushq before+128\n\tpopfq\n\t" MOVES(LOAD) "mov before, %rax\n\t" \
			instruction "\n\t" \
			"mov %rax, after\n\t" MOVES(STORE) "mov %rsp, after+32\n\tmov own_stack, %rsp\n\tpushfq\n\tpopq after+128\n\t" \
			"pop %r15\n\tpop %r14\n\tpop %r13\n\tpop %r12\n\tpop %rbp\n\tpop %rbx\n\tret"); \
	}

RING_WITH_ALL_REGISTERS(ring_vmmcall, "vmmcall")
RING_WITH_ALL_REGISTERS(ring_vmcall, "vmcall")
RING_WITH_ALL_REGISTERS(ring_in, "in %dx, %eax")
RING_WITH_ALL_REGISTERS(ring_load, "mov (%rdi), %eax")

/* The call of 32-bit code: CS 0x23, argument in ebx as KVM reads it there. Only registers: the stack lies above 4 GiB. */
__attribute__((naked, noipa)) static int compat_call(u32 number, u32 argument, u32 amd)
{
	__asm__("push %rbx\n\tmov %rsp, own_stack\n\tmov %edi, %eax\n\tmov %esi, %ebx\n\tmov %esi, %edi\n\t"
		"pushq $0x23\n\tpushq $1f\n\tlretq\n"
		".code32\n1:\n\ttest %edx, %edx\n\tjz 2f\n\tvmmcall\n\tjmp 3f\n2:\n\tvmcall\n3:\n\tljmp $0x33, $4f\n"
		".code64\n4:\n\tmov own_stack, %rsp\n\tpop %rbx\n\tret");
}

static long hypercall(u64 number, u64 argument)
{
	long result;

	if (is_amd)
		__asm__ volatile("vmmcall" : "=a"(result) : "a"(number), "b"(argument), "D"(argument) : "memory");
	else
		__asm__ volatile("vmcall" : "=a"(result) : "a"(number), "b"(argument), "D"(argument) : "memory");
	return result;
}

static long call(const char *doorbell, u32 op, u32 argument)
{
	u32 slot = (op << 6) + argument;

	if (is(doorbell, "port"))
		return (int)port_in32((u16)(PORT_BASE + slot));
	if (is(doorbell, "mmio"))
		return (int)*(volatile u32 *)(bell + 4 * slot);
	return hypercall(BASE + op, argument);
}

/* GetPState, again and again until the budget pays for it. */
static long state_of(const char *doorbell)
{
	static const long pause[2] = { 0, 1000000 };
	long state;

	while ((state = call(doorbell, GET_STATE, 0)) == EAGAIN_REPLY)
		sys4(230, 1, 0, pause, 0);
	return state;
}

static void show_call(u64 number, u64 argument)
{
	print_hex(number);
	print_hex(argument);
	print_hex((u64)hypercall(number, argument));
}

static void hypercalls(void)
{
	static const u64 arguments[] = { 0, 1, 3, 63, 64, ~0ul, 1ul << 32, 1ul << 62, 1ul << 63, ~0ul >> 1 };
	static const u64 numbers[] = {
		BASE - 1, BASE + OPS, BASE + 0xffff, 0, 1, 5, 12, 32, 0x40000000, ~0ul,
		BASE | 1ul << 31, BASE | 1ul << 32, (BASE + SET_STATE) | 1ul << 32, BASE | 1ul << 63, BASE << 32,
	};
	int i, op;

	for (op = 0; op < OPS; op++)
		for (i = 0; i < COUNT(arguments); i++)
			show_call(BASE + (u64)op, arguments[i]);
	for (i = 0; i < COUNT(numbers); i++)
		show_call(numbers[i], 1);
}

/* A mask of the registers that Hello changed, rax apart. */
static u64 changed_registers(const char *doorbell)
{
	u64 changed = 0, round;
	int i;

	for (round = 0; round < 2; round++) {
		for (i = 0; i < REGISTERS - 1; i++)
			before[i] = (0x9e3779b97f4a7c15ul * (u64)(i + 1)) ^ -round;
		before[16] = 0x202 | (ARITHMETIC_FLAGS & ~-round);
		if (is(doorbell, "port")) {
			before[2] = (before[2] & ~0xfffful) | PORT_BASE;
			ring_in();
		} else if (is(doorbell, "mmio")) {
			before[7] = bell;
			ring_load();
		} else {
			before[0] = BASE;
			before[3] = before[7] = 1;
			if (is_amd)
				ring_vmmcall();
			else
				ring_vmcall();
		}
		for (i = 1; i < REGISTERS; i++)
			if ((before[i] ^ after[i]) & (i == 16 ? ARITHMETIC_FLAGS : ~0ul))
				changed |= 1ul << i;
	}
	return changed;
}

/* Asks alternately for two states; prints the replies' counts, the state last granted, and the one in force. */
static void throttle(const char *doorbell)
{
	u64 granted = 0, throttled = 0, denied = 0, other = 0;
	long last = state_of(doorbell);
	int i;

	for (i = 0; i < CALLS; i++) {
		long reply = call(doorbell, SET_STATE, (u32)i & 1);

		if (reply >= 0)
			granted++, last = reply;
		else if (reply == EAGAIN_REPLY)
			throttled++;
		else if (reply == EPERM_REPLY)
			denied++;
		else
			other++;
	}
	print_hex(granted);
	print_hex(throttled);
	print_hex(denied);
	print_hex(other);
	print_hex((u64)last);
	print_hex((u64)state_of(doorbell));
}

static void show(int count)
{
	int i;

	for (i = 0; i < count; i++)
		print_hex((u64)(long)(int)replies[i]);
}

/* The table of leaves that the auxiliary vector points to; 0 where there is none. */
static u32 *handed_leaves(int argc, char **argv)
{
	u64 *word = (u64 *)argv + argc + 1;

	while (*word++)
		; /* the environment */
	for (; word[0]; word += 2)
		if (word[0] == 0x6c6163536c6c6f50ul) /* "PollScal" */
			return (u32 *)word[1];
	return 0;
}

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "", *doorbell = argc > 2 ? argv[2] : "";
	u32 vendor[4];
	int slot;

	read_cpuid(0, 0, vendor);
	is_amd = vendor[1] == 0x68747541 || vendor[1] == 0x6f677948; /* "Auth", "Hygo" */
	if (is(what, "mmio") || is(doorbell, "mmio"))
		bell = (u64)map_file("/dev/mem", DOORBELL_GPA, 4096, 1, 0);
	if (is(what, "hypercall")) {
		hypercalls();
		return 0;
	}
	if (is(what, "hypercall-compat")) {
		print_hex((u64)(long)compat_call(BASE + SET_STATE, 1, is_amd));
		return 0;
	}
	if (is(what, "registers")) {
		print_hex(changed_registers(doorbell));
		return 0;
	}
	if (is(what, "throttle")) {
		throttle(doorbell);
		return 0;
	}
	if (is(what, "port")) {
		for (slot = 0; slot < PORT_COUNT; slot++)
			replies[slot] = port_in32((u16)(PORT_BASE + slot));
		show(PORT_COUNT);
		return 0;
	}
	if (is(what, "mmio")) {
		for (slot = 0; slot < 1024; slot++)
			replies[slot] = *(volatile u32 *)(bell + 4 * (u64)slot);
		show(1024);
		return 0;
	}
	if (is(what, "status")) {
		/* Asks for each P-state, slowest first, and waits until the status page shows it. */
		volatile u32 *status = (volatile u32 *)map_file("/dev/mem", STATUS_GPA, 4096, 1, 0);
		u32 count = port_in32(PORT_BASE) & 0xffff;
		u64 changes = *(volatile u64 *)(status + 6);
		u32 state;

		for (state = count; state-- > 0;) {
			u32 spins = 0;

			if (port_in32((u16)(PORT_BASE + (2 << 6) + state)) != state)
				return 1;
			while (status[2] != state || (status[0] & 1))
				if (++spins == 2000000000u)
					return 2;
			if (status[3] != port_in32((u16)(PORT_BASE + (6 << 6) + state)))
				return 3;
		}
		print_hex(*(volatile u64 *)(status + 6) - changes);
		return 0;
	}
	if (is(what, "cpuid")) {
		u32 leaf, r[4], i;

		for (leaf = 0x40000100; leaf < 0x40000108; leaf++) {
			read_cpuid(leaf, 0, r);
			for (i = 0; i < 4; i++)
				print_hex(r[i]);
		}
		return 0;
	}
	if (is(what, "handed-leaves")) {
		u32 *table = handed_leaves(argc, argv), leaf, i, j;

		if (!table)
			return 1;
		for (leaf = 0x40000100; leaf < 0x40000108; leaf++)
			for (i = 0; i < table[0]; i++)
				for (j = 1; j < 5 && table[1 + 5 * i] == leaf; j++)
					print_hex(table[1 + 5 * i + j]);
		return 0;
	}
	return 99;
}
