/* SPDX-License-Identifier: MIT */
/*
 * A polling thread: the queues it polls, and its lcore of libpollscale. The thread alone makes, tells and closes that lcore, from the RX callback; the watcher (watcher.c) looks
 * at what it polls, says when, and ends the lcore of a thread that polls no more.
 */
#ifndef POLLER_H
#define POLLER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <rte_common.h>
#include <rte_ethdev.h>

#define POLLSCALE_DPDK_NO_QUEUE_CALLS
#include "pollscale_dpdk.h"
#include "ports.h"

enum poller_state {
	POLLER_SCALING,
	POLLER_FREE,    /* nobody's */
	POLLER_WAITING, /* polls, perhaps, and has no scaler */
	POLLER_FAILED,  /* it cannot have one: `error` says why */
	POLLER_GONE,    /* the thread ended */
	/* What the watcher asks for. */
	POLLER_OPEN,    /* make a scaler */
	POLLER_TIDY,    /* leave out queues that are polled no more */
	POLLER_REPLACE, /* make another, for bursts of another size */
};

/* One of its queues. */
struct polled {
	_Atomic(struct watched_queue *) queue; /* NULL: none */
	_Atomic uint8_t seen;                  /* polled since the watcher looked */
	_Atomic uint8_t stale;                 /* not polled for long */
	uint16_t quiet;                        /* the watcher's: looks at which it was not seen */
	int16_t number;                        /* libpollscale's, -1 for none */
};

struct poller {
	_Atomic int state;
	uint16_t burst; /* packets that a poll asks for at most */
	int queues;     /* that the lcore has */
	pollscale_lcore lcore;
	struct polled polled[POLLSCALE_DPDK_QUEUES + 1]; /* the last is none, ever: where queues of ports that have gone point */

	/* Bursts that are not as `burst`, since a scaler was made, or since it polls. */
	_Atomic uint64_t larger;       /* polls that asked for more */
	_Atomic uint16_t largest;      /* most that one asked for */
	_Atomic uint16_t least_larger; /* least that one of those asked for */
	_Atomic uint32_t misjudged;    /* bursts that were full and smaller: nobody would see that more waits */
	_Atomic uint16_t least_full;   /* the smallest of them */

	_Atomic uint64_t id;           /* the lcore's number; 0 for none. The watcher takes it to end the lcore. */
	_Atomic uint32_t polls;        /* while it has no scaler */
	_Atomic uint32_t unwatched;    /* polls of queues beyond the most that an lcore has */
	uint16_t ring;
	unsigned int made_us; /* what making the scaler took of the thread's time */
	int cpu, lcore_id;
	pid_t thread;
	int status;
	char transport[32], governor[128], notes[512], error[512];

	/* The watcher's. */
	unsigned int warm, quiet, larger_looks;
	uint64_t told_id, larger_before, polls_before;
	int told_failure, told_unwatched;
} __rte_cache_aligned;

/* The hint of a queue that no poller has. */
#define POLLER_NONE ((uint16_t)offsetof(struct poller, polled[POLLSCALE_DPDK_QUEUES]))

/* As many lcores as libpollscale opens. */
#define POLLERS 512

extern struct poller pollers[POLLERS];

/* From here on no scaler is made: the process ends. */
extern atomic_int poller_ending;

/* "lcore 3", or "thread 4711" of a thread that is not EAL's. */
const char *poller_name(const struct poller *poller, char name[32]);

/* The RX callback; `user` is a struct watched_queue. */
uint16_t poller_polled(uint16_t port, uint16_t queue, struct rte_mbuf *packets[], uint16_t received, uint16_t most, void *user);
uint16_t poller_polled_otherwise(uint16_t port, uint16_t queue, struct rte_mbuf *packets[], uint16_t received, uint16_t most, void *user);

/* On the poller's own thread, where the watcher asks: poller_scaler.c. */
void poller_open(struct poller *self);
void poller_tidy(struct poller *self);
void poller_replace(struct poller *self);
void poller_fail(struct poller *self, int status);

#endif
