// SPDX-License-Identifier: MIT
// A DPDK application that is scaled by one call a queue: sends back whatever its ports receive. docs/dpdk.md says how it is built.
//	port EAL-OPTIONS -- SECONDS [SETTINGS]
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_launch.h>

#include <pollscale_dpdk.h>

enum { RING = 1024, BURST = 32, PACKETS = 8191, CACHE = 256 };

static volatile int running = 1;

/* A poll loop as DPDK's: nothing in it knows of frequencies. */
static int poll_loop(void *unused)
{
	struct rte_mbuf *packets[BURST];
	uint16_t port;

	(void)unused;
	while (running) {
		RTE_ETH_FOREACH_DEV(port) {
			uint16_t received = rte_eth_rx_burst(port, 0, packets, BURST);
			uint16_t sent = rte_eth_tx_burst(port, 0, packets, received);

			rte_pktmbuf_free_bulk(packets + sent, received - sent);
		}
	}
	return 0;
}

static void start(uint16_t port, unsigned int lcore, struct rte_mempool *pool, const char *settings)
{
	struct rte_eth_conf conf = { 0 };
	int status;

	if (rte_eth_dev_configure(port, 1, 1, &conf) || rte_eth_rx_queue_setup(port, 0, RING, (unsigned int)rte_eth_dev_socket_id(port), NULL, pool) ||
	    rte_eth_tx_queue_setup(port, 0, RING, (unsigned int)rte_eth_dev_socket_id(port), NULL))
		rte_exit(EXIT_FAILURE, "port %u cannot be set up\n", port);
	status = pollscale_dpdk_queue_enable(lcore, port, 0, settings);
	if (status)
		rte_exit(EXIT_FAILURE, "port %u is not scaled (%d): %s\n", port, status, pollscale_error());
	if (rte_eth_dev_start(port))
		rte_exit(EXIT_FAILURE, "port %u does not start\n", port);
}

int main(int count, char **arguments)
{
	int parsed = rte_eal_init(count, arguments);
	unsigned int lcore = rte_get_next_lcore(-1U, 1, 0);
	struct pollscale_stats stats;
	struct rte_mempool *pool;
	const char *error;
	uint16_t port;

	if (parsed < 0 || lcore == RTE_MAX_LCORE || count - parsed < 2)
		rte_exit(EXIT_FAILURE, "port EAL-OPTIONS -- SECONDS [SETTINGS], with two lcores\n");
	pool = rte_pktmbuf_pool_create("packets", PACKETS, CACHE, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	RTE_ETH_FOREACH_DEV(port)
		start(port, lcore, pool, count - parsed > 2 ? arguments[parsed + 2] : NULL);
	rte_eal_remote_launch(poll_loop, NULL, lcore);
	rte_delay_us_sleep((unsigned int)atoi(arguments[parsed + 1]) * 1000000);
	running = 0;
	rte_eal_mp_wait_lcore();

	if (pollscale_dpdk_status(lcore, &error) || pollscale_dpdk_stats(lcore, &stats))
		printf("lcore %u was not scaled, and ran as ever: %s\n", lcore, error);
	else
		printf("%" PRIu64 " packets in %" PRIu64 " polls, %" PRIu64 " decisions, %" PRIu64 " changes of frequency asked for\n", stats.received, stats.polls, stats.decisions, stats.calls);
	RTE_ETH_FOREACH_DEV(port) {
		pollscale_dpdk_queue_disable(lcore, port, 0);
		rte_eth_dev_stop(port);
	}
	return rte_eal_cleanup() ? EXIT_FAILURE : EXIT_SUCCESS;
}
