/* Timers and waits for signals, as Linux answers them: prints what it sees, the same there and in a micro-VM. */
#include "guest.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SHOW(call) \
	do { \
		errno = 0; \
		long shown = (long)(call); \
		printf("%s = %ld %s\n", #call, shown, shown < 0 ? strerror(errno) : ""); \
	} while (0)

static volatile sig_atomic_t rings, code, value, number, other, overruns;
static volatile sig_atomic_t counts; /* overruns of `counted` */
static timer_t counted;
static pthread_t main_thread;

static void ring(int signal, siginfo_t *info, void *context)
{
	(void)context;
	number = signal;
	code = info->si_code;
	value = info->si_code == SI_TIMER ? info->si_value.sival_int : 0;
	other = !pthread_equal(pthread_self(), main_thread);
	if (counts) { /* of this ring, whenever the next one comes */
		int overrun = timer_getoverrun(counted);

		overruns = overrun > overruns ? overrun : overruns;
	}
	rings++;
}

static void handle(int signal)
{
	struct sigaction action = { .sa_sigaction = ring, .sa_flags = SA_SIGINFO };

	CHECK(sigaction(signal, &action, 0) == 0);
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void until(int count)
{
	struct timespec nap = { 0, 5000000 };

	while (rings < count)
		nanosleep(&nap, 0);
}

static void block(int how, int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	CHECK(pthread_sigmask(how, &set, 0) == 0);
}

static void interval(void)
{
	struct itimerval t = { { 0, 0 }, { 0, 20000 } }, old;
	long before = now_ms();

	handle(SIGALRM);
	SHOW(setitimer(ITIMER_REAL, &t, 0));
	until(1);
	SHOW(now_ms() - before >= 20);
	printf("signal %d code %d\n", number, code == SI_KERNEL);
	t.it_interval.tv_usec = 10000;
	SHOW(setitimer(ITIMER_REAL, &t, &old));
	printf("%ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);
	until(4);
	SHOW(getitimer(ITIMER_REAL, &old));
	printf("%d %ld\n", old.it_value.tv_usec > 0 && old.it_value.tv_usec <= 10000, (long)old.it_interval.tv_usec);
	memset(&t, 0, sizeof(t));
	SHOW(setitimer(ITIMER_REAL, &t, 0));
	SHOW(getitimer(ITIMER_REAL, &old));
	printf("%ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_usec);
	t.it_value.tv_usec = 1000000;
	SHOW(setitimer(ITIMER_REAL, &t, 0));
	t.it_value.tv_usec = 0;
	SHOW(syscall(SYS_setitimer, 7, &t, 0));
	SHOW(syscall(SYS_setitimer, 0, 8, 0));
	SHOW(syscall(SYS_getitimer, 0, 8));
	SHOW(alarm(100));
	SHOW(alarm(50));
	SHOW(getitimer(ITIMER_REAL, &old));
	printf("%d\n", old.it_value.tv_sec >= 48 && old.it_value.tv_sec <= 50);
	SHOW(alarm(0));
	SHOW(alarm(0));
}

static void by_thread(union sigval v)
{
	value = v.sival_int;
	other = !pthread_equal(pthread_self(), main_thread);
	rings++;
}

static void posix(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42 };
	struct itimerspec t = { { 0, 0 }, { 0, 20000000 } }, old;
	struct timespec nap = { 0, 400000000 };
	timer_t timer;
	int id;

	handle(SIGUSR1);
	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	SHOW(timer_settime(timer, 0, &t, 0));
	until(1);
	printf("signal %d timer %d value %d\n", number == SIGUSR1, code == SI_TIMER, value);
	SHOW(timer_gettime(timer, &old));
	printf("%ld %ld\n", (long)old.it_value.tv_sec, (long)old.it_value.tv_nsec);
	t.it_interval.tv_nsec = 50000000;
	block(SIG_BLOCK, SIGUSR1);
	SHOW(timer_settime(timer, 0, &t, 0));
	nanosleep(&nap, 0);
	counted = timer;
	counts = 1;
	block(SIG_UNBLOCK, SIGUSR1);
	until(2);
	counts = 0;
	printf("overrun %d\n", overruns >= 3 && overruns < 1000);
	SHOW(timer_delete(timer));
	SHOW(syscall(SYS_timer_delete, 12345));
	SHOW(syscall(SYS_timer_settime, 12345, 0, &t, 0));
	SHOW(syscall(SYS_timer_gettime, 12345, &t));
	SHOW(syscall(SYS_timer_getoverrun, 12345));
	SHOW(syscall(SYS_timer_create, 77, &event, &id));
	SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, 8, &id));
	SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, 8));
	event.sigev_signo = 99;
	SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));
	event.sigev_signo = SIGUSR1;
	event.sigev_notify = 99;
	SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &id));

	/* By absolute time, to one thread. */
	rings = 0;
	memset(&t, 0, sizeof(t));
	event.sigev_notify = SIGEV_THREAD_ID;
	((int *)&event)[4] = (int)syscall(SYS_gettid);
	SHOW(syscall(SYS_timer_create, CLOCK_REALTIME, &event, &id));
	clock_gettime(CLOCK_REALTIME, &t.it_value);
	t.it_value.tv_sec -= 5;
	SHOW(syscall(SYS_timer_settime, id, TIMER_ABSTIME, &t, 0));
	until(1);
	t.it_value.tv_sec += 1000;
	SHOW(syscall(SYS_timer_settime, id, TIMER_ABSTIME, &t, 0));
	SHOW(syscall(SYS_timer_gettime, id, &old));
	printf("%d\n", old.it_value.tv_sec >= 990 && old.it_value.tv_sec <= 995);
	t.it_value.tv_nsec = 1000000000;
	SHOW(syscall(SYS_timer_settime, id, TIMER_ABSTIME, &t, 0));
	SHOW(syscall(SYS_timer_settime, id, 0, 8, 0));
	SHOW(syscall(SYS_timer_settime, id, 0, 0, 0));
	SHOW(syscall(SYS_timer_gettime, id, 8));
	((int *)&event)[4] = 99999999;
	SHOW(syscall(SYS_timer_create, CLOCK_REALTIME, &event, &id));

	/* On a thread that the C library makes and keeps in sigwaitinfo. */
	memset(&event, 0, sizeof(event));
	event.sigev_notify = SIGEV_THREAD;
	event.sigev_notify_function = by_thread;
	event.sigev_value.sival_int = 7;
	rings = 0;
	SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
	memset(&t, 0, sizeof(t));
	t.it_value.tv_nsec = 10000000;
	SHOW(timer_settime(timer, 0, &t, 0));
	until(1);
	printf("%d %d\n", value, other);
}

static void *take(void *unused)
{
	sigset_t set;
	int taken;

	(void)unused;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	CHECK(sigwait(&set, &taken) == 0);
	printf("thread took %d\n", taken == SIGUSR2);
	return 0;
}

static void *spin(void *stop)
{
	while (!*(volatile int *)stop)
		;
	return 0;
}

static void waits(void)
{
	struct timespec t = { 0, 30000000 }, zero = { 0, 0 }, nap = { 0, 20000000 };
	struct itimerval soon = { { 0, 0 }, { 0, 30000 } };
	struct epoll_event e;
	sigset_t set, none, pending;
	siginfo_t info;
	pthread_t thread;
	volatile int stop = 0;
	long before = now_ms();
	int ep = epoll_create1(0);

	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	block(SIG_BLOCK, SIGUSR1);
	SHOW(sigtimedwait(&set, 0, &t));
	SHOW(now_ms() - before >= 30);
	kill(getpid(), SIGUSR1);
	SHOW(sigpending(&pending));
	SHOW(sigismember(&pending, SIGUSR1));
	SHOW(sigtimedwait(&set, &info, &t) == SIGUSR1);
	printf("signal %d user %d self %d\n", info.si_signo == SIGUSR1, info.si_code == SI_USER, info.si_pid == getpid());
	SHOW(sigtimedwait(&set, 0, &zero));
	SHOW(syscall(SYS_rt_sigtimedwait, 8, 0, 0, 8));
	SHOW(syscall(SYS_rt_sigtimedwait, &set, 0, 0, 4));
	SHOW(syscall(SYS_rt_sigpending, 8, 8));
	SHOW(syscall(SYS_rt_sigsuspend, 8, 8));
	SHOW(syscall(SYS_rt_sigsuspend, &set, 4));

	/* A mask for the call only: the handler runs, and afterwards the old mask is back. */
	handle(SIGUSR1);
	handle(SIGALRM);
	block(SIG_BLOCK, SIGALRM);
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(sigsuspend(&set));
	printf("%d rings\n", rings);
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(ppoll(0, 0, 0, &set));
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(pselect(0, 0, 0, 0, 0, &set));
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(epoll_pwait(ep, &e, 1, -1, &set));
	printf("%d rings\n", rings);
	CHECK(pthread_sigmask(SIG_SETMASK, 0, &pending) == 0);
	printf("%d %d\n", sigismember(&pending, SIGALRM), sigismember(&pending, SIGUSR1));
	SHOW(syscall(SYS_ppoll, 0, 0, 0, 8, 8));
	SHOW(syscall(SYS_ppoll, 0, 0, 0, &set, 4));
	SHOW(ppoll(0, 0, &zero, &none));
	block(SIG_UNBLOCK, SIGALRM);
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(poll(0, 0, -1));
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(pause());
	SHOW(setitimer(ITIMER_REAL, &soon, 0));
	SHOW(select(0, 0, 0, 0, 0));

	/* A signal to the process goes to who takes it. */
	block(SIG_BLOCK, SIGUSR2);
	CHECK(pthread_create(&thread, 0, take, 0) == 0);
	nanosleep(&nap, 0);
	kill(getpid(), SIGUSR2);
	CHECK(pthread_join(thread, 0) == 0);
	rings = 0;
	handle(SIGUSR2);
	block(SIG_UNBLOCK, SIGUSR2);
	CHECK(pthread_create(&thread, 0, spin, (void *)&stop) == 0);
	block(SIG_BLOCK, SIGUSR2);
	kill(getpid(), SIGUSR2);
	until(1);
	printf("spinning thread %d\n", other);
	rings = 0;
	CHECK(pthread_kill(thread, SIGUSR2) == 0);
	until(1);
	printf("spinning thread %d\n", other);
	stop = 1;
	CHECK(pthread_join(thread, 0) == 0);
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR2);
	printf("rings %d\n", rings);
	block(SIG_UNBLOCK, SIGUSR2);
	printf("rings %d other %d\n", rings, other);
	SHOW(kill(99999999, 0));
	SHOW(kill(getpid(), 99));
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	main_thread = pthread_self();
	setvbuf(stdout, 0, _IOLBF, 4096);
	if (!strcmp(what, "interval"))
		interval();
	if (!strcmp(what, "posix"))
		posix();
	if (!strcmp(what, "waits"))
		waits();
	return 0;
}
