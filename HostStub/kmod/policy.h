/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host's policy for one vCPU as numbers: what the daemon compiled of its
 * policy file. Nothing here knows a kernel; tests run the same code beside the
 * daemon's own.
 */
#ifndef POLLSCALE_POLICY_H
#define POLLSCALE_POLICY_H

#include <linux/types.h>
#ifndef __KERNEL__
#include <stdbool.h>
typedef __s32 s32;
typedef __s64 s64;
typedef __u32 u32;
typedef __u64 u64;
#endif

#include "pollscale_kvm.h"

/* docs/hypercall-abi.md */
#define PS_ABI_VERSION	1
#define PS_NUMBER_BASE	0x50530000ULL
#define PS_NUMBER_MASK	(~0xffffULL)

enum ps_op {
	PS_HELLO,
	PS_GET_PSTATE,
	PS_SET_PSTATE,
	PS_STEP,
	PS_MAX,
	PS_MIN,
	PS_PSTATE_KHZ,
	PS_LIMITS,
	PS_OPS
};

enum ps_status {
	PS_DENIED = -1,
	PS_BACKEND_FAILED = -5,
	PS_THROTTLED = -11,
	PS_INVALID = -22,
	PS_UNSUPPORTED = -95,
	PS_UNKNOWN_CALL = -1000
};

#define PS_NO_WISH	(-1)

/* Token bucket in ns, kept as one time stamp (GCRA). */
struct ps_budget {
	u64 ns_per_call;
	u64 tolerance;
	u64 paid_until;
};

/* What a call is decided on. */
struct ps_request {
	u64 op;		/* hostile */
	s64 argument;	/* hostile */
	int in_force;	/* P-state of the pCPU, for changes and PS_GET_PSTATE */
	int wish;	/* P-state wished, or PS_NO_WISH */
	bool pinned;
};

struct ps_decision {
	s64 reply;
	int target;	/* P-state to set; -1 where nothing changes */
	u32 verdict;
	u32 reason;
};

bool ps_entry_is_valid(const struct pollscale_kvm_grant *entry);
int ps_nearest(const struct pollscale_kvm_grant *entry, u32 khz);

void ps_budget_fill(struct ps_budget *budget, u32 calls_per_second, u32 burst);

bool ps_allows(const struct pollscale_kvm_grant *entry,
	       const struct ps_request *request);
struct ps_decision ps_change(const struct pollscale_kvm_grant *entry,
			     const struct ps_request *request);
struct ps_decision ps_decide(const struct pollscale_kvm_grant *entry,
			     const struct ps_request *request);
struct ps_decision ps_refuse(s64 reply, u32 verdict, u32 reason);

/* False when the budget is spent; then nothing was paid. */
static inline bool ps_budget_pay(struct ps_budget *budget, u64 now)
{
	u64 start = budget->paid_until > now ? budget->paid_until : now;
	u64 end = start + budget->ns_per_call;

	/* The end of time: refuse rather than wrap to a full bucket. */
	if (start - now > budget->tolerance || end < start)
		return false;
	budget->paid_until = end;
	return true;
}

/* The reply to a change that was made tells what the kernel did. */
static inline void ps_settle(struct ps_decision *decision, int in_force)
{
	if (in_force == decision->target)
		return;
	decision->verdict = POLLSCALE_KVM_CLAMPED;
	decision->reason = POLLSCALE_KVM_KERNEL_LIMIT;
	decision->reply = in_force;
}

#endif
