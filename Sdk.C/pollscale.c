// SPDX-License-Identifier: MIT
/*
 * The library's door: what has to be looked at before .NET's runtime starts, which is at the first call of a managed function, and what C alone can do. Behind it
 * are the managed functions of Lcores/Exports.Unsafe.cs.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "pollscale.h"

#define PUBLIC __attribute__((visibility("default")))

/* More than the runtime reserves with a heap of 32 MiB (libpollscale.csproj), and its threads' stacks: 249 MB were measured. */
#define RESERVED ((size_t)320 << 20)

int pollscale_managed_create(const char *settings, void **counters, uint64_t *id, char *error, int size);
int pollscale_managed_turn(uint64_t id, int queue, int received, int backlog, char *error, int size);
int pollscale_managed_idle(uint64_t id, const volatile uint32_t *word, uint32_t seen, char *error, int size);
int pollscale_managed_queue(uint64_t id, int removed, char *error, int size);
int pollscale_managed_stats(uint64_t id, struct pollscale_stats *stats, char *error, int size);
int pollscale_managed_text(uint64_t id, int what, char *buffer, size_t room, char *error, int size);
int pollscale_managed_close(uint64_t id, char *error, int size);
int pollscale_managed_retire(uint64_t id, char *error, int size);
int pollscale_managed_check(const char *settings, char *error, int size);
void pollscale_managed_close_all(void);

static __thread char words[1024];
static atomic_int started;
static atomic_int forked;
static pthread_mutex_t starting = PTHREAD_MUTEX_INITIALIZER;

static int fail(int status, const char *text)
{
	snprintf(words, sizeof(words), "%s", text);
	return status;
}

static void in_child(void)
{
	atomic_store(&forked, 1);
}

static void at_exit(void)
{
	if (!atomic_load(&forked))
		pollscale_managed_close_all();
}

/* Whether a call may go on; the words are the call's from here on. */
static int enter(void)
{
	words[0] = '\0';
	if (atomic_load_explicit(&forked, memory_order_relaxed))
		return fail(POLLSCALE_EFORK, "This process was forked from the one that loaded libpollscale: its threads are not here. Call exec(), or load it after fork().");
	if (!atomic_load_explicit(&started, memory_order_acquire))
		return fail(POLLSCALE_EHANDLE, "No lcore was made in this process: call pollscale_create() first.");
	return POLLSCALE_OK;
}

/* With mlockall(MCL_FUTURE) and a small limit the runtime would end the process. */
static int has_room(void)
{
	void *probe = mmap(NULL, RESERVED, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (probe == MAP_FAILED)
		return 0;
	munmap(probe, RESERVED);
	return 1;
}

/* The runtime's own: it stops its threads by one, and turns others into errors of its own. */
static int runtimes(int number)
{
	return number == SIGSEGV || number == SIGFPE || number == SIGBUS || number == SIGRTMIN;
}

/* Makes an lcore, or where there is none reads the settings only. */
static int create(const char *settings, pollscale_lcore *lcore)
{
	if (!lcore)
		return pollscale_managed_check(settings, words, sizeof(words));
	return pollscale_managed_create(settings, (void **)&lcore->counters, &lcore->id, words, sizeof(words));
}

/* The first managed call starts the runtime, which takes signals then and never again. The caller holds `starting`. */
static int start(const char *settings, pollscale_lcore *lcore)
{
	struct sigaction kept[NSIG];
	int number, status;

	if (!has_room())
		return fail(POLLSCALE_EMEMORY,
			    "There is no room for the library: it reserves 320 MiB of addresses, which RLIMIT_MEMLOCK after mlockall(MCL_FUTURE), or RLIMIT_AS, does not leave. Raise the limit (ulimit -l, LimitMEMLOCK=), or make the first lcore before mlockall().");
	pthread_atfork(NULL, NULL, in_child);
	atexit(at_exit);
	for (number = 1; number < NSIG; number++)
		sigaction(number, NULL, &kept[number]);
	status = create(settings, lcore);
	for (number = 1; number < NSIG; number++)
		if (!runtimes(number))
			sigaction(number, &kept[number], NULL);
	atomic_store_explicit(&started, 1, memory_order_release);
	return status;
}

static int begin(const char *settings, pollscale_lcore *lcore)
{
	int status;

	words[0] = '\0';
	if (atomic_load(&forked))
		return enter();
	pthread_mutex_lock(&starting);
	status = atomic_load(&started) ? create(settings, lcore) : start(settings, lcore);
	pthread_mutex_unlock(&starting);
	return status;
}

PUBLIC int pollscale_create(const char *settings, pollscale_lcore *lcore)
{
	if (!lcore)
		return fail(POLLSCALE_EINVAL, "pollscale_create: lcore is NULL; give it a pollscale_lcore to fill in.");
	memset(lcore, 0, sizeof(*lcore));
	return begin(settings, lcore);
}

PUBLIC int pollscale_check(const char *settings)
{
	return begin(settings, NULL);
}

PUBLIC int pollscale_turn(const pollscale_lcore *lcore, int received, int backlog)
{
	return pollscale_turn_queue(lcore, -1, received, backlog);
}

PUBLIC int pollscale_turn_queue(const pollscale_lcore *lcore, int queue, int received, int backlog)
{
	int status = enter();

	if (status)
		return status;
	return pollscale_managed_turn(lcore ? lcore->id : 0, queue, received, backlog, words, sizeof(words));
}

PUBLIC int pollscale_idle(const pollscale_lcore *lcore)
{
	int status = enter();

	return status ? status : pollscale_managed_idle(lcore ? lcore->id : 0, NULL, 0, words, sizeof(words));
}

PUBLIC int pollscale_idle_on(const pollscale_lcore *lcore, const volatile uint32_t *word, uint32_t seen)
{
	int status = enter();

	if (status)
		return status;
	if (!word || (uintptr_t)word % sizeof(*word))
		return fail(POLLSCALE_EINVAL, "pollscale_idle_on: word is NULL or no multiple of 4; give it the address of a 32-bit word that changes with each packet.");
	return pollscale_managed_idle(lcore ? lcore->id : 0, word, seen, words, sizeof(words));
}

PUBLIC int pollscale_add_queue(const pollscale_lcore *lcore)
{
	int status = enter();

	return status ? status : pollscale_managed_queue(lcore ? lcore->id : 0, -1, words, sizeof(words));
}

PUBLIC int pollscale_remove_queue(const pollscale_lcore *lcore, int queue)
{
	int status = enter();

	if (status)
		return status;
	if (queue < 0)
		return fail(POLLSCALE_EINVAL, "pollscale_remove_queue: queue is negative; it must be one that the lcore has.");
	return pollscale_managed_queue(lcore ? lcore->id : 0, queue, words, sizeof(words));
}

PUBLIC int pollscale_stats(const pollscale_lcore *lcore, struct pollscale_stats *stats, size_t size)
{
	struct pollscale_stats all = { 0 };
	int status = enter();

	if (status)
		return status;
	if (!stats)
		return fail(POLLSCALE_EINVAL, "pollscale_stats: stats is NULL.");
	status = pollscale_managed_stats(lcore ? lcore->id : 0, &all, words, sizeof(words));
	if (!status)
		memcpy(stats, &all, size < sizeof(all) ? size : sizeof(all));
	return status;
}

PUBLIC int pollscale_text(const pollscale_lcore *lcore, enum pollscale_text what, char *buffer, size_t size)
{
	int status = enter();

	if (status)
		return status;
	if (!buffer && size)
		return fail(POLLSCALE_EINVAL, "pollscale_text: buffer is NULL, and size is not 0.");
	return pollscale_managed_text(lcore ? lcore->id : 0, what, buffer, size, words, sizeof(words));
}

PUBLIC int pollscale_close(pollscale_lcore *lcore)
{
	int status = enter();

	if (status)
		return status;
	status = pollscale_managed_close(lcore ? lcore->id : 0, words, sizeof(words));
	if (!status)
		memset(lcore, 0, sizeof(*lcore));
	return status;
}

PUBLIC int pollscale_retire(const pollscale_lcore *lcore)
{
	int status = enter();

	return status ? status : pollscale_managed_retire(lcore ? lcore->id : 0, words, sizeof(words));
}

PUBLIC const char *pollscale_error(void)
{
	return words;
}

PUBLIC const char *pollscale_status_text(int status)
{
	switch (status) {
	case POLLSCALE_EINVAL:
		return "an argument or setting is wrong";
	case POLLSCALE_EHANDLE:
		return "there is no such lcore";
	case POLLSCALE_ETHREAD:
		return "the lcore belongs to another thread";
	case POLLSCALE_EUNAVAILABLE:
		return "no way to change the frequency";
	case POLLSCALE_EPINNING:
		return "the thread is not pinned to one CPU";
	case POLLSCALE_EMEMORY:
		return "memory limits leave no room for the library";
	case POLLSCALE_EFORK:
		return "the process was forked";
	case POLLSCALE_EFAILED:
		return "it failed";
	default:
		return status >= 0 ? "success" : "an unknown status";
	}
}

PUBLIC const char *pollscale_version(void)
{
	return POLLSCALE_VERSION;
}
