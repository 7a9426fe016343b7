// SPDX-License-Identifier: MIT
/* librte_pollscale.so: scales the lcores of a DPDK application that is not changed for it. `-d librte_pollscale.so` loads it; docs/dpdk.md says the rest. */
#include <rte_common.h>

#include "log.h"
#include "telemetry.h"
#include "watcher.h"

int pollscale_logtype;

/* In EAL's start, before memory, devices and lcores are there. */
RTE_INIT(plugin_start)
{
	pollscale_logtype = rte_log_register_type_and_pick_level("pollscale", RTE_LOG_NOTICE);
	if (pollscale_logtype < 0)
		pollscale_logtype = RTE_LOGTYPE_EAL;
	telemetry_register();
	watcher_start();
}
