/* SPDX-License-Identifier: MIT */
/*
 * libpollscale: scales the core of a poll loop. pollscale(3) says it in prose.
 *
 *	pollscale_lcore lcore;
 *	if (pollscale_create("ring-size=1024 burst-size=32", &lcore))
 *		errx(1, "%s", pollscale_error());
 *	for (;;) {
 *		int received = rx_burst(...);
 *		pollscale_observe(&lcore, received, backlog);
 *		...
 *	}
 *	pollscale_close(&lcore);
 *
 * An lcore belongs to the thread that made it: pin that thread to one CPU, make, observe and close there. Each call from another thread is refused with
 * POLLSCALE_ETHREAD, but for pollscale_stats(), pollscale_retire(), pollscale_error(), pollscale_status_text() and pollscale_version(). Nothing is left to a child after
 * fork(): what it calls is refused with POLLSCALE_EFORK; exec() is fine.
 */
#ifndef POLLSCALE_H
#define POLLSCALE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What a call returns: 0, or one of these. pollscale_error() has the words. */
enum pollscale_status {
	POLLSCALE_OK = 0,
	POLLSCALE_EINVAL = -1,       /* an argument or setting is wrong */
	POLLSCALE_EHANDLE = -2,      /* the lcore was never made, or is closed */
	POLLSCALE_ETHREAD = -3,      /* it belongs to another thread */
	POLLSCALE_EUNAVAILABLE = -4, /* nobody is there who changes frequencies, or not by this way */
	POLLSCALE_EPINNING = -5,     /* the thread is not pinned to one CPU */
	POLLSCALE_EMEMORY = -6,      /* memory limits (RLIMIT_MEMLOCK with mlockall(), RLIMIT_AS) leave no room for the library */
	POLLSCALE_EFORK = -7,        /* this is a child of the process that loaded the library */
	POLLSCALE_EFAILED = -8,      /* anything else */
};

/* Counts of one lcore's polls. The library's: read them by pollscale_stats(), write them by pollscale_observe(). */
struct pollscale_counters {
	uint8_t before[64];
	uint64_t empty_polls;
	uint64_t busy_polls;
	uint64_t full_polls;
	uint64_t received;
	int64_t credit;
	int64_t empty_cost;
	uint16_t packet_ticks;
	uint16_t burst_size;
	int32_t escalate_at;
	uint32_t quiet_queues;
	uint8_t behind[68];
};

/* One polling thread. Zero it, or have pollscale_create() fill it in: either may be given to each function. */
typedef struct pollscale_lcore {
	struct pollscale_counters *counters;
	uint64_t id;
} pollscale_lcore;

/* What was counted so far. */
struct pollscale_stats {
	uint64_t polls;        /* pollscale_observe() calls */
	uint64_t empty_polls;  /* that received nothing */
	uint64_t full_polls;   /* that received a whole burst */
	uint64_t received;     /* packets */
	uint64_t decisions;
	uint64_t calls;        /* requests to change the frequency */
	uint64_t failed_calls; /* that were answered with an error */
	uint64_t clock_leaps;  /* as after a suspend, or a move to another host */
	uint32_t granted_khz;  /* the P-state last granted */
	int32_t granted;       /* its index, 0 is the fastest */
	int32_t requested;     /* index last asked for; -1 when unknown */
	int32_t last_status;   /* of the last request: 0 granted, else docs/hypercall-abi.md says what */
	uint64_t waits;        /* pollscale_idle() calls that waited */
	uint64_t idle_ns;      /* and for how long in all */
};

/* What pollscale_text() tells. */
enum pollscale_text {
	POLLSCALE_TEXT_TRANSPORT = 0,   /* by which way requests go */
	POLLSCALE_TEXT_GOVERNOR = 1,    /* the governor's name */
	POLLSCALE_TEXT_CERTIFICATE = 2, /* whether loss can be ruled out; empty without peak= */
	POLLSCALE_TEXT_DELAY = 3,       /* whether the governor's delay bound can be kept; empty where it has none, or without peak= */
	POLLSCALE_TEXT_WARNINGS = 4,    /* what may surprise, a line each; a certificate that is withdrawn adds why */
	POLLSCALE_TEXT_SHADOW = 5,      /* with transport=shadow, what would have been saved, delayed and lost so far; else empty */
};

/*
 * Makes an lcore for the calling thread, and asks for the fastest P-state. `settings` are words NAME=VALUE with blanks between, NULL or "" for the defaults; a
 * name that does not exist is answered with those that do. The first call of a process takes some milliseconds, on a thread that may block: later ones less than one.
 */
int pollscale_create(const char *settings, pollscale_lcore *lcore);

/* A decision is due; pollscale_observe() says so. */
int pollscale_turn(const pollscale_lcore *lcore, int received, int backlog);

/* Tells of one poll of one of several queues (queues=N), for pollscale_observe_queue(). */
int pollscale_turn_queue(const pollscale_lcore *lcore, int queue, int received, int backlog);

/*
 * For a loop whose last poll of each queue found nothing, and has been told of: waits, for as long as the governor's bounds on loss and delay allow and its max-wait= says, and not at all
 * without that. 1 when it waited, 0 when not, or an error. Poll right after it, and tell of that poll. With wait-by=event wait-descriptor=N a packet ends it: N is a descriptor that can then be
 * read, as a ring interrupt's eventfd or a packet socket. It stays the caller's, and nothing is read from it.
 */
int pollscale_idle(const pollscale_lcore *lcore);

/*
 * pollscale_idle(), which with wait-by=tpause or pause ends too when a word changes that whoever brings packets writes: a ring's tail in memory, or the status of its next descriptor.
 * `seen` is what it held when the last poll found nothing. A multiple of 4 in cached memory, no device's register.
 */
int pollscale_idle_on(const pollscale_lcore *lcore, const volatile uint32_t *word, uint32_t seen);

/* Adds an rx queue; its number, or an error. Takes one out that is polled no more. The governor begins anew with either. */
int pollscale_add_queue(const pollscale_lcore *lcore);
int pollscale_remove_queue(const pollscale_lcore *lcore, int queue);

/* Fills in the first `size` bytes, sizeof(struct pollscale_stats) of this header. Any thread may ask. */
int pollscale_stats(const pollscale_lcore *lcore, struct pollscale_stats *stats, size_t size);

/* Writes a text, cut to fit, with a NUL; its whole length, or an error. `buffer` may be NULL where `size` is 0. */
int pollscale_text(const pollscale_lcore *lcore, enum pollscale_text what, char *buffer, size_t size);

/* Asks for the fastest P-state, restores what was changed of cpufreq, and ends the lcore. A process that exits does so for each that is open. */
int pollscale_close(pollscale_lcore *lcore);

/*
 * Ends an lcore whose thread polls no more, or is gone, as pollscale_close() does; any thread may. Its thread, should it poll on, is answered POLLSCALE_EHANDLE: it may
 * make another. POLLSCALE_EFAILED while that thread is in the midst of a decision. The struct is left as it is.
 */
int pollscale_retire(const pollscale_lcore *lcore);

/*
 * Whether pollscale_create() would take these settings: their names, ranges and governor, not whether somebody is there who changes frequencies. Any thread may ask. It does what
 * only the first call of a process takes milliseconds for: call it where that does no harm, before threads poll.
 */
int pollscale_check(const char *settings);

/* Why the calling thread's last call failed, and what to do; "" where none did. Its own until its next call. */
const char *pollscale_error(void);

/* A status in a few words. */
const char *pollscale_status_text(int status);

/* Version of the library, as "0.1.0". */
const char *pollscale_version(void);

/*
 * Tells of one poll.
 * received: packets that it returned
 * backlog: packets still in the ring (rte_eth_rx_queue_count), negative when the NIC cannot tell
 */
static inline int pollscale_observe(const pollscale_lcore *lcore, int received, int backlog)
{
	struct pollscale_counters *counters = lcore->counters;

	if (__builtin_expect(!counters, 0))
		return POLLSCALE_EHANDLE;
	/* Without sign: polls that are refused, as another thread's, may take more than there is. */
	if (received <= 0) {
		counters->credit = (int64_t)((uint64_t)counters->credit - (uint64_t)counters->empty_cost);
	} else {
		uint64_t counted = (uint32_t)received;

		if (received >= counters->burst_size) {
			counters->full_polls++;
			counted = received < (1 << 18) ? (uint64_t)received : UINT64_C(1) << 18;
		}
		counters->busy_polls++;
		counters->received += (uint32_t)received;
		counters->credit = (int64_t)((uint64_t)counters->credit - ((counted * counters->packet_ticks) << 28));
	}
	if (__builtin_expect(counters->credit < 0 || backlog >= counters->escalate_at, 0))
		return pollscale_turn(lcore, received, backlog);
	return POLLSCALE_OK;
}

/*
 * Takes a poll's cost from what is left until the next decision, where the poll found a queue as empty as the one before. False where that is not all there is to tell: then nothing is
 * taken. For pollscale_observe_queue(), and for a loop that has nothing to tell of an empty poll but this.
 */
static inline int pollscale_stays_quiet(struct pollscale_counters *counters, int queue, const int64_t *cost)
{
	int64_t left;

	if (!(counters->quiet_queues >> (queue & 31) & 1))
		return 0;
	left = (int64_t)((uint64_t)counters->credit - (uint64_t)*cost); /* not read before it is needed */
	if (left < 0)
		return 0;
	counters->credit = left;
	return 1;
}

/* Tells of one poll of one of several queues (queues=N); pollscale_observe() is for the only one. A poll that leaves a queue as empty as it was needs no call. */
static inline int pollscale_observe_queue(const pollscale_lcore *lcore, int queue, int received, int backlog)
{
	struct pollscale_counters *counters = lcore->counters;

	if (counters && received < counters->burst_size && backlog <= 0) {
		int64_t cost = received <= 0 ? counters->empty_cost : (int64_t)((uint64_t)received * counters->packet_ticks) << 28;

		if (pollscale_stays_quiet(counters, queue, &cost)) {
			if (received > 0) {
				counters->busy_polls++;
				counters->received += (uint32_t)received;
			}
			return POLLSCALE_OK;
		}
	}
	return pollscale_turn_queue(lcore, queue, received, backlog);
}

#ifdef __cplusplus
}
#endif

#endif
