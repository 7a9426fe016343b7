/* Every call that has the kernel write to a program's memory, aimed at memory the program itself may not write: prints what it sees, the same
 * on Linux and in a micro-VM. Then the same while another thread takes the memory away. */
#include "guest.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define FUTEX_WAKE_OP 5
#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129
#define FUTEX_CMP_REQUEUE_PRIVATE 132
#define FUTEX_WAKE_OP_PRIVATE 133
#define FUTEX_OP_SET 0
#define FUTEX_OP_ADD 1
#define FUTEX_OP_CMP_EQ 0
#define FUTEX_OP(op, argument, compare, with) (((op) & 0xful) << 28 | ((compare) & 0xful) << 24 | ((argument) & 0xffful) << 12 | ((with) & 0xffful))

#define SHOW(call) \
	do { \
		errno = 0; \
		long shown = (long)(call); \
		printf("%s = %ld %s\n", #call, shown, shown < 0 ? strerror(errno) : ""); \
	} while (0)

static char *page;
static volatile int stop;

static void each(u64 at)
{
	struct timespec zero = { 0, 0 }, soon = { 0, 1000000 };
	struct itimerspec its = { { 0, 0 }, { 1000, 0 } };
	struct itimerval itv = { { 0, 0 }, { 1000, 0 } };
	struct sigevent none = { .sigev_notify = SIGEV_NONE };
	struct epoll_event event = { EPOLLIN, { 0 } };
	fd_set *set = (fd_set *)at;
	sigset_t usr;
	int p[2], ep = epoll_create1(0), timer = -1, ones = -1;

	CHECK(pipe(p) == 0 && write(p[1], "0123456789abcdef", 16) == 16);
	epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &event);
	CHECK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &none, &timer) == 0);
	sigemptyset(&usr);
	sigaddset(&usr, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr, 0);
	SHOW(syscall(SYS_read, p[0], at, 8));
	SHOW(syscall(SYS_getrandom, at, 8, 0));
	SHOW(syscall(SYS_clock_gettime, 1, at));
	SHOW(syscall(SYS_clock_getres, 1, at));
	SHOW(syscall(SYS_gettimeofday, at, 0));
	SHOW(syscall(SYS_time, at));
	SHOW(syscall(SYS_uname, at));
	SHOW(syscall(SYS_sysinfo, at));
	SHOW(syscall(SYS_getrusage, 0, at));
	SHOW(syscall(SYS_prlimit64, 0, 7, 0, at));
	SHOW(syscall(SYS_getrlimit, 7, at));
	SHOW(syscall(SYS_fstat, p[0], at));
	SHOW(syscall(SYS_newfstatat, p[0], "", at, 0x1000));
	SHOW(syscall(SYS_statx, p[0], "", 0x1000, 0x7ff, at));
	SHOW(syscall(SYS_getcwd, at, 100));
	SHOW(syscall(SYS_pipe2, at, 0));
	SHOW(syscall(SYS_pipe, at));
	SHOW(syscall(SYS_ioctl, p[0], 0x541b, at));
	SHOW(syscall(SYS_rt_sigaction, 10, 0, at, 8));
	SHOW(syscall(SYS_rt_sigprocmask, 0, 0, at, 8));
	SHOW(syscall(SYS_rt_sigpending, at, 8));
	SHOW(syscall(SYS_sigaltstack, 0, at));
	SHOW(syscall(SYS_sched_getaffinity, 0, 128, at));
	SHOW(syscall(SYS_sched_getparam, 0, at));
	SHOW(syscall(SYS_getcpu, at, 0));
	SHOW(syscall(SYS_getcpu, 0, at));
	SHOW(syscall(SYS_getresuid, at, at, at));
	SHOW(syscall(SYS_prctl, 16, at));
	SHOW(syscall(SYS_arch_prctl, 0x1003, at));
	SHOW(syscall(SYS_getitimer, 0, at));
	SHOW(syscall(SYS_setitimer, 0, &itv, at));
	SHOW(syscall(SYS_alarm, 0) > 0);
	SHOW(syscall(SYS_timer_gettime, timer, at));
	SHOW(syscall(SYS_timer_settime, timer, 0, &its, at));
	SHOW(syscall(SYS_timer_create, 1, &none, at));
	SHOW(syscall(SYS_epoll_wait, ep, at, 1, 0));
	SHOW(syscall(SYS_poll, at, 1, 0) >= 0 ? 0 : -1);
	SHOW(syscall(SYS_select, 64, set, 0, 0, &itv.it_interval) >= 0 ? 0 : -1);
	kill(getpid(), SIGUSR1);
	SHOW(syscall(SYS_rt_sigtimedwait, &usr, at, &soon, 8));
	SHOW(syscall(SYS_get_robust_list, 0, at, &ones));
	SHOW(syscall(SYS_get_robust_list, 0, &its, at));
	ones = -1;
	SHOW(syscall(SYS_set_tid_address, at) > 0);
	syscall(SYS_set_tid_address, 0);
	SHOW(syscall(SYS_futex, &ones, FUTEX_WAKE_OP_PRIVATE, 1, 1, at, FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)));
	SHOW(syscall(SYS_futex, &ones, FUTEX_WAKE_OP, 1, 1, at, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 0)));
	SHOW(syscall(SYS_futex, &ones, FUTEX_WAKE_OP_PRIVATE, 1, 1, at + 2, FUTEX_OP(FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)));
	SHOW(syscall(SYS_futex, at, FUTEX_WAKE_OP_PRIVATE, 1, 1, &ones, FUTEX_OP(FUTEX_OP_SET, 5, FUTEX_OP_CMP_EQ, 0)));
	printf("ones %d\n", ones);
	SHOW(syscall(SYS_futex, at, FUTEX_WAKE_PRIVATE, 1));
	SHOW(syscall(SYS_futex, at, FUTEX_WAIT_PRIVATE, 12345, &zero));
	SHOW(syscall(SYS_futex, at, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, &ones, 12345));
	SHOW(syscall(SYS_futex, &ones, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, at, 5));
	SHOW(syscall(SYS_futex, &ones, FUTEX_CMP_REQUEUE_PRIVATE, -1, 1, at, 5));
	SHOW(syscall(SYS_wait4, -1, at, 0, 0));
	close(p[0]);
	close(p[1]);
	close(ep);
	syscall(SYS_timer_delete, timer);
	sigprocmask(SIG_UNBLOCK, &usr, 0);
}

static void operations(void)
{
	static u32 second;
	static const u32 values[] = { 0, 1, 5, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffff800, 0x7ff };
	u64 sum = 0, errors = 0, i;
	u32 kind, compare, shift;

	/* Every operation and comparison: what they leave behind, and what they say. */
	for (kind = 0; kind < 8; kind++)
		for (compare = 0; compare < 16; compare++)
			for (shift = 0; shift < 2; shift++)
				for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
					u32 argument = shift ? values[i] & 31 : values[i] & 0xfff;
					long result;

					second = values[(i + 3) % 8];
					result = sys6(202, (long)&page, FUTEX_WAKE_OP_PRIVATE, 1, 1, (long)&second,
						(long)(shift << 31 | kind << 28 | compare << 24 | argument << 12 | (values[i] >> 3 & 0xfff)));
					sum = sum * 31 + second;
					errors = errors * 31 + (u64)result;
				}
	printf("%lx %lx\n", sum, errors);
}

static void read_only(int prot)
{
	struct timespec nap = { 0, 20000000 };

	memset(page, 0, PAGE);
	CHECK(mprotect(page, PAGE, prot) == 0);
	each((u64)page);
	nanosleep(&nap, 0);
	CHECK(mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0);
	u32 i, dirty = 0;
	for (i = 0; i < PAGE; i++)
		dirty += page[i] != 0;
	printf("%u bytes written\n", dirty);
}

static void *leave(void *at)
{
	/* Both say where Linux shall write when the thread ends. */
	static u64 head[3];

	if (at) {
		head[0] = (u64)at;
		head[1] = 64;
		head[2] = 0;
		syscall(SYS_set_robust_list, head, 24);
		syscall(SYS_set_tid_address, at);
	}
	return 0;
}

static void ends(void)
{
	/* Raw threads, for the C library needs its own tid address. */
	static char stack[65536] __attribute__((aligned(16)));
	long flags = CLONE_VM | CLONE_VFORK | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID | CLONE_PARENT_SETTID | SIGCHLD;
	int status, pid;

	CHECK(mprotect(page, PAGE, PROT_READ) == 0);
	pid = clone((int (*)(void *))leave, stack + sizeof(stack), (int)flags, 0, page, 0, page);
	SHOW(pid > 0);
	SHOW(waitpid(pid, &status, 0) == pid);
	SHOW(*(int *)page);
	/* A robust list whose futex lies in memory that may not be written. */
	pid = vfork();
	if (pid == 0) {
		leave(page);
		_exit(0);
	}
	SHOW(waitpid(pid, &status, 0) == pid);
	SHOW(*(int *)page);
	CHECK(mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0);
}

static void robust(void)
{
	pthread_mutexattr_t attributes;
	pthread_mutex_t *mutex = (pthread_mutex_t *)page;
	pthread_t thread;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(mutex, &attributes);
	CHECK(pthread_create(&thread, 0, (void *(*)(void *))pthread_mutex_lock, mutex) == 0);
	CHECK(pthread_join(thread, 0) == 0);
	printf("lock: %s\n", strerror(pthread_mutex_lock(mutex)));
	printf("consistent: %d\n", pthread_mutex_consistent(mutex));
	printf("unlock: %d\n", pthread_mutex_unlock(mutex));
	printf("lock: %d\n", pthread_mutex_lock(mutex));
}

static void *take_away(void *other)
{
	u64 i;

	(void)other;
	for (i = 0; !stop; i++) {
		/* Elsewhere the same frames come back, zeroed: what is written there after that is not the program's own doing. */
		char *next;

		munmap(page, PAGE);
		next = mmap(0, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		for (int k = 0; k < 64; k++)
			if (((volatile u64 *)next)[k * 8]) {
				printf("a page that nobody may write holds %lx\n", ((volatile u64 *)next)[k * 8]);
				_exit(3);
			}
		munmap(next, PAGE);
		CHECK(mmap(page, PAGE, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == page);
	}
	return 0;
}

static void race(void)
{
	pthread_t thread;
	u32 ones = 0, faults = 0, fine = 0, i;

	CHECK(pthread_create(&thread, 0, take_away, 0) == 0);
	for (i = 0; i < 400; i++) {
		long result[4];

		result[0] = sys6(202, (long)&ones, FUTEX_WAKE_OP_PRIVATE, 1, 1, (long)page, (long)FUTEX_OP(FUTEX_OP_SET, 0x77, FUTEX_OP_CMP_EQ, 0));
		result[1] = sys2(228, 1, page);
		result[2] = sys3(318, page, 4096, 0);
		result[3] = sys6(202, (long)page, FUTEX_WAIT_PRIVATE, 0x12345, 0, 0, 0);
		for (int k = 0; k < 4; k++)
			if (result[k] == -EFAULT)
				faults++;
			else if (result[k] >= 0 || result[k] == -EAGAIN)
				fine++;
			else
				CHECK(0);
	}
	stop = 1;
	CHECK(pthread_join(thread, 0) == 0);
	CHECK(faults + fine == 4 * 400);
	printf("raced\n");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	setvbuf(stdout, 0, _IOLBF, 4096);
	page = mmap(0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!strcmp(what, "read-only"))
		read_only(PROT_READ);
	if (!strcmp(what, "none"))
		read_only(PROT_NONE);
	if (!strcmp(what, "operations"))
		operations();
	if (!strcmp(what, "ends"))
		ends();
	if (!strcmp(what, "robust"))
		robust();
	if (!strcmp(what, "race"))
		race();
	return 0;
}
