// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "poller.h"

struct poller pollers[POLLERS];
atomic_int poller_ending;

/* Of threads for which there is no place. */
static struct poller nobody = { .state = POLLER_FAILED };

/* A load at a fixed offset, also in a library that was loaded late: the linker keeps room for so little. */
static __thread struct poller *mine __attribute__((tls_model("initial-exec")));

static pthread_key_t at_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The runtime has let go of the thread already: the watcher ends its lcore. */
static void thread_ends(void *poller)
{
	mine = &nobody;
	atomic_store(&((struct poller *)poller)->state, POLLER_GONE);
}

static void make_key(void)
{
	pthread_key_create(&at_end, thread_ends);
}

static __rte_noinline struct poller *begin(void)
{
	pthread_once(&once, make_key);
	for (int i = 0; i < POLLERS; i++) {
		int expected = POLLER_FREE;

		if (atomic_load_explicit(&pollers[i].state, memory_order_relaxed) != POLLER_FREE || !atomic_compare_exchange_strong(&pollers[i].state, &expected, POLLER_WAITING))
			continue;
		pollers[i].thread = gettid();
		pollers[i].cpu = sched_getcpu();
		pollers[i].lcore_id = rte_lcore_id() == LCORE_ID_ANY ? -1 : (int)rte_lcore_id();
		pthread_setspecific(at_end, &pollers[i]);
		return &pollers[i];
	}
	return &nobody;
}

const char *poller_name(const struct poller *poller, char name[32])
{
	if (poller->lcore_id < 0)
		snprintf(name, 32, "thread %d", poller->thread);
	else
		snprintf(name, 32, "lcore %d", poller->lcore_id);
	return name;
}

static uint16_t hint_of(const struct poller *self, const struct polled *place)
{
	return (uint16_t)((const char *)place - (const char *)self);
}

static inline struct polled *hinted(struct poller *self, const struct watched_queue *queue)
{
	return (struct polled *)((char *)self + queue->hint);
}

/* A queue that it did not poll last: one it had, or one that came. One that comes counts at once, for its packets are there; the governor begins at the fastest P-state. */
static __rte_noinline struct polled *meet(struct poller *self, struct watched_queue *queue)
{
	struct polled *place = NULL;

	if (self == &nobody || queue->dead)
		return NULL;
	for (int i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		struct watched_queue *had = atomic_load_explicit(&self->polled[i].queue, memory_order_relaxed);

		if (had == queue) {
			queue->hint = hint_of(self, &self->polled[i]);
			return &self->polled[i];
		}
		place = had || place ? place : &self->polled[i];
	}
	if (!place) {
		atomic_fetch_add_explicit(&self->unwatched, 1, memory_order_relaxed);
		return NULL;
	}
	place->number = -1;
	if (atomic_load(&self->state) == POLLER_SCALING) {
		int number = pollscale_add_queue(&self->lcore);

		if (number < 0) {
			poller_fail(self, number);
			return NULL;
		}
		place->number = (int16_t)number;
		self->queues++;
	}
	atomic_store_explicit(&place->stale, 0, memory_order_relaxed);
	atomic_store_explicit(&place->queue, queue, memory_order_release);
	queue->hint = hint_of(self, place);
	return place;
}

static void note_burst(struct poller *self, uint16_t received, uint16_t most)
{
	if (most > atomic_load_explicit(&self->largest, memory_order_relaxed))
		atomic_store_explicit(&self->largest, most, memory_order_relaxed);
	if (received >= most && most < self->burst) {
		uint16_t least = atomic_load_explicit(&self->least_full, memory_order_relaxed);

		if (!least || most < least)
			atomic_store_explicit(&self->least_full, most, memory_order_relaxed);
		atomic_fetch_add_explicit(&self->misjudged, 1, memory_order_relaxed);
	} else if (most > self->burst) {
		uint16_t least = atomic_load_explicit(&self->least_larger, memory_order_relaxed);

		if (!least || most < least)
			atomic_store_explicit(&self->least_larger, most, memory_order_relaxed);
		atomic_fetch_add_explicit(&self->larger, 1, memory_order_relaxed);
	}
}

/* Where not all is as ever. True where the poll is to be told of. */
static __rte_noinline int otherwise(struct poller *self, uint16_t received, uint16_t most)
{
	int state = atomic_load_explicit(&self->state, memory_order_acquire);

	switch (state) {
	case POLLER_SCALING:
		note_burst(self, received, most);
		return 1;
	case POLLER_OPEN:
		poller_open(self);
		break;
	case POLLER_TIDY:
		poller_tidy(self);
		break;
	case POLLER_REPLACE:
		poller_replace(self);
		break;
	default:
		self->burst = self->burst ? self->burst : most;
		note_burst(self, received, most);
		atomic_fetch_add_explicit(&self->polls, 1, memory_order_relaxed);
		return 0;
	}
	return atomic_load(&self->state) == POLLER_SCALING;
}

/* All but an empty poll as ever. Not static, so that it takes what a callback takes, where that already is. */
uint16_t poller_polled_otherwise(uint16_t port, uint16_t queue, struct rte_mbuf *packets[], uint16_t received, uint16_t most, void *user)
{
	struct watched_queue *watched = user;
	struct poller *self = mine;
	struct polled *polled;
	int status;

	(void)packets;
	if (unlikely(!self))
		self = mine = begin();
	polled = hinted(self, watched);
	if (unlikely(atomic_load_explicit(&polled->queue, memory_order_relaxed) != watched)) {
		polled = meet(self, watched);
		if (!polled)
			return received;
	}
	atomic_store_explicit(&polled->seen, 1, memory_order_relaxed);
	if (unlikely(atomic_load_explicit(&self->state, memory_order_relaxed) != POLLER_SCALING || most != self->burst) && !otherwise(self, received, most))
		return received;
	status = pollscale_dpdk_tell(&self->lcore, self->queues, polled->number, received, pollscale_dpdk_backlog(port, queue, received));
	if (unlikely(status < 0))
		poller_fail(self, status);
	return received;
}

uint16_t poller_polled(uint16_t port, uint16_t queue, struct rte_mbuf *packets[], uint16_t received, uint16_t most, void *user)
{
	struct watched_queue *watched = user;
	struct poller *self = mine;

	(void)packets;
	/* What a loop without traffic does all the time needs no call, and so no stack. */
	if (likely(!received && self && most == self->burst && atomic_load_explicit(&self->state, memory_order_relaxed) == POLLER_SCALING)) {
		struct polled *polled = hinted(self, watched);

		if (likely(atomic_load_explicit(&polled->queue, memory_order_relaxed) == watched && pollscale_dpdk_tell_empty(&self->lcore, polled->number))) {
			atomic_store_explicit(&polled->seen, 1, memory_order_relaxed);
			return 0;
		}
	}
	return poller_polled_otherwise(port, queue, NULL, received, most, user);
}
