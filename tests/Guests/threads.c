/* Threads, futexes, pipes, clocks and signals as pthreads programs use them. */
#include "guest.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int turn, counter, done;
static volatile sig_atomic_t handled[65];
static pid_t tids[64];

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void count_signal(int number)
{
	handled[number]++;
}

static void handle(int number, int flags)
{
	struct sigaction action = { .sa_handler = count_signal, .sa_flags = flags };

	CHECK(sigaction(number, &action, NULL) == 0);
}

static int tell(pid_t tid, int number)
{
	return (int)syscall(SYS_tgkill, getpid(), tid, number);
}

#include "threads_waits.h"
#include "threads_signals.h"

static void *spinner(void *slot)
{
	volatile double x = 1.5;
	double y = 2.25;

	tids[(long)slot] = gettid();
	__atomic_add_fetch(&turn, 1, __ATOMIC_ACQ_REL);
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
		y = y * x / x;
		CHECK(y == 2.25);
	}
	return NULL;
}

static void spoil(int number)
{
	volatile double x = 3;
	double y = 1;
	int i;

	for (i = 0; i < 10; i++)
		y += x * i;
	handled[number] += y > 0;
}

/* Signals in the middle of computing: registers, vector state included, come back; none is lost at last. */
static void signal_storm(void)
{
	struct sigaction action = { .sa_handler = spoil };
	pthread_t threads[2];
	long i, before;

	sigaction(SIGUSR1, &action, NULL);
	for (i = 0; i < 2; i++)
		CHECK(pthread_create(&threads[i], NULL, spinner, (void *)i) == 0);
	while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) != 2)
		usleep(1000);
	for (i = 0; i < 1000; i++)
		CHECK(tell(tids[i % 2], SIGUSR1) == 0);
	usleep(50000);
	for (i = 0; i < 50; i++) {
		before = handled[SIGUSR1];
		CHECK(tell(tids[i % 2], SIGUSR1) == 0);
		while (handled[SIGUSR1] == before)
			sched_yield();
	}
	done = 1;
	for (i = 0; i < 2; i++)
		CHECK(pthread_join(threads[i], NULL) == 0);
}

static char *volatile trap;

static void on_fault(int number)
{
	(void)number;
	mprotect(trap, 4096, PROT_READ | PROT_WRITE);
}

static void *fault_then_spin(void *unused)
{
	int round;

	tids[1] = gettid();
	for (round = 0; round < 300; round++) {
		mprotect(trap, 4096, PROT_NONE);
		__atomic_store_n(&turn, 1, __ATOMIC_RELEASE);
		*trap = 1;
		while (handled[SIGUSR1] <= round)
			;
	}
	return unused;
}

/* A signal that arrives while the thread takes a fault, or returns from one, must not wait for the next exit. */
static void signal_in_fault(void)
{
	struct sigaction action = { .sa_handler = on_fault };
	pthread_t thread;
	int round;

	trap = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	sigaction(SIGSEGV, &action, NULL);
	handle(SIGUSR1, 0);
	CHECK(pthread_create(&thread, NULL, fault_then_spin, NULL) == 0);
	for (round = 0; round < 300; round++) {
		volatile int spin = round * 37 % 4000;

		while (!__atomic_exchange_n(&turn, 0, __ATOMIC_ACQ_REL))
			;
		while (spin--)
			;
		CHECK(tell(tids[1], SIGUSR1) == 0);
		while (handled[SIGUSR1] <= round)
			sched_yield();
	}
	CHECK(pthread_join(thread, NULL) == 0);
}

static void *wait_for_end(void *unused)
{
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE))
		usleep(2000);
	return unused;
}

static void thread_limit(void)
{
	pthread_attr_t attributes;
	pthread_t threads[200];
	int i, made = 0, code = 0, round;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 65536);
	for (round = 0; round < 2; round++) {
		done = 0;
		for (made = 0; made < 200; made++)
			if ((code = pthread_create(&threads[made], &attributes, wait_for_end, NULL)))
				break;
		CHECK(code == EAGAIN);
		CHECK(made == 63);
		done = 1;
		for (i = 0; i < made; i++)
			CHECK(pthread_join(threads[i], NULL) == 0);
		usleep(20000);
	}
}

static void *exit_in_time(void *unused)
{
	usleep(50000);
	printf("the last thread\n");
	fflush(stdout);
	syscall(SYS_exit, 3);
	return unused;
}

__attribute__((noreturn)) static void *spin(void *unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("");
}

static void *ring(void *unused)
{
	port_in32(PORT_BASE + (1 << 6));
	return unused;
}

static void *ring_in_another(void *unused)
{
	pthread_t thread;
	int i;

	usleep(50000);
	for (i = 0; i < 5; i++) {
		CHECK(pthread_create(&thread, NULL, ring, NULL) == 0);
		CHECK(pthread_join(thread, NULL) == 0);
	}
	exit(0);
	return unused;
}

static void *nothing(void *unused)
{
	return unused;
}

static void bad_clones(void)
{
	static struct clone_args args;
	long i;

	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1 && errno == ENOSYS);
	args.flags = ~0ul;
	args.stack = 0x800000000000ul;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1);
	args.flags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_SETTLS | CLONE_FS | CLONE_FILES;
	args.tls = 0xffff800000000000ul;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1);
	args.stack = ~0ul;
	args.stack_size = ~0ul;
	CHECK(syscall(SYS_clone3, &args, sizeof(args)) == -1);
	CHECK(syscall(SYS_clone3, &args, 8) == -1 && errno == EINVAL);
	CHECK(syscall(SYS_clone3, &args, 1ul << 40) == -1 && errno == E2BIG);
	for (i = 0; i < 64; i++)
		CHECK(syscall(SYS_clone, 1ul << i, 0, 0, 0, 0) == -1);
	CHECK(fork() == -1);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	pthread_t thread;
	int i;

	if (!strcmp(what, "ping-pong"))
		ping_pong();
	else if (!strcmp(what, "create-join"))
		create_join(200);
	else if (!strcmp(what, "create-join-500"))
		create_join(500);
	else if (!strcmp(what, "conditions"))
		conditions();
	else if (!strcmp(what, "pipes"))
		pipes();
	else if (!strcmp(what, "clocks"))
		clocks();
	else if (!strcmp(what, "restart"))
		restart();
	else if (!strcmp(what, "two-signals"))
		two_signals();
	else if (!strcmp(what, "blocked-signals"))
		blocked_signals();
	else if (!strcmp(what, "signal-storm"))
		signal_storm();
	else if (!strcmp(what, "signal-in-fault"))
		signal_in_fault();
	else if (!strcmp(what, "limit"))
		thread_limit();
	else if (!strcmp(what, "bad-clones"))
		bad_clones();
	else if (!strcmp(what, "main-leaves")) {
		CHECK(pthread_create(&thread, NULL, exit_in_time, NULL) == 0);
		syscall(SYS_exit, 5);
	} else if (!strcmp(what, "lcore-gone")) {
		CHECK(pthread_create(&thread, NULL, ring_in_another, NULL) == 0);
		syscall(SYS_exit, 0);
	} else if (!strcmp(what, "spin-while-main-exits")) {
		for (i = 0; i < 4; i++)
			CHECK(pthread_create(&thread, NULL, spin, NULL) == 0);
		usleep(5000);
		exit(4);
	} else if (!strcmp(what, "detached")) {
		for (i = 0; i < 500; i++) {
			while (pthread_create(&thread, NULL, nothing, NULL) == EAGAIN)
				usleep(500);
			pthread_detach(thread);
		}
	} else if (!strcmp(what, "kill-group")) {
		handle(SIGUSR1, 0);
		CHECK(kill(getpid(), SIGUSR1) == 0 && handled[SIGUSR1] == 1);
		CHECK(kill(getpid(), 0) == 0 && kill(getpid(), 65) == -1 && kill(12345, SIGUSR1) == -1);
		CHECK(raise(SIGUSR1) == 0 && handled[SIGUSR1] == 2);
	} else
		return 99;
	return 0;
}
