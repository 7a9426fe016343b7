// SPDX-License-Identifier: GPL-2.0
/*
 * Only a cpufreq policy with the governor userspace is set: that is how one
 * that somebody took over looks. It is set by the governor's own
 * store_setspeed, as a write to scaling_setspeed is, so that the governor
 * knows what holds and applies it again when limits change.
 */
#include <linux/cpufreq.h>
#include <linux/cpumask.h>
#include <linux/string.h>
#include "clock.h"
#include "grant.h"

/* A change keeps its vCPU in the kernel: no longer than that. */
#define LONGEST_NS	NSEC_PER_MSEC

/*
 * Within the policy's rwsem: a governor may be unloaded once it is left, also
 * by its CPU's going offline. Of those in the kernel userspace alone has a
 * store_setspeed.
 */
static bool is_taken_over(struct cpufreq_policy *policy, u32 pcpu)
{
	return cpumask_test_cpu(pcpu, policy->cpus) && policy->governor &&
	       policy->governor->store_setspeed;
}

/* Drivers without a table take any frequency. */
static bool has_frequencies(const struct cpufreq_policy *policy,
			    const struct pollscale_kvm_grant *entry)
{
	struct cpufreq_frequency_table *one;
	u32 i;

	if (!policy->freq_table)
		return true;
	for (i = entry->fastest; i <= entry->slowest; i++) {
		bool found = false;

		cpufreq_for_each_valid_entry(one, policy->freq_table)
			found |= one->frequency == entry->khz[i];
		if (!found)
			return false;
	}

	return true;
}

static int check(struct cpufreq_policy *policy,
		 const struct pollscale_kvm_grant *entry)
{
	/* One that is still being made would go without a word to us. */
	if (!policy->max_freq_req)
		return -ENODEV;
	if (!(entry->flags & POLLSCALE_KVM_CONTROL))
		return 0;
	if (cpumask_weight(policy->related_cpus) != 1)
		return -EMLINK;
	if (!is_taken_over(policy, entry->pcpu) ||
	    strcmp(policy->governor->name, "userspace"))
		return -EOPNOTSUPP;
	/* CPUFREQ_ETERNAL, for a driver that does not know, is longer too. */
	if (policy->cpuinfo.transition_latency >= LONGEST_NS)
		return -ETIME;
	return has_frequencies(policy, entry) ? 0 : -ERANGE;
}

/*
 * The clock of the entry's pCPU, which does not go before ps_clock_put(); or
 * why it cannot be set as the entry has it.
 */
struct cpufreq_policy *ps_clock_get(const struct pollscale_kvm_grant *entry)
{
	struct cpufreq_policy *clock = cpufreq_cpu_get(entry->pcpu);
	int error;

	if (!clock)
		return ERR_PTR(-ENODEV);
	down_read(&clock->rwsem);
	error = check(clock, entry);
	up_read(&clock->rwsem);
	if (!error)
		return clock;
	cpufreq_cpu_put(clock);
	return ERR_PTR(error);
}

void ps_clock_put(struct cpufreq_policy *clock)
{
	cpufreq_cpu_put(clock);
}

/* The frequency as cpufreq knows it; 0 where the clock went. */
u32 ps_clock_khz(const struct ps_grant *grant)
{
	const struct cpufreq_policy *clock = READ_ONCE(grant->clock);

	return clock ? READ_ONCE(clock->cur) : 0;
}

/* Most often nobody else has changed it since this vCPU did. */
static int in_force(const struct ps_grant *grant, u32 khz)
{
	const struct pollscale_kvm_grant *entry = &grant->entry;

	if (grant->wish != PS_NO_WISH && entry->khz[grant->wish] == khz)
		return grant->wish;
	return ps_nearest(entry, khz);
}

static struct ps_decision set(struct cpufreq_policy *clock,
			      struct ps_grant *grant,
			      struct ps_request *request)
{
	const struct pollscale_kvm_grant *entry = &grant->entry;
	struct ps_decision decision;

	request->in_force = in_force(grant, clock->cur);
	/* Here, where ps_clock_rest() may have taken it back. */
	request->wish = grant->wish;
	decision = ps_change(entry, request);
	if (clock->governor->store_setspeed(clock,
					    entry->khz[decision.target]))
		return ps_refuse(PS_BACKEND_FAILED,
				 POLLSCALE_KVM_BACKEND_FAILED,
				 POLLSCALE_KVM_BACKEND_FAILURE);
	WRITE_ONCE(grant->wish, decision.target);
	ps_settle(&decision, in_force(grant, clock->cur));
	return decision;
}

/* Decides a change that is allowed, and makes it. May sleep. */
struct ps_decision ps_clock_change(struct ps_grant *grant,
				   struct ps_request *request, u32 *khz)
{
	struct cpufreq_policy *clock = READ_ONCE(grant->clock);
	struct ps_decision decision;
	bool taken = false;

	if (clock) {
		down_write(&clock->rwsem);
		taken = is_taken_over(clock, grant->entry.pcpu);
		if (taken) {
			decision = set(clock, grant, request);
			*khz = clock->cur;
		}
		up_write(&clock->rwsem);
	}

	return taken ? decision :
		ps_refuse(PS_UNSUPPORTED, POLLSCALE_KVM_UNSUPPORTED,
			  POLLSCALE_KVM_BACKEND_FAILURE);
}

/*
 * Takes a wish back, unless a call came since: who makes one says so before it
 * comes here for the clock.
 */
int ps_clock_rest(struct ps_grant *grant, u64 last_call_ns, u32 khz)
{
	int index = srcu_read_lock(&ps_calls), error = -EOPNOTSUPP;
	struct cpufreq_policy *clock = READ_ONCE(grant->clock);

	if (clock) {
		down_write(&clock->rwsem);
		if (READ_ONCE(grant->last_call_ns) != last_call_ns)
			error = -EAGAIN;
		else if (is_taken_over(clock, grant->entry.pcpu))
			error = khz && clock->governor->store_setspeed(clock, khz) ? -EIO : 0;
		if (!error)
			WRITE_ONCE(grant->wish, PS_NO_WISH);
		up_write(&clock->rwsem);
	}

	srcu_read_unlock(&ps_calls, index);
	return error;
}

/* A clock goes with its driver. Once this returns it is freed. */
static int notice(struct notifier_block *block, unsigned long event, void *data)
{
	if (event == CPUFREQ_REMOVE_POLICY)
		ps_grants_lose_clock(data);
	return NOTIFY_OK;
}

static struct notifier_block notices = { .notifier_call = notice };

int ps_clock_watch(void)
{
	return cpufreq_register_notifier(&notices, CPUFREQ_POLICY_NOTIFIER);
}

void ps_clock_unwatch(void)
{
	cpufreq_unregister_notifier(&notices, CPUFREQ_POLICY_NOTIFIER);
}
