// SPDX-License-Identifier: GPL-2.0
/*
 * What a call is answered. Pure: no clock, no state but the budget given, no
 * allocation; every input has a decision.
 */
#include "policy.h"

#define NS_PER_S		1000000000u
#define MOST_CALLS_PER_SECOND	100000000u
#define MOST_BURST		1000000u

bool ps_entry_is_valid(const struct pollscale_kvm_grant *entry)
{
	u32 i;

	if (entry->size != sizeof(*entry) ||
	    entry->version != POLLSCALE_KVM_VERSION || entry->reserved ||
	    entry->flags & ~(POLLSCALE_KVM_CONTROL | POLLSCALE_KVM_QUERIES) ||
	    entry->pstates < 1 || entry->pstates > POLLSCALE_KVM_MAX_PSTATES ||
	    entry->fastest > entry->slowest ||
	    entry->slowest >= entry->pstates ||
	    entry->calls_per_second < 1 ||
	    entry->calls_per_second > MOST_CALLS_PER_SECOND ||
	    entry->burst < 1 || entry->burst > MOST_BURST)
		return false;

	for (i = 0; i < POLLSCALE_KVM_MAX_PSTATES; i++) {
		u32 khz = entry->khz[i];

		if (i >= entry->pstates ? khz != 0 :
		    khz == 0 || (i > 0 && khz >= entry->khz[i - 1]))
			return false;
	}

	return true;
}

/* Of two that are equally near, the faster. */
int ps_nearest(const struct pollscale_kvm_grant *entry, u32 khz)
{
	u32 i;

	/* The table falls: the first not above khz, or the one before it. */
	for (i = 0; i < entry->pstates; i++)
		if (entry->khz[i] <= khz)
			break;
	if (i == 0)
		return 0;
	if (i == entry->pstates)
		return (int)i - 1;
	return (int)(entry->khz[i - 1] - khz <= khz - entry->khz[i] ? i - 1 : i);
}

void ps_budget_fill(struct ps_budget *budget, u32 calls_per_second, u32 burst)
{
	budget->ns_per_call = (NS_PER_S + calls_per_second - 1) / calls_per_second;
	budget->tolerance = budget->ns_per_call * (burst - 1);
	budget->paid_until = 0;
}

struct ps_decision ps_refuse(s64 reply, u32 verdict, u32 reason)
{
	return (struct ps_decision){
		.reply = reply, .target = -1, .verdict = verdict, .reason = reason,
	};
}

/* Asks for another P-state; the other ops ask for an answer only. */
static bool is_change(u64 op)
{
	return op >= PS_SET_PSTATE && op <= PS_MIN;
}

static struct ps_decision deny(u32 reason)
{
	return ps_refuse(PS_DENIED, POLLSCALE_KVM_DENIED, reason);
}

static struct ps_decision tell(s64 reply)
{
	return ps_refuse(reply, POLLSCALE_KVM_GRANTED, POLLSCALE_KVM_NONE);
}

/* Hello stays answered to all: it is how a guest finds out that it may not. */
static u32 why_denied(const struct pollscale_kvm_grant *entry,
		      const struct ps_request *request)
{
	if (request->op == PS_HELLO)
		return POLLSCALE_KVM_NONE;
	if (!is_change(request->op))
		return entry->flags & POLLSCALE_KVM_QUERIES ?
			POLLSCALE_KVM_NONE : POLLSCALE_KVM_QUERIES_OFF;
	if (!(entry->flags & POLLSCALE_KVM_CONTROL))
		return POLLSCALE_KVM_NOT_GRANTED;
	return request->pinned ? POLLSCALE_KVM_NONE : POLLSCALE_KVM_NOT_PINNED;
}

static bool argument_is_valid(const struct pollscale_kvm_grant *entry,
			      const struct ps_request *request)
{
	switch (request->op) {
	case PS_HELLO:
	case PS_STEP:
		return true;
	case PS_SET_PSTATE:
	case PS_PSTATE_KHZ:
		return request->argument >= 0 &&
		       request->argument < entry->pstates;
	default:
		return request->argument == 0;
	}
}

/* The index that a valid change asks for; after a step perhaps no index. */
static s64 asked(const struct pollscale_kvm_grant *entry,
		 const struct ps_request *request)
{
	/* Beyond a table's length every step is the same. */
	const s64 most = POLLSCALE_KVM_MAX_PSTATES;
	s64 step = request->argument;

	switch (request->op) {
	case PS_SET_PSTATE:
		return request->argument;
	case PS_STEP:
		step = step > most ? most : step < -most ? -most : step;
		return (request->wish == PS_NO_WISH ? request->in_force :
			request->wish) - step;
	case PS_MAX:
		return 0;
	default:
		return (s64)entry->pstates - 1;
	}
}

/* A change that is neither refused nor malformed: ps_change() decides it. */
bool ps_allows(const struct pollscale_kvm_grant *entry,
	       const struct ps_request *request)
{
	return is_change(request->op) &&
	       why_denied(entry, request) == POLLSCALE_KVM_NONE &&
	       argument_is_valid(entry, request);
}

struct ps_decision ps_change(const struct pollscale_kvm_grant *entry,
			     const struct ps_request *request)
{
	int wish = request->wish == PS_NO_WISH ? request->in_force : request->wish;
	s64 index = asked(entry, request);
	struct ps_decision decision = {
		.verdict = POLLSCALE_KVM_GRANTED, .reason = POLLSCALE_KVM_NONE,
	};

	if (index < entry->fastest) {
		decision.verdict = POLLSCALE_KVM_CLAMPED;
		decision.reason = POLLSCALE_KVM_BOUND_FASTEST;
		index = entry->fastest;
	} else if (index > entry->slowest) {
		decision.verdict = POLLSCALE_KVM_CLAMPED;
		decision.reason = POLLSCALE_KVM_BOUND_SLOWEST;
		index = entry->slowest;
	} else if (index == wish && index == request->in_force) {
		decision.verdict = POLLSCALE_KVM_UNCHANGED;
		decision.reason = POLLSCALE_KVM_ALREADY_THERE;
	}

	decision.target = (int)index;
	decision.reply = index;
	return decision;
}

/* A missing right refuses before any look at the argument. */
struct ps_decision ps_decide(const struct pollscale_kvm_grant *entry,
			     const struct ps_request *request)
{
	u32 reason;

	if (request->op >= PS_OPS)
		return ps_refuse(PS_UNKNOWN_CALL, POLLSCALE_KVM_UNKNOWN_CALL,
				 POLLSCALE_KVM_NO_SUCH_CALL);
	reason = why_denied(entry, request);
	if (reason != POLLSCALE_KVM_NONE)
		return deny(reason);
	if (!argument_is_valid(entry, request))
		return ps_refuse(PS_INVALID, POLLSCALE_KVM_MALFORMED,
				 POLLSCALE_KVM_BAD_ARGUMENT);

	switch (request->op) {
	case PS_HELLO:
		return tell((s64)PS_ABI_VERSION << 16 | entry->pstates);
	case PS_GET_PSTATE:
		return tell(request->in_force);
	case PS_PSTATE_KHZ:
		return tell(entry->khz[request->argument]);
	case PS_LIMITS:
		return tell((s64)entry->fastest << 16 | entry->slowest);
	default:
		return ps_change(entry, request);
	}
}
