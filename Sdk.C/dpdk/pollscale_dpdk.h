/* SPDX-License-Identifier: MIT */
/*
 * Scales the lcores of a DPDK application that can be compiled anew: one call a queue, as rte_power_ethdev_pmgmt_queue_enable(), and no change of its poll loop.
 *
 *	pollscale_dpdk_queue_enable(lcore, port, queue, "transport=auto");  // control thread; the queue is set up
 *	rte_eal_remote_launch(poll_loop, NULL, lcore);
 *	...
 *	pollscale_dpdk_queue_disable(lcore, port, queue);                   // control thread; nobody polls the queue any more
 *
 * Compile with `pkg-config --cflags --libs pollscale libdpdk`. An application that cannot be compiled anew loads librte_pollscale.so: docs/dpdk.md.
 */
#ifndef POLLSCALE_DPDK_H
#define POLLSCALE_DPDK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ethdev.h>
#include <rte_lcore.h>

#include <pollscale.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most rx queues of one lcore: libpollscale's. */
#define POLLSCALE_DPDK_QUEUES 16

/* Descriptors of a ring of which the driver does not tell: fewer than most have, so that the governor leaves room. */
#define POLLSCALE_DPDK_RING 512

enum { POLLSCALE_DPDK_LEAST_RING = 32, POLLSCALE_DPDK_MOST_BURST = 1024 };

/* Value of a setting among words NAME=VALUE, or NULL. */
static inline const char *pollscale_dpdk_setting(const char *settings, const char *name)
{
	size_t length = strlen(name);
	const char *word;

	for (word = settings; *word; word += strcspn(word, " \t\n\r")) {
		word += strspn(word, " \t\n\r");
		if (!strncmp(word, name, length) && word[length] == '=')
			return word + length + 1;
	}
	return NULL;
}

/* Descriptors of a queue's ring; the thread that polls the queue may ask, since it is there. */
static inline uint16_t pollscale_dpdk_ring(uint16_t port, uint16_t queue)
{
	struct rte_eth_rxq_info info;

	if (rte_eth_rx_queue_info_get(port, queue, &info) || info.nb_desc < POLLSCALE_DPDK_LEAST_RING)
		return POLLSCALE_DPDK_RING;
	return info.nb_desc;
}

/* Makes an lcore for the calling thread. Bursts and rings are as they are met, where the settings leave them out. */
static inline int pollscale_dpdk_create(pollscale_lcore *lcore, const char *settings, int queues, uint16_t burst, uint16_t ring)
{
	const char *given = pollscale_dpdk_setting(settings, "ring-size");
	long room = given ? strtol(given, NULL, 10) : ring;
	char words[2048];
	int length;

	if (burst > POLLSCALE_DPDK_MOST_BURST)
		burst = POLLSCALE_DPDK_MOST_BURST;
	if (burst > room)
		burst = room > 0 ? (uint16_t)room : 1;
	length = snprintf(words, sizeof(words), "%s queues=%d", settings, queues);
	if (!given && length < (int)sizeof(words))
		length += snprintf(words + length, sizeof(words) - (size_t)length, " ring-size=%u", ring);
	if (!pollscale_dpdk_setting(settings, "burst-size") && length < (int)sizeof(words))
		length += snprintf(words + length, sizeof(words) - (size_t)length, " burst-size=%u", burst);
	return length < (int)sizeof(words) ? pollscale_create(words, lcore) : POLLSCALE_EINVAL;
}

/* What waits in a queue after a burst; negative where the driver cannot tell. An empty poll left nothing. */
static inline int pollscale_dpdk_backlog(uint16_t port, uint16_t queue, uint16_t received)
{
	return received ? rte_eth_rx_queue_count(port, queue) : 0;
}

/* Tells of a poll of one of an lcore's queues, by its number. */
static inline int pollscale_dpdk_tell(const pollscale_lcore *lcore, int queues, int number, uint16_t received, int backlog)
{
	return queues == 1 && !number ? pollscale_observe(lcore, received, backlog) : pollscale_observe_queue(lcore, number, received, backlog);
}

/*
 * Tells of an empty poll of an lcore that has been made, where that is all: no decision is due, and the queue was as empty before. False where nothing has been told, and
 * pollscale_dpdk_tell() is to be called.
 */
static inline int pollscale_dpdk_tell_empty(const pollscale_lcore *lcore, int number)
{
	return pollscale_stays_quiet(lcore->counters, number, &lcore->counters->empty_cost);
}

#ifndef POLLSCALE_DPDK_NO_QUEUE_CALLS
#include "pollscale_dpdk_queue.h"
#endif

#ifdef __cplusplus
}
#endif

#endif
