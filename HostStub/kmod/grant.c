// SPDX-License-Identifier: GPL-2.0
/*
 * Grants: made and ended by the daemon over the device, and ended by the
 * kernel with the process's address space. Whichever comes first takes the
 * grant out of the table; memory goes with the daemon's word, or its file.
 */
#include <linux/cpumask.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include "audit.h"
#include "clock.h"
#include "device.h"
#include "grant.h"

#define TICKS_NS	(NSEC_PER_SEC / USER_HZ)

DEFINE_SRCU(ps_calls);
static DEFINE_HASHTABLE(table, 8);
static DEFINE_SPINLOCK(grants_lock);
/* From taking a clock to putting its grant in; and while a clock goes. */
static DEFINE_MUTEX(clocks_lock);
static u64 last_id;

/* The table's part of an address; pids lie in a slab, side by side. */
static struct hlist_head *bucket(const struct pid *thread)
{
	return &table[hash_ptr(thread, HASH_BITS(table))];
}

struct ps_grant *ps_grant_find(struct pid *thread)
{
	struct ps_grant *grant;

	hlist_for_each_entry_rcu(grant, bucket(thread), node, true)
		if (grant->thread == thread)
			return grant;
	return NULL;
}

bool ps_grant_is_live(const struct ps_grant *grant)
{
	return !hlist_unhashed_lockless(&grant->node);
}

static void tell_gone(const struct ps_grant *grant)
{
	struct pollscale_kvm_record *record = ps_audit_begin(grant->file->audit);

	if (!record)
		return;
	record->time_ns = ktime_get_ns();
	record->grant = grant->entry.id;
	record->argument = 0;
	record->reply = 0;
	record->vcpu = grant->entry.vcpu;
	record->pcpu = grant->entry.pcpu;
	record->cpu = raw_smp_processor_id();
	record->khz = 0;
	record->pstate = -1;
	record->op = 0;
	record->verdict = POLLSCALE_KVM_WITHDRAWN;
	record->reason = POLLSCALE_KVM_GUEST_GONE;
	ps_audit_end(record);
}

static bool take_out(struct ps_grant *grant)
{
	bool live;

	spin_lock(&grants_lock);
	live = ps_grant_is_live(grant);
	if (live)
		hlist_del_init_rcu(&grant->node);
	spin_unlock(&grants_lock);
	return live;
}

/*
 * The address space ends: its last thread exits, or it made room for another
 * program. None of its threads is in a call any more, for each holds it.
 */
static void release(struct mmu_notifier *life, struct mm_struct *mm)
{
	struct ps_grant *grant = container_of(life, struct ps_grant, life);

	if (take_out(grant))
		tell_gone(grant);
}

static const struct mmu_notifier_ops life_ops = {
	.release = release,
};

/* A thread of that process that began then. */
static struct task_struct *find_task(const struct pollscale_kvm_grant *entry,
				     struct pid *thread)
{
	struct task_struct *task = get_pid_task(thread, PIDTYPE_PID);

	if (!task)
		return NULL;
	if (task_tgid_vnr(task) == entry->tgid &&
	    div_u64(task->start_boottime, TICKS_NS) == entry->start_ticks)
		return task;
	put_task_struct(task);
	return NULL;
}

/* Its memory, which therefore does not end before mmput(). */
static struct mm_struct *hold_mm(const struct pollscale_kvm_grant *entry,
				 struct pid *thread)
{
	struct task_struct *task = find_task(entry, thread);
	struct mm_struct *mm = NULL;

	if (task) {
		/* A kernel thread has none of its own. */
		mm = get_task_mm(task);
		put_task_struct(task);
	}

	return mm;
}

/* Wishes of several vCPUs for one clock are for the daemon to weigh. */
static bool is_shared(const struct ps_grant *grant)
{
	const struct cpumask *core = topology_sibling_cpumask(grant->entry.pcpu);
	const struct ps_grant *other;
	int i;

	if (!(grant->entry.flags & POLLSCALE_KVM_CONTROL))
		return false;
	hash_for_each(table, i, other, node)
		if (other->entry.flags & POLLSCALE_KVM_CONTROL &&
		    (other->entry.pcpu == grant->entry.pcpu ||
		     cpumask_test_cpu(other->entry.pcpu, core)))
			return true;
	return false;
}

static int put_in(struct ps_grant *grant)
{
	int error = 0;

	spin_lock(&grants_lock);
	if (ps_grant_find(grant->thread)) {
		error = -EEXIST;
	} else if (is_shared(grant)) {
		error = -EBUSY;
	} else {
		grant->entry.id = ++last_id;
		hlist_add_head_rcu(&grant->node, bucket(grant->thread));
	}
	spin_unlock(&grants_lock);
	return error;
}

static struct ps_grant *make(struct ps_file *file,
			     const struct pollscale_kvm_grant *entry,
			     struct cpufreq_policy *clock, struct pid *thread,
			     struct mm_struct *mm)
{
	struct ps_grant *grant = kzalloc(sizeof(*grant), GFP_KERNEL_ACCOUNT);
	int error;

	if (!grant)
		return ERR_PTR(-ENOMEM);
	INIT_HLIST_NODE(&grant->node);
	grant->entry = *entry;
	grant->file = file;
	grant->clock = clock;
	grant->thread = get_pid(thread);
	grant->mm = mm;
	grant->wish = PS_NO_WISH;
	grant->life.ops = &life_ops;
	ps_budget_fill(&grant->budget, entry->calls_per_second, entry->burst);

	error = mmu_notifier_register(&grant->life, mm);
	if (error) {
		put_pid(grant->thread);
		kfree(grant);
		return ERR_PTR(error);
	}

	mmgrab(mm);
	error = put_in(grant);
	if (error) {
		ps_grant_free(grant);
		return ERR_PTR(error);
	}

	return grant;
}

static struct ps_grant *make_on(struct cpufreq_policy *clock,
				struct ps_file *file,
				const struct pollscale_kvm_grant *entry)
{
	struct pid *thread = find_get_pid(entry->tid);
	struct mm_struct *mm = thread ? hold_mm(entry, thread) : NULL;
	struct ps_grant *grant = ERR_PTR(-ESRCH);

	if (mm) {
		grant = make(file, entry, clock, thread, mm);
		/* Where it was the last, release() finds the grant in force. */
		mmput(mm);
	}
	put_pid(thread);
	return grant;
}

/* Makes a grant of a valid entry, and puts it in force. */
struct ps_grant *ps_grant_make(struct ps_file *file,
			       const struct pollscale_kvm_grant *entry)
{
	struct ps_grant *grant;
	struct cpufreq_policy *clock;

	if (entry->pcpu >= nr_cpu_ids || !cpu_online(entry->pcpu))
		return ERR_PTR(-ENXIO);
	mutex_lock(&clocks_lock);
	clock = ps_clock_get(entry);
	if (IS_ERR(clock)) {
		grant = ERR_CAST(clock);
	} else {
		grant = make_on(clock, file, entry);
		ps_clock_put(clock);
	}
	mutex_unlock(&clocks_lock);
	return grant;
}

/* Once it returns no call uses the clock any more. */
void ps_grants_lose_clock(const struct cpufreq_policy *clock)
{
	struct ps_grant *grant;
	int i;

	mutex_lock(&clocks_lock);
	spin_lock(&grants_lock);
	hash_for_each(table, i, grant, node)
		if (grant->clock == clock)
			WRITE_ONCE(grant->clock, NULL);
	spin_unlock(&grants_lock);
	mutex_unlock(&clocks_lock);
	synchronize_srcu(&ps_calls);
}

/* No call that begins now finds it; synchronize_srcu() waits for the others. */
void ps_grant_end(struct ps_grant *grant)
{
	take_out(grant);
}

/* Frees one that has ended, and that no call uses any more. */
void ps_grant_free(struct ps_grant *grant)
{
	mmu_notifier_unregister(&grant->life, grant->mm);
	mmdrop(grant->mm);
	put_pid(grant->thread);
	/* The hook looks for one within RCU alone. */
	kfree_rcu(grant, rcu);
}
