/* What vfork.c has its children and threads do. */
#define CLONE_VM 0x100ul
#define CLONE_VFORK 0x4000ul
#define VFORK (CLONE_VM | CLONE_VFORK)
#define THREAD (CLONE_VM | 0x800ul | 0x10000ul)
#define WNOHANG 1
#define WALL 0x40000000l
#define ECHILD -10l
#define EAGAIN -11l
#define EFAULT -14l
#define EINVAL -22l
#define ENOSYS -38l
#define SIGILL 4
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGALRM 14
#define SIGCHLD 17

#define CHECK(condition) \
	do { \
		if (!(condition)) { \
			print(#condition "\n"); \
			quit(100); \
		} \
	} while (0)

typedef long body(long argument);

static u8 stacks[4][65536] __attribute__((aligned(4096)));
static volatile long word, handled, seen_pid, tid_seen;
static volatile int ready;

/* Runs body(argument) in what clone makes, whose exit_group status it gives; the frame here must outlive a child on the same stack. */
__attribute__((naked, noinline)) static long spawn(body *run, long argument, u64 flags, u64 stack)
{
	__asm__("push %rbx\n\tpush %r12\n\tpush %rbp\n\t"
		"mov %rdi, %rbx\n\tmov %rsi, %r12\n\tmov $0x1234, %ebp\n\t"
		"mov %rdx, %rdi\n\tmov %rcx, %rsi\n\txor %edx, %edx\n\txor %r10d, %r10d\n\txor %r8d, %r8d\n\t"
		"mov $56, %eax\n\tsyscall\n\ttest %rax, %rax\n\tje 1f\n\t"
		"cmp $0x1234, %ebp\n\tjne 2f\n\t"
		"pop %rbp\n\tpop %r12\n\tpop %rbx\n\tret\n"
		"1:\tmov %r12, %rdi\n\tcall *%rbx\n\tmov %eax, %edi\n\tmov $231, %eax\n\tsyscall\n2:\tud2");
}

static long vfork_of(body *run, long argument)
{
	return spawn(run, argument, VFORK, 0);
}

static long begin_thread(body *run, long argument, int stack)
{
	return spawn(run, argument, THREAD, (u64)(stacks[stack] + sizeof(stacks[stack])));
}

static long wait_for(long pid, int *status, long options)
{
	return sys4(61, pid, status, options, 0);
}

static void nap(long ms)
{
	long time[2] = { ms / 1000, ms % 1000 * 1000000 };

	sys2(35, time, 0);
}

static long status_of(body *run, long argument)
{
	int status = -1;
	long pid = vfork_of(run, argument);

	CHECK(pid > 1);
	CHECK(wait_for(pid, &status, WALL) == pid);
	CHECK(wait_for(pid, &status, WALL) == ECHILD);
	return status;
}

static void count(int number, void *info, void *context)
{
	(void)number, (void)context;
	seen_pid = ((int *)info)[4];
	handled++;
}

static void leave_71(int number, void *info, void *context)
{
	(void)number, (void)info, (void)context;
	quit(71);
}

static long give(long status)
{
	return status;
}

static long leave_thread_like(long status)
{
	return sys1(60, status);
}

static long ud2(long unused)
{
	__asm__ volatile("ud2");
	return unused;
}

static long write_null(long unused)
{
	*(volatile int *)8 = 1;
	return unused;
}

static long jump_wild(long unused)
{
	__asm__ volatile("mov %0, %%rcx\n\tjmp *%%rcx" : : "r"(unused));
	return unused;
}

static long sigreturn_wild(long unused)
{
	__asm__ volatile("mov $0x500000000, %rsp\n\tmov $15, %eax\n\tsyscall\n\tud2");
	return unused;
}

static long kill_self(long number)
{
	sys2(62, sys0(39), number);
	nap(10000);
	return 1;
}

static long tgkill_self(long number)
{
	sys3(234, sys0(39), sys0(186), number);
	return 1;
}

static long spin(long unused)
{
	for (;;)
		__asm__ volatile("");
	return unused;
}

static long sleep_for_ever(long unused)
{
	for (;;)
		nap(1000000);
	return unused;
}

static long spin_after_alarm(long seconds)
{
	sys1(37, seconds);
	return spin(0);
}

static long identity(long unused)
{
	(void)unused;
	word = sys0(39);
	tid_seen = sys0(186);
	return 0;
}

static long change_handlers(long unused)
{
	int number;

	(void)unused;
	for (number = 31; number > 0; number--) {
		struct kernel_sigaction action = { 0 };

		sys4(13, number, &action, 0, 8);
	}
	CHECK(on_signal(SIGUSR1, leave_71, 0) == 0);
	kill_self(SIGUSR1);
	return 1;
}

static long inherits_handlers(long unused)
{
	(void)unused;
	tgkill_self(SIGUSR1);
	return handled == 1 && seen_pid == sys0(39) ? 72 : 1;
}

static long clones(long unused)
{
	long tid = begin_thread(give, 0, 0);

	return unused + (tid == EAGAIN && vfork_of(give, 0) == EAGAIN && spawn(give, 0, 0, 0) == ENOSYS
		&& wait_for(-1, 0, WALL) == ECHILD ? 73 : 1);
}

static long unmap_stack(long page)
{
	sys2(11, page, 8ul << 20);
	return 0;
}

static long unmap_word(long page)
{
	CHECK(sys2(11, page, 4096) == 0);
	return 0;
}

static long kill_parent(long number)
{
	return sys2(62, 1, number) ? 1 : 74;
}

static long kill_parent_and_spin(long number)
{
	sys2(62, 1, number);
	return spin(0);
}

static long fs_base_is(long value)
{
	u64 at;

	__asm__ volatile("mov %%fs:0, %0" : "=r"(at));
	return at == (u64)value ? 75 : 1;
}

static long vector_is(long value)
{
	u64 x;

	__asm__ volatile("movq %%xmm7, %0" : "=r"(x));
	return x == (u64)value ? 76 : 1;
}

static long not_for_ever(long ms)
{
	nap(ms);
	return 77;
}

/* Hello, then P-state 1. */
static long ring(long unused)
{
	word = (long)((u64)port_in32(PORT_BASE + 1) << 32 | port_in32(PORT_BASE + (2 << 6) + 1));
	return unused + 79;
}

/* Threads beside a parent that stands still. */

static long later_exit_group(long ms)
{
	nap(ms);
	quit(78);
}

static long later_kill(long pid)
{
	while (!ready)
		nap(1);
	word = sys2(62, pid, SIGKILL);
	return sys1(60, 0);
}

static long say_ready_and_spin(long unused)
{
	ready = 1;
	return spin(unused);
}

static long wait_beside(long unused)
{
	int status = -1;
	long pid;

	while (!ready)
		nap(1);
	CHECK(wait_for(-1, &status, WALL | WNOHANG) == 0);
	pid = wait_for(-1, &status, WALL);
	CHECK(pid > 1 && status == 77 << 8);
	word = pid;
	return sys1(60, unused);
}

static long say_ready_and_nap(long ms)
{
	ready = 1;
	return not_for_ever(ms);
}

static long storm_thread(long times)
{
	while (times--)
		CHECK(vfork_of(times & 1 ? ud2 : give, 5) > 1);
	__atomic_add_fetch(&ready, 1, __ATOMIC_ACQ_REL);
	return sys1(60, 0);
}

/* What CrashSafeProbe's child does, call by call. */
static long probe(long vendor)
{
	u64 buffer[4] = { 0, 0, 0, 0 };
	u64 rax = 1, rbx = 0, rdi = 0;
	int number;

	for (number = 31; number > 0; number--)
		sys4(13, number, buffer, 0, 8);
	sys4(14, 2, buffer, 0, 8);
	buffer[0] = buffer[1] = 1;
	CHECK(sys2(160, 4, buffer) == 0);
	CHECK(sys1(37, 2) == 0);
	if (vendor)
		__asm__ volatile("vmmcall" : "+a"(rax), "+b"(rbx), "+D"(rdi) : : "memory");
	else
		__asm__ volatile("vmcall" : "+a"(rax), "+b"(rbx), "+D"(rdi) : : "memory");
	word = (long)rax;
	quit(0);
}
