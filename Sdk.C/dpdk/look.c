// SPDX-License-Identifier: MIT
/* One look of the watcher at one polling thread. */
#include <string.h>

#include "library.h"
#include "log.h"
#include "poller.h"
#include "settings.h"
#include "watcher.h"

enum {
	LEAST_POLLS = 100,  /* in a period, of a thread that polls rather than looks now and then */
	MISJUDGED = 16,     /* full bursts in a period that were taken for others */
	LARGER_LOOKS = 10,  /* in a row at which every poll asked for more */
	HELD_BACK_MS = 10000,
};

/* Where nobody was found who changes frequencies, other threads are spared the search for so long: it may take milliseconds, and they poll. */
static unsigned int held_back;

/* Until one has succeeded they try one after the other. */
static struct poller *trying;
static int succeeded;

static int ask(struct poller *poller, int from, int to)
{
	return atomic_compare_exchange_strong(&poller->state, &from, to);
}

/* What was polled since the last look. */
static int look_at_queues(struct poller *poller, unsigned int idle, int *stale)
{
	int some = 0;

	*stale = 0;
	for (int i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		struct polled *polled = &poller->polled[i];

		if (!atomic_load(&polled->queue))
			continue;
		if (atomic_exchange(&polled->seen, 0)) {
			polled->quiet = 0;
			atomic_store(&polled->stale, 0);
			some = 1;
		} else if (++polled->quiet * WATCHER_PERIOD_MS >= idle) {
			polled->quiet--;
			atomic_store(&polled->stale, 1);
			*stale = 1;
		}
	}
	return some;
}

/* Ends the lcore of a thread that has let go of it. */
static void end(struct poller *poller)
{
	uint64_t id = atomic_exchange(&poller->id, 0);
	pollscale_lcore lcore = { .id = id };

	if (id && pollscale_retire(&lcore) == POLLSCALE_EFAILED)
		atomic_store(&poller->id, id); /* it is in the midst of a decision: at the next look */
}

static void look_at_bursts(struct poller *poller)
{
	struct pollscale_stats stats;
	pollscale_lcore lcore = { .id = atomic_load(&poller->id) };
	uint64_t larger = atomic_load(&poller->larger);

	if (atomic_exchange(&poller->misjudged, 0) >= MISJUDGED) {
		ask(poller, POLLER_SCALING, POLLER_REPLACE);
		return;
	}
	if (larger == poller->larger_before || pollscale_stats(&lcore, &stats, sizeof(stats))) {
		poller->larger_looks = 0;
		poller->larger_before = larger;
		return;
	}
	/* Counts are read at slightly different times. */
	poller->larger_looks = (larger - poller->larger_before) >= (stats.polls - poller->polls_before) / 64 * 63 ? poller->larger_looks + 1 : 0;
	poller->larger_before = larger;
	poller->polls_before = stats.polls;
	if (poller->larger_looks >= LARGER_LOOKS && ask(poller, POLLER_SCALING, POLLER_REPLACE))
		poller->larger_looks = 0;
}

/* Each text once for all lcores: where there is no host, no lcore has one. */
static void tell(struct poller *poller)
{
	static char last[sizeof(poller->error)];
	uint64_t id = atomic_load(&poller->id);
	char name[32];
	int state = atomic_load(&poller->state);

	if (state == POLLER_SCALING && id != poller->told_id) {
		poller->told_id = id;
		poller->told_failure = 0;
		LOG(INFO, "%s on CPU %d is scaled over %s by %s: %d queues, bursts of %u, rings of %u, made in %u us%s%s", poller_name(poller, name), poller->cpu, poller->transport, poller->governor, poller->queues, poller->burst, poller->ring, poller->made_us, poller->notes[0] ? ". " : "", poller->notes);
	}
	if (state == POLLER_FAILED && !poller->told_failure) {
		poller->told_failure = 1;
		rte_log(strcmp(last, poller->error) ? RTE_LOG_WARNING : RTE_LOG_DEBUG, (uint32_t)pollscale_logtype, "pollscale: %s is not scaled, and runs on as it did: %s\n", poller_name(poller, name), poller->error);
		strcpy(last, poller->error);
		if (poller->status == POLLSCALE_EUNAVAILABLE)
			held_back = HELD_BACK_MS / WATCHER_PERIOD_MS;
	}
	if (atomic_load(&poller->unwatched) && !poller->told_unwatched) {
		poller->told_unwatched = 1;
		LOG(WARNING, "%s polls more than %d rx queues: the others are not counted. Give them to another lcore.", poller_name(poller, name), POLLSCALE_DPDK_QUEUES);
	}
}

static void leave(struct poller *poller, int to)
{
	char name[32];
	int state = atomic_load(&poller->state);

	if ((state == POLLER_SCALING || state == POLLER_TIDY || state == POLLER_REPLACE) && ask(poller, state, to))
		LOG(INFO, "%s polls no more: its scaler is dropped", poller_name(poller, name));
	else if (state == POLLER_FAILED)
		ask(poller, state, to);
	poller->told_failure = 0;
	atomic_store(&poller->largest, 0);
	atomic_store(&poller->least_larger, 0);
	atomic_store(&poller->least_full, 0);
}

/* A thread that has polled for long enough is asked to make its scaler. */
static void try(struct poller *poller, int polls)
{
	poller->warm = polls >= LEAST_POLLS ? poller->warm + 1 : 0;
	if (poller->warm * WATCHER_PERIOD_MS < settings.warm_up_ms || atomic_load(&poller->id) || held_back || (trying && !succeeded))
		return;
	trying = poller;
	poller->warm = 0;
	ask(poller, POLLER_WAITING, POLLER_OPEN);
}

static void look_at_try(const struct poller *poller)
{
	int state = atomic_load(&poller->state);

	succeeded = succeeded || state == POLLER_SCALING;
	if (poller == trying && (state != POLLER_OPEN || poller->quiet * WATCHER_PERIOD_MS >= settings.idle_ms))
		trying = NULL;
}

/* Its place is the next thread's. */
static void clear(struct poller *poller)
{
	char name[32];

	end(poller);
	if (atomic_load(&poller->id))
		return;
	LOG(DEBUG, "%s has ended", poller_name(poller, name));
	memset((char *)poller + sizeof(poller->state), 0, sizeof(*poller) - sizeof(poller->state));
	atomic_store(&poller->state, POLLER_FREE);
}

static void look(struct poller *poller)
{
	int stale, polls, some;

	if (atomic_load(&poller->state) == POLLER_FREE)
		return;
	some = look_at_queues(poller, settings.idle_ms, &stale);
	polls = (int)atomic_exchange(&poller->polls, 0);
	poller->quiet = some ? 0 : poller->quiet + 1;
	if (poller->quiet * WATCHER_PERIOD_MS >= settings.idle_ms)
		leave(poller, POLLER_WAITING);
	tell(poller);
	look_at_try(poller);
	switch (atomic_load(&poller->state)) {
	case POLLER_SCALING:
		if (stale)
			ask(poller, POLLER_SCALING, POLLER_TIDY);
		look_at_bursts(poller);
		break;
	case POLLER_WAITING:
		end(poller);
		try(poller, polls);
		break;
	case POLLER_FAILED:
		end(poller);
		break;
	case POLLER_GONE:
		clear(poller);
		break;
	default:
		break;
	}
}

void watcher_look_at_all(void)
{
	held_back -= held_back > 0;
	for (int i = 0; i < POLLERS; i++)
		look(&pollers[i]);
}
