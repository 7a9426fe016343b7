/* SPDX-License-Identifier: MIT */
/* What the plugin says, by DPDK's log: --log-level=pollscale:info tells of every lcore. */
#ifndef LOG_H
#define LOG_H

#include <rte_log.h>

extern int pollscale_logtype;

#define LOG(level, format, ...) rte_log(RTE_LOG_##level, (uint32_t)pollscale_logtype, "pollscale: " format "\n", ##__VA_ARGS__)

#endif
