/* Children that share the address space: clone with CLONE_VM | CLONE_VFORK, wait4, alarm, setrlimit. */
#define GUEST_NO_LIBC
#include "guest.h"
#include "vfork_children.h"

static void check_probe(long vendor)
{
	long status;

	CHECK(on_signal(SIGILL, leave_71, 0) == 0);
	CHECK(on_signal(SIGSEGV, leave_71, 0) == 0);
	CHECK(on_signal(SIGALRM, leave_71, 0) == 0);
	word = 0x5a5a;
	status = status_of(probe, vendor);
	CHECK(status == 0 ? word != 0x5a5a : status == SIGILL || status == SIGSEGV);
	nap(50);
	__asm__ volatile("ud2"); /* the handler of before */
}

static void check_wait(void)
{
	int status = 0x5a5a, i;
	u64 rusage[18];
	long pid;

	CHECK(wait_for(-1, &status, 0) == ECHILD && wait_for(-1, &status, WALL | WNOHANG) == ECHILD);
	CHECK(wait_for(77, &status, WALL) == ECHILD && wait_for(1, &status, WALL) == ECHILD);
	CHECK(wait_for(-2, &status, WALL) == ECHILD && wait_for(0x80000000l, &status, WALL) == ECHILD);
	pid = vfork_of(give, 9);
	CHECK(wait_for(pid, &status, 0x100) == EINVAL && wait_for(pid, &status, -1) == EINVAL);
	CHECK(wait_for(pid + 1, &status, WALL) == ECHILD);
	CHECK(wait_for(pid, &status, 0) == ECHILD && status == 0x5a5a); /* no SIGCHLD: only __WALL or __WCLONE see it */
	CHECK(sys2(62, pid, 0) == 0 && sys2(62, pid, SIGKILL) == 0 && sys2(62, pid, 99) == EINVAL);
	CHECK(wait_for(pid, &status, 0x80000000l) == pid && status == 9 << 8);
	CHECK(sys2(62, pid, 0) == -3);
	pid = vfork_of(give, 10);
	CHECK(wait_for(-1, (int *)KERNEL_HALF, WALL) == EFAULT); /* taken all the same, as in Linux */
	CHECK(wait_for(-1, &status, WALL) == ECHILD);
	pid = vfork_of(give, 11);
	CHECK(sys4(61, pid, 0, WALL, 8) == EFAULT);
	pid = vfork_of(give, 12);
	for (i = 0; i < 18; i++)
		rusage[i] = 1;
	CHECK(sys4(61, 0, &status, WALL | WNOHANG, rusage) == pid && status == 12 << 8);
	for (i = 0; i < 18; i++)
		CHECK(rusage[i] == 0);
	handled = 0;
	on_signal(SIGCHLD, count, 0);
	pid = spawn(give, 13, VFORK | SIGCHLD, 0);
	CHECK(handled == 1);
	CHECK(wait_for(pid, &status, 0x80000000l) == ECHILD && wait_for(pid, &status, 0) == pid && status == 13 << 8);
}

static void check_limits(void)
{
	u64 limit[2] = { 1, 1 };

	CHECK(sys2(160, 4, limit) == 0 && sys2(160, 16, limit) == EINVAL && sys2(160, ~0ul, limit) == EINVAL);
	CHECK(sys2(160, 4, 0) == EFAULT && sys2(160, 4, KERNEL_HALF) == EFAULT && sys2(160, 4, ~0ul) == EFAULT);
	limit[0] = 2;
	CHECK(sys2(160, 4, limit) == EINVAL);
}

static void check_alarm(void)
{
	int i;

	CHECK(sys1(37, 0) == 0 && sys1(37, 100) == 0);
	CHECK(sys1(37, ~0ul) == 100);
	CHECK(sys1(37, 50) == 0x7fffffff);
	for (i = 0; i < 1000; i++)
		CHECK(sys1(37, 50 + i) >= 50);
	on_signal(SIGALRM, count, 0);
	CHECK(sys1(37, 1) > 0);
	CHECK(status_of(give, 1) == 1 << 8); /* inherits no alarm, and takes none away */
	while (!handled)
		__asm__ volatile("");
	CHECK(sys1(37, 0) == 0 && handled == 1);
}

static void check_clones(void)
{
	static u64 args[8];
	int pid = 0, status;
	long child;

	CHECK(spawn(give, 1, 0, 0) == ENOSYS && spawn(give, 1, SIGCHLD, 0) == ENOSYS);
	CHECK(spawn(give, 1, CLONE_VFORK, 0) == ENOSYS && spawn(give, 1, CLONE_VM, 0) == ENOSYS);
	CHECK(spawn(give, 1, VFORK | 0x800, 0) == ENOSYS && spawn(give, 1, VFORK | 0x10000, 0) == ENOSYS);
	CHECK(spawn(give, 1, VFORK, NON_CANONICAL) == EINVAL && spawn(give, 1, VFORK | 200, 0) == EINVAL);
	CHECK(spawn(give, 1, VFORK | 0x20000000, 0) == EINVAL && spawn(give, 1, VFORK | 0x1000, 0) == EINVAL);
	CHECK(sys6(56, VFORK | 0x80000, 0, 0, 0, (long)KERNEL_HALF, 0) == EINVAL);
	child = spawn(give, 3, VFORK, (u64)(stacks[0] + sizeof(stacks[0])));
	CHECK(wait_for(child, &status, WALL) == child && status == 3 << 8);
	args[0] = VFORK | 0x100000;
	args[3] = (u64)&pid;
	args[4] = 1ul << 40;
	CHECK(sys2(435, args, sizeof(args)) == EINVAL);
	args[4] = 0;
	child = sys2(435, args, sizeof(args));
	if (child == 0)
		sys1(231, 4);
	CHECK(child == pid && wait_for(child, &status, WALL) == child && status == 4 << 8);
}

static int guest_main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int status, i = 0;
	long pid, base[1] = { 0 };

	if (is(what, "exit")) {
		CHECK(status_of(give, 0) == 0 && status_of(give, 42) == 42 << 8 && status_of(give, 0x1ff) == 255 << 8);
		CHECK(status_of(leave_thread_like, 43) == 43 << 8);
		CHECK(status_of(identity, 0) == 0 && word > 1 && word == tid_seen && sys0(39) == 1 && sys0(186) == 1);
	} else if (is(what, "faults")) {
		CHECK(status_of(ud2, 0) == SIGILL && status_of(write_null, 0) == SIGSEGV);
		CHECK(status_of(jump_wild, 0) == SIGSEGV && status_of(jump_wild, (long)NON_CANONICAL) == SIGSEGV);
		CHECK(status_of(sigreturn_wild, 0) == SIGSEGV);
	} else if (is(what, "kills")) {
		for (i = 1; i < 65; i++)
			if (i != 17 && i != 18 && i != 23 && i != 28)
				CHECK(status_of(tgkill_self, i) == i);
		CHECK(status_of(kill_self, SIGUSR1) == SIGUSR1 && status_of(kill_self, SIGKILL) == SIGKILL);
	} else if (is(what, "alarm-child")) {
		CHECK(status_of(spin_after_alarm, 1) == SIGALRM);
		on_signal(SIGALRM, leave_71, 0);
		CHECK(status_of(spin_after_alarm, 1) == 71 << 8);
		CHECK(sys1(37, 0) == 0);
	} else if (is(what, "handlers")) {
		on_signal(SIGUSR1, count, 0);
		CHECK(status_of(change_handlers, 0) == 71 << 8 && handled == 0);
		CHECK(status_of(inherits_handlers, 0) == 72 << 8);
		sys2(62, 1, SIGUSR1);
		CHECK(handled == 2 && seen_pid == 1);
		CHECK(status_of(kill_parent, SIGUSR1) == 74 << 8);
		CHECK(handled == 3 && seen_pid > 1);
	} else if (is(what, "blocked")) {
		u64 all = ~0ul, none = 0;

		sys4(14, 2, &all, 0, 8);
		CHECK(status_of(tgkill_self, SIGUSR1) == 1 << 8 && status_of(tgkill_self, SIGKILL) == SIGKILL && status_of(ud2, 0) == SIGILL);
		sys4(14, 2, &none, 0, 8);
	} else if (is(what, "state")) {
		base[0] = 0x123456789a;
		sys2(158, 0x1002, base);
		CHECK(status_of(fs_base_is, base[0]) == 75 << 8);
		__asm__ volatile("movq %0, %%xmm7" : : "r"(0x3334353637ul) : "xmm7");
		CHECK(status_of(vector_is, 0x3334353637l) == 76 << 8);
	} else if (is(what, "wait")) {
		check_wait();
	} else if (is(what, "limits")) {
		check_limits();
	} else if (is(what, "alarm")) {
		check_alarm();
	} else if (is(what, "alarm-kills")) {
		sys1(37, 1);
		spin(0);
	} else if (is(what, "clones")) {
		check_clones();
		CHECK(status_of(clones, 0) == 73 << 8);
	} else if (is(what, "probe-vmcall")) {
		check_probe(0);
	} else if (is(what, "probe-vmmcall")) {
		check_probe(1);
	} else if (is(what, "storm")) {
		for (i = 0; i < 1000; i++)
			CHECK(status_of(i & 1 ? ud2 : write_null, 0) == (i & 1 ? SIGILL : SIGSEGV));
	} else if (is(what, "never-reaped")) {
		for (i = 0; i < 300; i++)
			CHECK(vfork_of(give, i) > 1);
		for (i = 0; (pid = wait_for(-1, &status, WALL | WNOHANG)) > 0; i++)
			CHECK(status == ((300 - 64 + i) & 255) << 8);
		CHECK(i == 64 && pid == ECHILD);
	} else if (is(what, "storm-threads")) {
		for (i = 0; i < 4; i++)
			CHECK(begin_thread(storm_thread, 100, i) > 1);
		while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < 4)
			nap(5);
	} else if (is(what, "unmap")) {
		long page = map_anon(0, 4096, 3);

		CHECK(status_of(unmap_word, page) == 0);
		*(volatile long *)page = 1; /* gone for the parent as well */
	} else if (is(what, "unmap-stack")) {
		vfork_of(unmap_stack, ((long)base & ~0x1fffffl) - (6l << 20));
	} else if (is(what, "exit-group-beside")) {
		begin_thread(later_exit_group, 100, 0);
		vfork_of(spin, 0);
	} else if (is(what, "kill-beside")) {
		pid = begin_thread(later_kill, 3, 0);
		CHECK(pid == 2);
		pid = vfork_of(say_ready_and_spin, 0);
		CHECK(pid == 3 && word == 0 && wait_for(pid, &status, WALL) == pid && status == SIGKILL);
	} else if (is(what, "wait-beside")) {
		begin_thread(wait_beside, 0, 0);
		pid = vfork_of(say_ready_and_nap, 200);
		while (!word)
			nap(1);
		CHECK(word == pid);
	} else if (is(what, "kill-parent")) {
		vfork_of(kill_parent_and_spin, SIGKILL);
	} else if (is(what, "child-spins")) {
		vfork_of(spin, 0);
	} else if (is(what, "ring")) {
		CHECK(status_of(ring, 0) == 79 << 8);
		print_hex((u64)word);
	} else if (is(what, "child-sleeps")) {
		vfork_of(sleep_for_ever, 0);
	} else if (is(what, "wait-for-ever")) {
		begin_thread(wait_beside, 0, 0);
		vfork_of(say_ready_and_nap, 1000000000);
	} else if (is(what, "storm-for-ever")) {
		for (;;)
			vfork_of(i++ & 1 ? ud2 : give, 0);
	} else if (is(what, "alarm-for-ever")) {
		on_signal(SIGALRM, count, 0);
		sys1(37, 100);
		spin(0);
	} else
		return 99;
	return 0;
}
