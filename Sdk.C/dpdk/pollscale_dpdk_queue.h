/* SPDX-License-Identifier: MIT */
/* The calls of pollscale_dpdk.h, which includes this: which lcore polls which queue is told, not found out. */
#ifndef POLLSCALE_DPDK_QUEUE_H
#define POLLSCALE_DPDK_QUEUE_H

enum pollscale_dpdk_number {
	POLLSCALE_DPDK_COMES = -1,  /* its lcore takes it in when it polls */
	POLLSCALE_DPDK_LEAVES = -2, /* its lcore lets it go when it polls another */
	POLLSCALE_DPDK_FAILED = -3, /* it could not be taken in: pollscale_dpdk_status() says why */
	POLLSCALE_DPDK_FREE = -4,
};

/* One queue of an lcore. */
struct pollscale_dpdk_queue {
	struct pollscale_dpdk_lcore *lcore;
	const struct rte_eth_rxtx_callback *callback;
	uint16_t port, queue;
	int number; /* libpollscale's, or an enum pollscale_dpdk_number */
	int left;   /* the number that it had */
};

/* One polling thread. Its handle is that thread's. */
struct pollscale_dpdk_lcore {
	pollscale_lcore handle;
	const char *settings;
	int queues; /* that the handle has */
	int leaving;
	int status;
	char error[512];
	struct pollscale_dpdk_queue queue[POLLSCALE_DPDK_QUEUES];
} __rte_cache_aligned;

/* One table a program, in however many files this is included. */
__attribute__((weak)) struct pollscale_dpdk_lcore *pollscale_dpdk_lcores[RTE_MAX_LCORE];

static inline int pollscale_dpdk_fail(struct pollscale_dpdk_lcore *lcore, int status)
{
	lcore->status = status;
	snprintf(lcore->error, sizeof(lcore->error), "%s", pollscale_error());
	return status;
}

/* On the polling thread: lets queues go, and takes this one in. */
static inline int pollscale_dpdk_change(struct pollscale_dpdk_lcore *lcore, struct pollscale_dpdk_queue *polled, uint16_t most)
{
	int i, number;

	__atomic_store_n(&lcore->leaving, 0, __ATOMIC_RELAXED);
	if (polled->number == POLLSCALE_DPDK_COMES) {
		if (!lcore->handle.counters) {
			number = pollscale_dpdk_create(&lcore->handle, lcore->settings, 1, most, pollscale_dpdk_ring(polled->port, polled->queue));
			lcore->queues = 0;
		} else {
			number = pollscale_add_queue(&lcore->handle);
		}
		polled->number = number < 0 ? POLLSCALE_DPDK_FAILED : number;
		lcore->queues += number >= 0;
		if (number < 0)
			pollscale_dpdk_fail(lcore, number);
	}
	for (i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		if (__atomic_load_n(&lcore->queue[i].number, __ATOMIC_ACQUIRE) != POLLSCALE_DPDK_LEAVES)
			continue;
		lcore->queues -= !pollscale_remove_queue(&lcore->handle, lcore->queue[i].left);
		__atomic_store_n(&lcore->queue[i].number, POLLSCALE_DPDK_FREE, __ATOMIC_RELEASE);
	}
	return polled->number;
}

/* All but an empty poll as ever. */
static __rte_noinline __rte_unused uint16_t pollscale_dpdk_polled_otherwise(uint16_t port, uint16_t queue, struct rte_mbuf **packets, uint16_t received, uint16_t most, void *user)
{
	struct pollscale_dpdk_queue *polled = (struct pollscale_dpdk_queue *)user;
	struct pollscale_dpdk_lcore *lcore = polled->lcore;
	int number = polled->number, status;

	(void)packets;
	if (unlikely(number == POLLSCALE_DPDK_COMES || __atomic_load_n(&lcore->leaving, __ATOMIC_RELAXED)))
		number = pollscale_dpdk_change(lcore, polled, most);
	if (unlikely(number < 0))
		return received;
	status = pollscale_dpdk_tell(&lcore->handle, lcore->queues, number, received, pollscale_dpdk_backlog(port, queue, received));
	if (unlikely(status < 0) && !lcore->status)
		pollscale_dpdk_fail(lcore, status);
	return received;
}

static inline uint16_t pollscale_dpdk_polled(uint16_t port, uint16_t queue, struct rte_mbuf **packets, uint16_t received, uint16_t most, void *user)
{
	struct pollscale_dpdk_queue *polled = (struct pollscale_dpdk_queue *)user;
	struct pollscale_dpdk_lcore *lcore = polled->lcore;

	if (likely(!received && polled->number >= 0 && !__atomic_load_n(&lcore->leaving, __ATOMIC_RELAXED) && pollscale_dpdk_tell_empty(&lcore->handle, polled->number)))
		return 0;
	return pollscale_dpdk_polled_otherwise(port, queue, packets, received, most, user);
}

static inline struct pollscale_dpdk_queue *pollscale_dpdk_find(struct pollscale_dpdk_lcore *lcore, uint16_t port, uint16_t queue)
{
	int i;

	for (i = 0; lcore && i < POLLSCALE_DPDK_QUEUES; i++)
		if (lcore->queue[i].callback && lcore->queue[i].port == port && lcore->queue[i].queue == queue)
			return &lcore->queue[i];
	return NULL;
}

static inline struct pollscale_dpdk_lcore *pollscale_dpdk_lcore(unsigned int lcore_id, const char *settings)
{
	struct pollscale_dpdk_lcore *lcore = pollscale_dpdk_lcores[lcore_id];
	int i;

	if (lcore)
		return lcore;
	lcore = (struct pollscale_dpdk_lcore *)aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*lcore));
	if (!lcore)
		return NULL;
	memset(lcore, 0, sizeof(*lcore));
	for (i = 0; i < POLLSCALE_DPDK_QUEUES; i++)
		lcore->queue[i].number = POLLSCALE_DPDK_FREE;
	lcore->settings = strdup(settings ? settings : "");
	pollscale_dpdk_lcores[lcore_id] = lcore;
	return lcore;
}

/*
 * Has an lcore scaled by a queue that it polls, from its next poll on. Call it on a control thread, one at a time; the port is configured. `settings` are pollscale_create()'s, of the
 * lcore's first queue; queues=, ring-size= and burst-size= are found out. 0; -EINVAL for an lcore, port or queue that is none; -EEXIST where the queue has been given; -ENOSPC
 * beyond 16 queues of an lcore; -ENOMEM; or an enum pollscale_status, with words in pollscale_error(), where the settings are wrong (-1 .. -8).
 */
static inline int pollscale_dpdk_queue_enable(unsigned int lcore_id, uint16_t port, uint16_t queue, const char *settings)
{
	struct pollscale_dpdk_lcore *lcore;
	int i, status;

	if (lcore_id >= RTE_MAX_LCORE || !rte_eth_dev_is_valid_port(port))
		return -EINVAL;
	status = pollscale_check(settings);
	if (status)
		return status;
	lcore = pollscale_dpdk_lcore(lcore_id, settings);
	if (!lcore)
		return -ENOMEM;
	if (pollscale_dpdk_find(lcore, port, queue))
		return -EEXIST;
	for (i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		struct pollscale_dpdk_queue *polled = &lcore->queue[i];

		if (__atomic_load_n(&polled->number, __ATOMIC_ACQUIRE) != POLLSCALE_DPDK_FREE)
			continue;
		polled->lcore = lcore;
		polled->port = port;
		polled->queue = queue;
		polled->number = POLLSCALE_DPDK_COMES;
		polled->callback = rte_eth_add_rx_callback(port, queue, pollscale_dpdk_polled, polled);
		if (polled->callback)
			return 0;
		polled->number = POLLSCALE_DPDK_FREE;
		return -EINVAL;
	}
	return -ENOSPC;
}

/*
 * Has an lcore scaled by a queue no more. Call it on a control thread, when nobody polls the queue any more. With its last queue the lcore's scaler ends: it asks
 * for the fastest P-state, and restores what was changed of cpufreq. 0, -EINVAL where the queue was not given, or a negative enum pollscale_status.
 */
static inline int pollscale_dpdk_queue_disable(unsigned int lcore_id, uint16_t port, uint16_t queue)
{
	struct pollscale_dpdk_lcore *lcore = lcore_id < RTE_MAX_LCORE ? pollscale_dpdk_lcores[lcore_id] : NULL;
	struct pollscale_dpdk_queue *polled = pollscale_dpdk_find(lcore, port, queue);
	int i, others = 0, status = 0;

	if (!polled)
		return -EINVAL;
	rte_eth_remove_rx_callback(port, queue, polled->callback);
	polled->callback = NULL;
	for (i = 0; i < POLLSCALE_DPDK_QUEUES; i++)
		others += !!lcore->queue[i].callback;
	if (others && polled->number >= 0) {
		polled->left = polled->number;
		__atomic_store_n(&polled->number, POLLSCALE_DPDK_LEAVES, __ATOMIC_RELEASE);
		__atomic_store_n(&lcore->leaving, 1, __ATOMIC_RELEASE);
		return 0;
	}
	polled->number = POLLSCALE_DPDK_FREE;
	if (others)
		return 0;
	if (lcore->handle.counters)
		status = pollscale_retire(&lcore->handle);
	pollscale_dpdk_lcores[lcore_id] = NULL;
	free((char *)lcore->settings);
	free(lcore);
	return status;
}

/* Why an lcore is not scaled: 0 where it is, or will be when it polls; else a negative enum pollscale_status, and its words. */
static inline int pollscale_dpdk_status(unsigned int lcore_id, const char **error)
{
	struct pollscale_dpdk_lcore *lcore = lcore_id < RTE_MAX_LCORE ? pollscale_dpdk_lcores[lcore_id] : NULL;

	*error = lcore ? lcore->error : "";
	return lcore ? lcore->status : 0;
}

/* What was counted of an lcore, as pollscale_stats(). */
static inline int pollscale_dpdk_stats(unsigned int lcore_id, struct pollscale_stats *stats)
{
	struct pollscale_dpdk_lcore *lcore = lcore_id < RTE_MAX_LCORE ? pollscale_dpdk_lcores[lcore_id] : NULL;

	return pollscale_stats(lcore ? &lcore->handle : NULL, stats, sizeof(*stats));
}

#endif
