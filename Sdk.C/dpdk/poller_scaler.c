// SPDX-License-Identifier: MIT
/* What a polling thread does about its scaler, when the watcher asks it to. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>

#include <rte_cycles.h>

#include "library.h"
#include "poller.h"
#include "settings.h"

static void forget_bursts(struct poller *self)
{
	atomic_store(&self->larger, 0);
	atomic_store(&self->largest, 0);
	atomic_store(&self->least_larger, 0);
	atomic_store(&self->misjudged, 0);
	atomic_store(&self->least_full, 0);
}

/* A burst is full, as the governor sees it, that filled the smallest of those that were full; where none was, that filled the largest. */
static uint16_t burst(struct poller *self)
{
	uint16_t full = atomic_load(&self->least_full), larger = atomic_load(&self->least_larger), most = atomic_load(&self->largest);

	if (full)
		return full;
	return larger ? larger : most ? most : self->burst;
}

/* Without those that it polled once, as at a start. The least ring of the others. */
static int keep_queues(struct poller *self)
{
	int kept = 0;

	self->ring = 0;
	for (int i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		struct polled *polled = &self->polled[i];
		struct watched_queue *queue = atomic_load(&polled->queue);
		uint16_t ring;

		if (queue && atomic_load(&polled->stale) && !atomic_load(&polled->seen))
			atomic_store(&polled->queue, NULL);
		else if (queue) {
			ring = pollscale_dpdk_ring(queue->port, queue->queue);
			self->ring = self->ring && self->ring < ring ? self->ring : ring;
			polled->number = (int16_t)kept++;
		}
	}
	return kept;
}

static void text(const struct poller *self, enum pollscale_text what, char *buffer, size_t size)
{
	if (pollscale_text(&self->lcore, what, buffer, size) < 0)
		buffer[0] = '\0';
}

void poller_fail(struct poller *self, int status)
{
	int expected = POLLER_SCALING;

	if (status == POLLSCALE_EHANDLE) { /* the watcher, or the end of the process, ended the lcore of a thread that went on */
		atomic_compare_exchange_strong(&self->state, &expected, POLLER_WAITING);
		return;
	}
	self->status = status;
	snprintf(self->error, sizeof(self->error), "%s", pollscale_error());
	atomic_store(&self->state, POLLER_FAILED);
}

void poller_open(struct poller *self)
{
	uint64_t begin = rte_get_tsc_cycles();
	int status;

	if (atomic_load(&poller_ending))
		return;
	self->burst = burst(self);
	forget_bursts(self);
	self->queues = keep_queues(self);
	status = pollscale_dpdk_create(&self->lcore, settings.library, self->queues, self->burst, self->ring);
	if (status) {
		poller_fail(self, status);
		return;
	}
	self->cpu = sched_getcpu();
	text(self, POLLSCALE_TEXT_TRANSPORT, self->transport, sizeof(self->transport));
	text(self, POLLSCALE_TEXT_GOVERNOR, self->governor, sizeof(self->governor));
	text(self, POLLSCALE_TEXT_WARNINGS, self->notes, sizeof(self->notes));
	self->made_us = (unsigned int)((rte_get_tsc_cycles() - begin) * US_PER_S / rte_get_tsc_hz());
	atomic_store(&self->id, self->lcore.id);
	atomic_store(&self->state, POLLER_SCALING);
}

void poller_tidy(struct poller *self)
{
	int expected = POLLER_TIDY;

	if (!atomic_compare_exchange_strong(&self->state, &expected, POLLER_SCALING))
		return;
	for (int i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		struct polled *polled = &self->polled[i];

		if (!atomic_load(&polled->queue) || !atomic_load(&polled->stale) || atomic_load(&polled->seen))
			continue;
		if (pollscale_remove_queue(&self->lcore, polled->number) >= 0)
			self->queues--;
		atomic_store(&polled->queue, NULL);
	}
}

void poller_replace(struct poller *self)
{
	int expected = POLLER_REPLACE;

	if (!atomic_compare_exchange_strong(&self->state, &expected, POLLER_OPEN))
		return;
	atomic_store(&self->id, 0);
	pollscale_close(&self->lcore);
	poller_open(self);
}
