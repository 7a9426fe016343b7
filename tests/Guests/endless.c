/* Guests that never end by themselves: each must be stopped from outside, wherever it is. */
#include "guest.h"
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

__attribute__((noreturn)) static void *spin(void *unused)
{
	(void)unused;
	for (;;)
		__asm__ volatile("");
}

__attribute__((noreturn)) static void *churn(void *unused)
{
	(void)unused;
	for (;;) {
		char *at = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (at != MAP_FAILED)
			munmap(at, 4 << 20);
	}
}

static void *nothing(void *unused)
{
	return unused;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct timespec forever = { 1000000000, 0 };
	static int word;
	int fds[2], i;
	char byte;
	pthread_t thread;

	printf("ready\n");
	fflush(stdout);
	if (!strcmp(what, "spin"))
		spin(NULL);
	if (!strcmp(what, "futex"))
		for (;;)
			syscall(SYS_futex, &word, FUTEX_WAIT, 0, NULL, NULL, 0);
	if (!strcmp(what, "futex-timed"))
		for (;;)
			syscall(SYS_futex, &word, FUTEX_WAIT, 0, &forever, NULL, 0);
	if (!strcmp(what, "sleep"))
		for (;;)
			nanosleep(&forever, NULL);
	if (!strcmp(what, "sleep-absolute"))
		for (;;)
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &forever, NULL);
	if (!strcmp(what, "poll"))
		for (;;)
			syscall(SYS_poll, NULL, 0, -1);
	if (!strcmp(what, "pipe-read")) {
		if (pipe(fds) == 0)
			for (;;)
				(void)!read(fds[0], &byte, 1);
	}
	if (!strcmp(what, "pipe-write")) {
		if (pipe(fds) == 0)
			for (;;)
				(void)!write(fds[1], "1234567", 7);
	}
	if (!strcmp(what, "read-stdin"))
		for (;;)
			(void)!read(0, &byte, 1);
	if (!strcmp(what, "doorbell"))
		for (;;)
			port_in32(PORT_BASE + (3 << 6) + 1);
	if (!strcmp(what, "cpuid")) {
		u32 r[4];

		for (;;)
			read_cpuid(0, 0, r);
	}
	if (!strcmp(what, "syscalls"))
		for (;;)
			getppid();
	if (!strcmp(what, "print"))
		for (;;)
			(void)!write(1, "again\n", 6);
	if (!strcmp(what, "churn"))
		churn(NULL);
	if (!strcmp(what, "map-large"))
		for (;;) {
			void *at = mmap(NULL, 40 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

			if (at != MAP_FAILED) {
				for (i = 0; i < 4096; i++)
					mprotect((char *)at + i * 8192, 4096, PROT_READ);
				munmap(at, 40 << 20);
			}
		}
	if (!strcmp(what, "threads")) {
		for (i = 0; i < 10; i++)
			pthread_create(&thread, NULL, i % 2 ? spin : churn, NULL);
		spin(NULL);
	}
	if (!strcmp(what, "thread-storm"))
		for (;;)
			if (pthread_create(&thread, NULL, nothing, NULL) == 0)
				pthread_detach(thread);
	if (!strcmp(what, "signal-self")) {
		signal(SIGUSR1, SIG_IGN);
		for (;;)
			raise(SIGUSR1);
	}
	return 99;
}
