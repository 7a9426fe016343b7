// SPDX-License-Identifier: MIT
// Polls of a port, to be counted: dpdk_polls EAL-OPTIONS SECONDS QUEUES. It polls for so many
// seconds before, so that whoever scales it is there.
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

enum { MEASURED = 200000, MOST = 32 };

static struct rte_mbuf *packets[MOST];

__attribute__((noinline)) void counted(uint16_t queues, int polls)
{
	for (int i = 0; i < polls; i += queues)
		for (uint16_t queue = 0; queue < queues; queue++)
			rte_pktmbuf_free_bulk(packets, rte_eth_rx_burst(0, queue, packets, MOST));
}

static void before(uint16_t queues, unsigned int seconds)
{
	uint64_t end = rte_get_tsc_cycles() + rte_get_tsc_hz() * seconds;

	while (rte_get_tsc_cycles() < end)
		for (uint16_t queue = 0; queue < queues; queue++)
			rte_pktmbuf_free_bulk(packets, rte_eth_rx_burst(0, queue, packets, MOST));
}

int main(int count, char **arguments)
{
	uint16_t queues = (uint16_t)atoi(arguments[count - 1]);
	struct rte_eth_conf conf = { 0 };
	struct rte_mempool *pool;
	uint64_t begin;

	if (rte_eal_init(count - 2, arguments) < 0)
		return 2;
	pool = rte_pktmbuf_pool_create("pool", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	rte_eth_dev_configure(0, queues, 1, &conf);
	for (uint16_t queue = 0; queue < queues; queue++)
		rte_eth_rx_queue_setup(0, queue, 256, 0, NULL, pool);
	rte_eth_tx_queue_setup(0, 0, 256, 0, NULL);
	rte_eth_dev_start(0);
	before(queues, (unsigned int)atoi(arguments[count - 2]));
	begin = rte_get_tsc_cycles();
	counted(queues, MEASURED);
	printf("ns %.2f\n", (double)(rte_get_tsc_cycles() - begin) * 1e9 / (double)rte_get_tsc_hz() / MEASURED);
	return 0;
}
