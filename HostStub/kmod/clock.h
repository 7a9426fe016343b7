/* SPDX-License-Identifier: GPL-2.0 */
/* The clock of a pCPU, by cpufreq. */
#ifndef POLLSCALE_CLOCK_H
#define POLLSCALE_CLOCK_H

#include <linux/types.h>

struct cpufreq_policy;
struct pollscale_kvm_grant;
struct ps_decision;
struct ps_grant;
struct ps_request;

struct cpufreq_policy *ps_clock_get(const struct pollscale_kvm_grant *entry);
void ps_clock_put(struct cpufreq_policy *clock);
u32 ps_clock_khz(const struct ps_grant *grant);
struct ps_decision ps_clock_change(struct ps_grant *grant,
				   struct ps_request *request, u32 *khz);

int ps_clock_rest(struct ps_grant *grant, u64 last_call_ns, u32 khz);

int ps_clock_watch(void);
void ps_clock_unwatch(void);

#endif
