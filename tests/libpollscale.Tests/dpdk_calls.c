// SPDX-License-Identifier: MIT
// The calls of pollscale_dpdk.h on a port with three queues that lcore 1 polls: dpdk_calls EAL-OPTIONS. Prints what they returned, a line a fact.
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_launch.h>

#include "dpdk/pollscale_dpdk.h"

enum { QUEUES = 20, LCORE = 1 };

static const char settings[] = "transport=loopback";
static atomic_int polled, running = 1; /* bit n: queue n is polled */
static atomic_uint rounds;

static int poll_loop(void *unused)
{
	struct rte_mbuf *packets[16];

	(void)unused;
	for (; atomic_load(&running); atomic_fetch_add(&rounds, 1))
		for (uint16_t queue = 0; queue < QUEUES; queue++)
			if (atomic_load(&polled) >> queue & 1)
				rte_pktmbuf_free_bulk(packets, rte_eth_rx_burst(0, queue, packets, 16));
	return 0;
}

static void told(const char *what, int status)
{
	printf("%s %d %s\n", what, status, status < 0 && status >= POLLSCALE_EFAILED ? pollscale_error() : "");
}

/* Polls these from here on, and has done so for a while. */
static void poll(int mask)
{
	unsigned int begin;

	atomic_store(&polled, mask);
	begin = atomic_load(&rounds);
	while (atomic_load(&rounds) - begin < 1000)
		usleep(1000);
}

static void state(void)
{
	struct pollscale_stats stats;
	const char *error;
	int status = pollscale_dpdk_status(LCORE, &error), counted = pollscale_dpdk_stats(LCORE, &stats);

	/* A governor that learns goes to and fro. */
	for (int left = 2000; left > 0 && !counted && !stats.granted; left--) {
		usleep(1000);
		counted = pollscale_dpdk_stats(LCORE, &stats);
	}
	printf("status %d %s stats %d queues %d granted %s\n", status, error, counted, pollscale_dpdk_lcores[LCORE] ? pollscale_dpdk_lcores[LCORE]->queues : 0, counted ? "" : stats.granted ? "slower" : "fastest");
}

int main(int count, char **arguments)
{
	struct rte_eth_conf conf = { 0 };
	struct rte_mempool *pool;

	if (rte_eal_init(count, arguments) < 0)
		return 2;
	pool = rte_pktmbuf_pool_create("pool", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	rte_eth_dev_configure(0, QUEUES, 1, &conf);
	for (uint16_t queue = 0; queue < QUEUES; queue++)
		rte_eth_rx_queue_setup(0, queue, 256, 0, NULL, pool);
	rte_eth_tx_queue_setup(0, 0, 256, 0, NULL);
	rte_eth_dev_start(0);
	rte_eal_remote_launch(poll_loop, NULL, LCORE);

	told("wrong", pollscale_dpdk_queue_enable(LCORE, 0, 0, "rings=1"));
	told("lcore", pollscale_dpdk_queue_enable(RTE_MAX_LCORE, 0, 0, settings));
	told("port", pollscale_dpdk_queue_enable(LCORE, 7, 0, settings));
	told("queue", pollscale_dpdk_queue_enable(LCORE, 0, QUEUES, settings));
	told("never", pollscale_dpdk_queue_disable(LCORE, 0, 0));
	for (uint16_t queue = 0; queue < 3; queue++)
		told("enable", pollscale_dpdk_queue_enable(LCORE, 0, queue, settings));
	told("again", pollscale_dpdk_queue_enable(LCORE, 0, 2, settings));
	state();
	poll(7);
	state();
	poll(6);
	told("disable", pollscale_dpdk_queue_disable(LCORE, 0, 0));
	poll(6);
	state();
	for (uint16_t queue = 3; queue < 17; queue++)
		if (pollscale_dpdk_queue_enable(LCORE, 0, queue, settings))
			printf("queue %u is one too many\n", queue);
	told("full", pollscale_dpdk_queue_enable(LCORE, 0, 17, settings));
	poll((1 << 17) - 2);
	state();
	poll(0);
	for (uint16_t queue = 1; queue < 17; queue++)
		if (pollscale_dpdk_queue_disable(LCORE, 0, queue))
			printf("queue %u cannot be disabled\n", queue);
	state();
	told("enable", pollscale_dpdk_queue_enable(LCORE, 0, 0, "transport=guest-channel"));
	poll(1);
	state();
	poll(0);
	told("disable", pollscale_dpdk_queue_disable(LCORE, 0, 0));
	atomic_store(&running, 0);
	rte_eal_mp_wait_lcore();
	return 0;
}
