/* SPDX-License-Identifier: MIT */
/*
 * What POLLSCALE_SETTINGS in the environment says: words NAME=VALUE with blanks between, those of pollscale_create() and the plugin's own. EAL hands no arguments
 * to a plugin, and a driver that a --vdev could address takes DPDK's private API.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stddef.h>
#include <stdint.h>

#include <rte_ethdev.h>

#define SETTINGS_VARIABLE "POLLSCALE_SETTINGS"

struct settings {
	char library[1024];               /* the words that are pollscale_create()'s */
	uint32_t warm_up_ms;              /* a thread polls for so long before it gets a scaler */
	uint32_t idle_ms;                 /* one that did not poll for so long loses it; so does a queue */
	int some_ports;                   /* ports= was given */
	uint8_t port[RTE_MAX_ETHPORTS];   /* then: those it names */
};

extern struct settings settings;

/* Reads them, but for what only the library can judge. 0, or -1 with words in `error`. */
int settings_read(const char *text, struct settings *read, char *error, size_t size);

#endif
