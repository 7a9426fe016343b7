/* SPDX-License-Identifier: MIT */
/* The RX callbacks: one on each queue of each port that an application has configured. */
#ifndef PORTS_H
#define PORTS_H

#include <stdint.h>

/* One queue with a callback, for as long as the process lives: a port that goes may leave its callbacks behind, and polls of them are told from those of the next port's by it. */
struct watched_queue {
	uint16_t port, queue;
	uint16_t hint; /* where a poller had it last: bytes from its beginning, to one of its `polled` */
	uint8_t dead; /* its port has gone */
};

/* Adds callbacks to queues that have none yet. By the watcher's thread. True once there is a port, so that EAL is up. */
int ports_scan(void);

/* Queues that have one. */
unsigned int ports_watched(void);

#endif
