// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_telemetry.h>
#include <rte_version.h>

#include "library.h"
#include "poller.h"
#include "ports.h"
#include "settings.h"
#include "telemetry.h"
#include "watcher.h"

#if RTE_VERSION < RTE_VERSION_NUM(23, 3, 0, 0)
#define rte_tel_data_add_dict_uint rte_tel_data_add_dict_u64
#endif

static const char *state_word(int state)
{
	switch (state) {
	case POLLER_SCALING:
	case POLLER_TIDY:
	case POLLER_REPLACE:
		return "scaled";
	case POLLER_FAILED:
		return "failed";
	default:
		return "waits";
	}
}

static void add_queues(struct rte_tel_data *data, struct poller *poller)
{
	char text[RTE_TEL_MAX_STRING_LEN] = "";
	int length = 0;

	for (int i = 0; i < POLLSCALE_DPDK_QUEUES; i++) {
		struct watched_queue *queue = atomic_load(&poller->polled[i].queue);

		if (queue && !atomic_load(&poller->polled[i].stale) && length < (int)sizeof(text))
			length += snprintf(text + length, sizeof(text) - (size_t)length, "%s%u:%u", length ? " " : "", queue->port, queue->queue);
	}
	rte_tel_data_add_dict_string(data, "queues", text);
}

static void add_lcore(struct rte_tel_data *data, struct poller *poller)
{
	pollscale_lcore lcore = { .id = atomic_load(&poller->id) };
	struct pollscale_stats stats;
	int state = atomic_load(&poller->state);

	rte_tel_data_add_dict_string(data, "state", state_word(state));
	rte_tel_data_add_dict_int(data, "thread", poller->thread);
	rte_tel_data_add_dict_int(data, "cpu", poller->cpu);
	add_queues(data, poller);
	if (state == POLLER_FAILED) {
		char cut[RTE_TEL_MAX_STRING_LEN];

		snprintf(cut, sizeof(cut), "%s", poller->error);
		rte_tel_data_add_dict_string(data, "error", cut);
	}
	if (!lcore.id || pollscale_stats(&lcore, &stats, sizeof(stats)))
		return;
	rte_tel_data_add_dict_string(data, "transport", poller->transport);
	rte_tel_data_add_dict_string(data, "governor", poller->governor);
	rte_tel_data_add_dict_int(data, "told_queues", poller->queues);
	rte_tel_data_add_dict_int(data, "burst_size", poller->burst);
	rte_tel_data_add_dict_int(data, "ring_size", poller->ring);
	rte_tel_data_add_dict_uint(data, "polls", stats.polls);
	rte_tel_data_add_dict_uint(data, "empty_polls", stats.empty_polls);
	rte_tel_data_add_dict_uint(data, "full_polls", stats.full_polls);
	rte_tel_data_add_dict_uint(data, "received", stats.received);
	rte_tel_data_add_dict_uint(data, "granted_khz", stats.granted_khz);
}

static void add_decisions(struct rte_tel_data *data, struct poller *poller)
{
	pollscale_lcore lcore = { .id = atomic_load(&poller->id) };
	struct pollscale_stats stats;

	if (!lcore.id || pollscale_stats(&lcore, &stats, sizeof(stats)))
		return;
	rte_tel_data_add_dict_uint(data, "decisions", stats.decisions);
	rte_tel_data_add_dict_uint(data, "calls", stats.calls);
	rte_tel_data_add_dict_uint(data, "failed_calls", stats.failed_calls);
	rte_tel_data_add_dict_uint(data, "clock_leaps", stats.clock_leaps);
	rte_tel_data_add_dict_int(data, "granted", stats.granted);
	rte_tel_data_add_dict_int(data, "requested", stats.requested);
	rte_tel_data_add_dict_int(data, "last_status", stats.last_status);
	rte_tel_data_add_dict_uint(data, "granted_khz", stats.granted_khz);
}

/* Of all lcores, each under its name, or of the one that a parameter numbers. */
static int add_each(const char *parameters, struct rte_tel_data *data, void (*add)(struct rte_tel_data *, struct poller *), int only_scaled)
{
	char *end = NULL, name[32];
	long wanted = parameters && *parameters ? strtol(parameters, &end, 10) : -1;

	if (end && (*end || !isdigit((unsigned char)*parameters)))
		return -EINVAL;
	rte_tel_data_start_dict(data);
	for (int i = 0; i < POLLERS; i++) {
		int state = atomic_load(&pollers[i].state);
		struct rte_tel_data *one;

		if (state == POLLER_FREE || state == POLLER_GONE || (only_scaled && !atomic_load(&pollers[i].id)))
			continue;
		if (wanted >= 0) {
			if (pollers[i].lcore_id != wanted)
				continue;
			add(data, &pollers[i]);
			return 0;
		}
		one = rte_tel_data_alloc();
		if (!one)
			return -ENOMEM;
		rte_tel_data_start_dict(one);
		add(one, &pollers[i]);
		poller_name(&pollers[i], name);
		*strchr(name, ' ') = '_';
		if (rte_tel_data_add_dict_container(data, name, one, 0))
			rte_tel_data_free(one);
	}
	return wanted >= 0 ? -ENOENT : 0;
}

static int lcores(const char *command, const char *parameters, struct rte_tel_data *data)
{
	(void)command;
	return add_each(parameters, data, add_lcore, 0);
}

static int decisions(const char *command, const char *parameters, struct rte_tel_data *data)
{
	(void)command;
	return add_each(parameters, data, add_decisions, 1);
}

static int plugin_settings(const char *command, const char *parameters, struct rte_tel_data *data)
{
	const char *word, *error;
	char cut[RTE_TEL_MAX_STRING_LEN];

	(void)command;
	(void)parameters;
	rte_tel_data_start_dict(data);
	if (watcher_phase(&word, &error) == WATCHER_RUNS)
		rte_tel_data_add_dict_string(data, "library", pollscale_version());
	rte_tel_data_add_dict_string(data, "state", word);
	snprintf(cut, sizeof(cut), "%s", error);
	rte_tel_data_add_dict_string(data, "error", cut);
	snprintf(cut, sizeof(cut), "%s", settings.library);
	rte_tel_data_add_dict_string(data, "settings", cut);
	rte_tel_data_add_dict_uint(data, "warm_up_ms", settings.warm_up_ms);
	rte_tel_data_add_dict_uint(data, "idle_ms", settings.idle_ms);
	rte_tel_data_add_dict_uint(data, "watched_queues", ports_watched());
	return 0;
}

void telemetry_register(void)
{
	rte_telemetry_register_cmd("/pollscale/lcores", lcores, "What each polling lcore polls, how it is scaled, and what was counted. Parameters: [lcore id]");
	rte_telemetry_register_cmd("/pollscale/decisions", decisions, "Decisions, calls and P-states of each scaled lcore. Parameters: [lcore id]");
	rte_telemetry_register_cmd("/pollscale/settings", plugin_settings, "Settings and state of the plugin. No parameters");
}
