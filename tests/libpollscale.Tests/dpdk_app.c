// SPDX-License-Identifier: MIT
// A DPDK application that knows nothing of PollScale: polls what it is told to on standard input, by lcores and by a thread that is not EAL's. Its last argument is the number of queues of each port.
//	poll PORT QUEUE WHO: from now on WHO polls it: an lcore, 0 nobody, -1 the thread
//	burst N, thread begin|end, exit
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>

enum { PORTS = 4, QUEUES = 32, MOST = 512, THREAD = -1 };

static atomic_int polls[PORTS][QUEUES], burst = 32, thread_ends;

static int poll_loop(void *who)
{
	struct rte_mbuf *packets[MOST];
	int own = (int)(intptr_t)who;

	while (own != THREAD || !atomic_load(&thread_ends))
		for (int port = 0; port < PORTS; port++)
			for (int queue = 0; queue < QUEUES; queue++)
				if (atomic_load_explicit(&polls[port][queue], memory_order_relaxed) == own) {
					uint16_t received = rte_eth_rx_burst((uint16_t)port, (uint16_t)queue, packets, (uint16_t)atomic_load_explicit(&burst, memory_order_relaxed));

					rte_pktmbuf_free_bulk(packets, received);
				}
	return 0;
}

static void *thread_loop(void *unused)
{
	cpu_set_t set;

	(void)unused;
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	sched_setaffinity(0, sizeof(set), &set);
	poll_loop((void *)(intptr_t)THREAD);
	return NULL;
}

static void start(uint16_t port, uint16_t queues, struct rte_mempool *pool)
{
	struct rte_eth_conf conf = { 0 };

	if (rte_eth_dev_configure(port, queues, 1, &conf))
		rte_exit(2, "no %u queues\n", queues);
	for (uint16_t queue = 0; queue < queues; queue++)
		rte_eth_rx_queue_setup(port, queue, 256, 0, NULL, pool);
	rte_eth_tx_queue_setup(port, 0, 256, 0, NULL);
	rte_eth_dev_start(port);
}

static void obey(const char *line)
{
	static pthread_t thread;
	int port, queue, who;

	if (sscanf(line, "poll %d %d %d", &port, &queue, &who) == 3) {
		atomic_store(&polls[port][queue], who);
	} else if (sscanf(line, "burst %d", &who) == 1) {
		atomic_store(&burst, who);
	} else if (!strcmp(line, "thread begin\n")) {
		atomic_store(&thread_ends, 0);
		pthread_create(&thread, NULL, thread_loop, NULL);
	} else if (!strcmp(line, "thread end\n")) {
		atomic_store(&thread_ends, 1);
		pthread_join(thread, NULL);
	}
	printf("done %s", line);
	fflush(stdout);
}

int main(int count, char **arguments)
{
	uint16_t queues = (uint16_t)atoi(arguments[count - 1]), port;
	struct rte_mempool *pool;
	unsigned int lcore;
	char line[64];

	if (rte_eal_init(count - 1, arguments) < 0)
		return 2;
	pool = rte_pktmbuf_pool_create("pool", 4095, 128, 0, RTE_MBUF_DEFAULT_BUF_SIZE, (int)rte_socket_id());
	RTE_ETH_FOREACH_DEV(port)
		start(port, queues, pool);
	RTE_LCORE_FOREACH_WORKER(lcore)
		rte_eal_remote_launch(poll_loop, (void *)(intptr_t)lcore, lcore);
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin) && strcmp(line, "exit\n"))
		obey(line);
	exit(0); /* while lcores poll */
}
