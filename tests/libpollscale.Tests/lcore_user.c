// SPDX-License-Identifier: MIT
// A program in C that uses libpollscale: lcore_user CASE [SETTINGS]. Prints what it saw, a line a fact.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lcore_fuzz.h"
#include "lcore_user.h"
#include "lcore_waits.h"

/* Empty polls for a while, then full bursts and a backlog. */
static void loop(void)
{
	struct pollscale_stats stats;
	double end = now() + 0.2;
	int status = 0;

	while (!status && now() < end)
		status = pollscale_observe(&lcore, 0, 0);
	told("idle", pollscale_stats(&lcore, &stats, sizeof(stats)));
	printf("granted %d polls %llu received %llu\n", stats.granted, (unsigned long long)stats.polls, (unsigned long long)stats.received);
	for (int i = 0; !status && i < 2000; i++)
		status = pollscale_observe(&lcore, 32, 4000);
	told("loop", status);
	pollscale_stats(&lcore, &stats, sizeof(stats));
	printf("granted %d received %llu full %llu decisions %s calls %s failed %llu\n", stats.granted, (unsigned long long)stats.received,
	       (unsigned long long)stats.full_polls, stats.decisions ? "some" : "none", stats.calls ? "some" : "none", (unsigned long long)stats.failed_calls);
}

static void texts(void)
{
	char buffer[4096], little[5];

	for (int what = -1; what <= 6; what++) {
		int length = pollscale_text(&lcore, what, buffer, sizeof(buffer));

		if (length < 0)
			told("text", length);
		else
			printf("text %d %d %s\n", what, length == (int)strlen(buffer), buffer);
	}
	int whole = pollscale_text(&lcore, POLLSCALE_TEXT_GOVERNOR, little, sizeof(little));

	printf("cut %d %s\n", whole == pollscale_text(&lcore, POLLSCALE_TEXT_GOVERNOR, NULL, 0), little);
}

static void *elsewhere(void *unused)
{
	struct pollscale_stats stats;

	(void)unused;
	pin();
	told("turn", pollscale_turn(&lcore, 0, 0));
	told("text", pollscale_text(&lcore, 0, NULL, 0));
	told("close", pollscale_close(&lcore));
	told("stats", pollscale_stats(&lcore, &stats, sizeof(stats)));
	return NULL;
}

static void threads(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, elsewhere, NULL);
	pthread_join(thread, NULL);
	told("own", pollscale_turn(&lcore, 0, 0));
}

static void handles(void)
{
	pollscale_lcore stale = lcore, none = { 0 }, made_up = { .counters = lcore.counters, .id = 0x123456789abcdef };
	struct pollscale_stats stats;

	told("none", pollscale_observe(&none, 1, 1));
	told("none", pollscale_turn(&none, 1, 1));
	told("made up", pollscale_turn(&made_up, 1, 1));
	told("NULL", pollscale_turn(NULL, 1, 1));
	told("NULL", pollscale_stats(NULL, &stats, sizeof(stats)));
	told("NULL", pollscale_stats(&lcore, NULL, 0));
	told("NULL", pollscale_text(NULL, 0, NULL, 0));
	told("NULL", pollscale_text(&lcore, 0, NULL, 1));
	told("NULL", pollscale_close(NULL));
	told("NULL", pollscale_create(settings, NULL));
	told("queue", pollscale_turn_queue(&lcore, 1, 1, 1));
	told("queue", pollscale_turn_queue(&lcore, 1 << 30, 1, 1));
	told("queue", pollscale_remove_queue(&lcore, -1));
	told("queue", pollscale_remove_queue(&lcore, 0));
	told("close", pollscale_close(&lcore));
	printf("zeroed %d\n", !lcore.counters && !lcore.id);
	told("closed", pollscale_observe(&lcore, 1, 1));
	for (int i = 0; i < 3; i++)
		told("stale", pollscale_observe(&stale, i, i));
	told("stale", pollscale_close(&stale));
	told("again", pollscale_create(settings, &lcore));
	told("stale", pollscale_observe(&stale, 0, 0));
	told("new", pollscale_turn(&lcore, 0, 0));
}

static void queues(void)
{
	struct pollscale_stats stats;

	for (int i = 0; i < 100; i++)
		pollscale_turn_queue(&lcore, i % 2, 3, 10);
	printf("added %d\n", pollscale_add_queue(&lcore));
	for (int i = 0; i < 100; i++)
		pollscale_turn_queue(&lcore, i % 3, 0, 0);
	printf("removed %d\n", pollscale_remove_queue(&lcore, 1));
	told("removed", pollscale_turn_queue(&lcore, 1, 1, 1));
	pollscale_stats(&lcore, &stats, sizeof(stats));
	printf("polls %llu received %llu\n", (unsigned long long)stats.polls, (unsigned long long)stats.received);
}

/* The same polls, told by the inline function and by the call. */
static void alike(void)
{
	struct pollscale_stats stats[2] = { 0 };
	pollscale_lcore other;
	const int64_t nothing = 0;
	unsigned int seed = 1;
	double end;

	for (end = now() + 0.1; now() < end;)
		for (int i = 0; i < 300; i++)
			pollscale_observe_queue(&lcore, i % 3, 0, 0);
	pollscale_stats(&lcore, &stats[0], sizeof(stats[0]));
	for (int i = 0; i < 2000; i++) /* the first should do, if the machine were idle */
		pollscale_observe_queue(&lcore, 1, 32, 4000);
	pollscale_stats(&lcore, &stats[1], sizeof(stats[1]));
	printf("granted %d then %d\n", stats[0].granted, stats[1].granted);
	pollscale_close(&lcore);
	told("again", pollscale_create(settings, &lcore));
	told("other", pollscale_create(settings, &other));
	for (int i = 0; i < 200000; i++) {
		int queue = rand_r(&seed) % 3, received = rand_r(&seed) % 4 ? 0 : (int)(rand_r(&seed) % 33), backlog = (int)(rand_r(&seed) % 3) - 1;

		backlog = rand_r(&seed) % 8 ? backlog * (received > 0) : backlog;
		if (pollscale_observe_queue(&lcore, queue, received, backlog) || pollscale_turn_queue(&other, queue, received, backlog))
			printf("refused %s\n", pollscale_error());
	}
	pollscale_stats(&lcore, &stats[0], sizeof(stats[0]));
	pollscale_stats(&other, &stats[1], sizeof(stats[1]));
	printf("alike %d\n", stats[0].polls == stats[1].polls && stats[0].empty_polls == stats[1].empty_polls && stats[0].full_polls == stats[1].full_polls && stats[0].received == stats[1].received);
	pollscale_turn_queue(&lcore, 0, 3, 10);
	pollscale_turn_queue(&lcore, 1, 0, 0);
	pollscale_turn_queue(&lcore, 1, 0, 0);
	printf("quiet %d %d\n", pollscale_stays_quiet(lcore.counters, 0, &nothing), pollscale_stays_quiet(lcore.counters, 1, &nothing));
	told("none", pollscale_observe_queue(&lcore, 3, 0, 0));
	pollscale_remove_queue(&lcore, 2);
	told("removed", pollscale_observe_queue(&lcore, 2, 0, 0));
	other = lcore;
	pollscale_close(&lcore);
	told("closed", pollscale_observe_queue(&other, 0, 0, 0));
	told("closed", pollscale_observe_queue(&lcore, 0, 0, 0));
}

static long resident(void)
{
	FILE *status = fopen("/proc/self/status", "r");
	char line[256];
	long kib = 0;

	while (status && fgets(line, sizeof(line), status))
		if (!strncmp(line, "VmRSS:", 6))
			kib = atol(line + 6);
	if (status)
		fclose(status);
	return kib;
}

/* Lcores that come and go; the first ones fill what the runtime keeps. */
static void lives(void)
{
	long then = 0;

	for (int i = 0; i < 20000; i++) {
		pollscale_close(&lcore);
		if (pollscale_create(settings, &lcore))
			printf("create %s\n", pollscale_error());
		for (int j = 0; j < 1000; j++)
			pollscale_observe(&lcore, 0, 0);
		if (i == 8000)
			then = resident();
	}
	printf("grown %ld KiB of %ld\n", resident() - then, then);
}

static void forks(void)
{
	pid_t child = fork();
	int status;

	if (!child) {
		pollscale_lcore other;

		told("turn", pollscale_turn(&lcore, 0, 0));
		told("create", pollscale_create(settings, &other));
		told("close", pollscale_close(&lcore));
		exit(7); /* with the exit handlers */
	}
	waitpid(child, &status, 0);
	printf("child %d\n", WEXITSTATUS(status));
	told("parent", pollscale_turn(&lcore, 0, 0));
}

static void own(int number)
{
	(void)number;
}

static void signals(void)
{
	static const char *const others[] = { "", "transport=guest-channel", "transport=region", "transport=cpufreq", "governor=none" };
	struct sigaction before[NSIG], after;
	pollscale_lcore other;
	int changed = 0;

	for (int number = 1; number < NSIG; number++) {
		struct sigaction action = { .sa_handler = own };

		if (number % 2 && number != SIGSEGV && number != SIGFPE && number != SIGBUS && number != SIGRTMIN)
			sigaction(number, &action, NULL);
		sigaction(number, NULL, &before[number]);
	}
	create();
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		pollscale_create(others[i], &other); /* whatever a later one makes anew leaves them alone too */
	for (int number = 1; number < NSIG; number++) {
		if (number == SIGSEGV || number == SIGFPE || number == SIGBUS || number == SIGRTMIN)
			continue;
		sigaction(number, NULL, &after);
		if (after.sa_handler != before[number].sa_handler && number != 32 && number != 33) {
			printf("signal %d changed\n", number);
			changed++;
		}
	}
	printf("changed %d\n", changed);
}

static sigjmp_buf back;

static void jump(int number)
{
	siglongjmp(back, number);
}

/* A fault of the program's own reaches the handler that it had before the library came, and the one that it installs afterwards. */
static void faults(void)
{
	struct sigaction action = { .sa_handler = jump };
	volatile int *volatile nowhere = NULL;

	sigaction(SIGSEGV, &action, NULL);
	create();
	for (int i = 0; i < 2; i++) {
		int number = sigsetjmp(back, 1);

		if (!number)
			*nowhere = 1;
		printf("caught %d\n", number == SIGSEGV);
		sigaction(SIGSEGV, &action, NULL);
	}
	told("after", pollscale_turn(&lcore, 0, 0));
	fflush(stdout);
	action.sa_handler = SIG_DFL;
	sigaction(SIGSEGV, &action, NULL);
	*nowhere = 1;
}

/* As a user with a small limit, who may not go beyond it. */
static void locked(void)
{
	struct rlimit limit = { 8 << 20, 8 << 20 };

	setrlimit(RLIMIT_MEMLOCK, &limit);
	if (setuid(65534))
		perror("setuid");
	printf("locked %d\n", mlockall(MCL_FUTURE));
	create();
	printf("lives %s\n", pollscale_status_text(POLLSCALE_EMEMORY));
}

static void garbage(void)
{
	unsigned int seed = 1;
	char text[64];

	for (int i = 0; i < 2000; i++) {
		int length = rand_r(&seed) % 63;

		for (int j = 0; j < length; j++)
			text[j] = 1 + rand_r(&seed) % 255;
		text[length] = 0;
		pollscale_lcore other;
		int status = pollscale_create(text, &other);

		if (!status)
			pollscale_close(&other);
		else if (!pollscale_error()[0])
			printf("no words for %d\n", status);
	}
	told("after", pollscale_create(settings, &lcore));
}

static void *polls(void *unused)
{
	(void)unused;
	create();
	while (!pollscale_observe(&lcore, 0, 0) || 1)
		;
	return NULL;
}

/* The process ends while an lcore polls. */
static void leaves(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, polls, NULL);
	usleep(300000);
	exit(0);
}

static void many(void)
{
	static pollscale_lcore all[513];
	int i, status = 0;

	for (i = 0; i < 513 && !status; i++)
		status = pollscale_create(settings, &all[i]);
	printf("made %d\n", i);
	told("many", status);
	while (i--)
		pollscale_close(&all[i]);
}

int main(int count, char **arguments)
{
	static const struct {
		const char *name;
		int creates;
		void (*run)(void);
	} cases[] = {
		{ "loop", 1, loop }, { "texts", 1, texts }, { "threads", 1, threads }, { "handles", 1, handles }, { "queues", 1, queues }, { "alike", 1, alike }, { "idles", 1, idles }, { "lives", 1, lives }, { "forks", 1, forks },
		{ "events", 1, events }, { "signals", 0, signals }, { "locked", 0, locked }, { "garbage", 1, garbage }, { "leaves", 0, leaves }, { "many", 0, many }, { "fuzz", 1, fuzz }, { "faults", 0, faults }, { "create", 1, NULL },
	};

	if (count > 2)
		settings = arguments[2];
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (count < 2 || strcmp(arguments[1], cases[i].name))
			continue;
		if (cases[i].creates)
			create();
		else if (cases[i].run == many)
			pin();
		if (cases[i].run)
			cases[i].run();
		return 0;
	}
	fprintf(stderr, "there is no such case\n");
	return 2;
}
