/* SPDX-License-Identifier: GPL-2.0 */
/* Which thread may change which pCPU. */
#ifndef POLLSCALE_GRANT_H
#define POLLSCALE_GRANT_H

#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/srcu.h>
#include "policy.h"

struct cpufreq_policy;
struct ps_file;

/*
 * Only its own thread calls, so what a call changes needs no lock. References
 * are held to the thread's struct pid and to the mm_struct (not to the memory
 * in it): while they are held, neither address is given to anybody else.
 */
struct ps_grant {
	struct hlist_node node;		/* among those in force; RCU, grants_lock */
	struct list_head of_file;	/* ps_file.grants; ps_file.lock */
	struct pid *thread;
	struct mm_struct *mm;
	struct cpufreq_policy *clock;	/* NULL once it went */
	struct ps_file *file;
	struct ps_budget budget;
	int wish;
	u64 last_call_ns;
	u64 calls[POLLSCALE_KVM_VERDICTS];
	struct mmu_notifier life;
	struct rcu_head rcu;
	struct pollscale_kvm_grant entry;
};

/*
 * Held by a call from before it looks for its grant until it is answered. It
 * may sleep, in cpufreq.
 */
extern struct srcu_struct ps_calls;

struct ps_grant *ps_grant_find(struct pid *thread);

/* The calling thread's grant; within ps_calls. */
static inline struct ps_grant *ps_grant_of_current(void)
{
	struct ps_grant *grant = ps_grant_find(task_pid(current));

	return grant && grant->mm == current->mm ? grant : NULL;
}

struct ps_grant *ps_grant_make(struct ps_file *file,
			       const struct pollscale_kvm_grant *entry);
void ps_grant_end(struct ps_grant *grant);
void ps_grant_free(struct ps_grant *grant);
void ps_grants_lose_clock(const struct cpufreq_policy *clock);
bool ps_grant_is_live(const struct ps_grant *grant);

#endif
