// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>

#include "library.h"
#include "log.h"
#include "poller.h"
#include "ports.h"
#include "settings.h"
#include "watcher.h"

static _Atomic int phase;
static char error[1024];
static pthread_mutex_t looking = PTHREAD_MUTEX_INITIALIZER;

enum watcher_phase watcher_phase(const char **word, const char **why)
{
	static const char *const words[] = { "waits for a port", "no library", "wrong settings", "runs" };
	int now = atomic_load(&phase);

	*word = words[now];
	*why = now == WATCHER_RUNS || now == WATCHER_NO_PORTS ? "" : error;
	return (enum watcher_phase)now;
}

static void rest(void)
{
	struct timespec time = { .tv_nsec = WATCHER_PERIOD_MS * 1000000L };

	nanosleep(&time, NULL);
}

/* Before the library closes its lcores, which it does where a process exits: none is made any more. */
static void at_exit(void)
{
	atomic_store(&poller_ending, 1);
	pthread_mutex_lock(&looking);
	pthread_mutex_unlock(&looking);
}

/* Off the CPUs that poll, as far as the process has others. The library's own threads inherit it. */
static void stand_aside(void)
{
	cpu_set_t mine, lcore;
	unsigned int id;

	if (pthread_getaffinity_np(pthread_self(), sizeof(mine), &mine))
		return;
	RTE_LCORE_FOREACH(id) {
		lcore = rte_lcore_cpuset(id);
		CPU_XOR(&lcore, &lcore, &mine);
		CPU_AND(&mine, &mine, &lcore);
	}
	if (CPU_COUNT(&mine))
		pthread_setaffinity_np(pthread_self(), sizeof(mine), &mine);
}

static int stop(enum watcher_phase why, const char *consequence)
{
	atomic_store(&phase, why);
	LOG(ERR, "%s %s", error, consequence);
	return -1;
}

static int start(void)
{
	const char *text = getenv(SETTINGS_VARIABLE);
	char words[800];

	if (settings_read(text, &settings, words, sizeof(words))) {
		snprintf(error, sizeof(error), SETTINGS_VARIABLE ": %s", words);
		return stop(WATCHER_WRONG_SETTINGS, "Nothing is scaled until it is right and the application is started again.");
	}
	if (library_load(words, sizeof(words))) {
		snprintf(error, sizeof(error), "libpollscale cannot be loaded: %s", words);
		return stop(WATCHER_NO_LIBRARY, "Nothing is scaled; the application runs on as it did.");
	}
	if (pollscale_check(settings.library)) {
		snprintf(error, sizeof(error), SETTINGS_VARIABLE ": %s The plugin takes warm-up, idle and ports beside them.", pollscale_error());
		return stop(WATCHER_WRONG_SETTINGS, "Nothing is scaled until it is right and the application is started again.");
	}
	atexit(at_exit);
	LOG(NOTICE, "libpollscale %s scales lcores that poll; " SETTINGS_VARIABLE "=\"%s\", warm-up=%ums idle=%ums, %s", pollscale_version(), settings.library, settings.warm_up_ms, settings.idle_ms, settings.some_ports ? "some ports" : "all ports");
	atomic_store(&phase, WATCHER_RUNS);
	return 0;
}

static void *run(void *unused)
{
	(void)unused;
	while (!rte_eth_dev_count_total()) /* until then EAL is not up */
		rest();
	stand_aside();
	if (start())
		return NULL;
	while (!atomic_load(&poller_ending)) {
		pthread_mutex_lock(&looking);
		if (!atomic_load(&poller_ending)) {
			ports_scan();
			watcher_look_at_all();
		}
		pthread_mutex_unlock(&looking);
		rest();
	}
	return NULL;
}

void watcher_start(void)
{
	sigset_t all, before;
	pthread_t thread;

	for (int i = 0; i < POLLERS; i++)
		atomic_store(&pollers[i].state, POLLER_FREE);
	sigfillset(&all);
	sigdelset(&all, SIGSEGV);
	sigdelset(&all, SIGFPE);
	sigdelset(&all, SIGBUS);
	sigdelset(&all, SIGRTMIN); /* the runtime's */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (pthread_create(&thread, NULL, run, NULL))
		LOG(ERR, "no thread could be started: nothing is scaled");
	else {
		pthread_setname_np(thread, "pollscale");
		pthread_detach(thread);
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
