/* SPDX-License-Identifier: MIT */
/* /pollscale/lcores, /pollscale/decisions and /pollscale/settings in DPDK's telemetry; docs/dpdk.md says what they tell. */
#ifndef TELEMETRY_H
#define TELEMETRY_H

void telemetry_register(void);

#endif
