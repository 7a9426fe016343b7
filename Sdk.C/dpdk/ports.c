// SPDX-License-Identifier: MIT
#include <pthread.h>
#include <stdlib.h>

#include <rte_ethdev.h>

#include "log.h"
#include "poller.h"
#include "ports.h"
#include "settings.h"

static struct {
	struct watched_queue *queue[RTE_MAX_QUEUES_PER_PORT];
	const struct rte_eth_rxtx_callback *callback[RTE_MAX_QUEUES_PER_PORT];
	uint16_t count;
	int gone;
} ports[RTE_MAX_ETHPORTS];

/* Held against a port that goes while its queues are looked at. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int watched;
static int listening;

static void forget(uint16_t port)
{
	for (uint16_t i = 0; i < ports[port].count; i++) {
		rte_eth_remove_rx_callback(port, i, ports[port].callback[i]);
		ports[port].queue[i]->dead = 1;
		ports[port].queue[i]->hint = POLLER_NONE;
	}
	watched -= ports[port].count;
	ports[port].count = 0;
}

/* In whichever thread detaches the port, before it is taken down. */
static int on_event(uint16_t port, enum rte_eth_event_type event, void *unused, void *unused_too)
{
	(void)unused;
	(void)unused_too;
	pthread_mutex_lock(&lock);
	if (event == RTE_ETH_EVENT_DESTROY)
		forget(port);
	ports[port].gone = event == RTE_ETH_EVENT_DESTROY;
	pthread_mutex_unlock(&lock);
	return 0;
}

/* Only ethdev's own state is asked: a driver's functions are not for two threads at once. */
static void scan(uint16_t port)
{
	while (ports[port].count < RTE_MAX_QUEUES_PER_PORT) {
		uint16_t queue = ports[port].count;
		struct watched_queue *watch = calloc(1, sizeof(*watch));

		if (!watch)
			return;
		watch->port = port;
		watch->queue = queue;
		watch->hint = POLLER_NONE;
		ports[port].callback[queue] = rte_eth_add_rx_callback(port, queue, poller_polled, watch);
		if (!ports[port].callback[queue]) { /* there is no such queue */
			free(watch);
			return;
		}
		ports[port].queue[queue] = watch;
		ports[port].count++;
		watched++;
		LOG(DEBUG, "port %u queue %u is watched", port, queue);
	}
}

int ports_scan(void)
{
	int some = 0;
	uint16_t port;

	pthread_mutex_lock(&lock);
	/* Ports that another one uses, as a failsafe's, are polled by that one. Naming them is how to have them nevertheless. */
	for (port = 0; port < RTE_MAX_ETHPORTS; port++) {
		if (ports[port].gone || (settings.some_ports ? !settings.port[port] || !rte_eth_dev_is_valid_port(port) : rte_eth_find_next_owned_by(port, RTE_ETH_DEV_NO_OWNER) != port))
			continue;
		some = 1;
		if (!listening) {
			listening = 1;
			rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_NEW, on_event, NULL);
			rte_eth_dev_callback_register(RTE_ETH_ALL, RTE_ETH_EVENT_DESTROY, on_event, NULL);
		}
		scan(port);
	}
	pthread_mutex_unlock(&lock);
	return some;
}

unsigned int ports_watched(void)
{
	return watched;
}
