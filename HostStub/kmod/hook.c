// SPDX-License-Identifier: GPL-2.0
/*
 * ftrace calls attach() where kvm_emulate_hypercall begins. Only for a call of
 * ours on a thread that has a grant it sends the thread to answer() instead,
 * which then returns to KVM's exit handler in that function's place. All other
 * calls run KVM's own function, untouched, so its body is never called from
 * here: a call into it behind its first instruction is no valid branch target
 * where the CPU tracks them (CONFIG_X86_KERNEL_IBT).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ftrace.h>
#include <linux/kvm_host.h>
#include "audit.h"
#include "clock.h"
#include "device.h"
#include "grant.h"
#include "hook.h"
#include "kernel.h"

static int answer(struct kvm_vcpu *vcpu);

static bool notrace is_ours(u64 number)
{
	return (number & PS_NUMBER_MASK) == PS_NUMBER_BASE;
}

/*
 * Registers of an encrypted guest and of a guest's own guest are not for us to
 * read, and a guest that speaks Hyper-V's convention has no number in rax.
 */
static bool notrace speaks_kvm(const struct kvm_vcpu *vcpu)
{
	return !vcpu->arch.guest_state_protected &&
	       !(vcpu->arch.hflags & HF_GUEST_MASK) && !ps_speaks_hyperv(vcpu);
}

static void notrace attach(unsigned long ip, unsigned long parent_ip,
			   struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct kvm_vcpu *vcpu = (void *)ftrace_regs_get_argument(fregs, 0);

	if (!is_ours(vcpu->arch.regs[VCPU_REGS_RAX]) || !speaks_kvm(vcpu))
		return;
	/* An RCU reader, at the price of a counter. */
	preempt_disable_notrace();
	if (ps_grant_of_current())
		ftrace_regs_set_instruction_pointer(fregs,
						    (unsigned long)answer);
	preempt_enable_notrace();
}

/* Registers of 32-bit code are others than the ABI's. */
static bool is_64_bit(struct kvm_vcpu *vcpu)
{
	int db, l;

	if (!(vcpu->arch.efer & EFER_LMA))
		return false;
	static_call(kvm_x86_get_cs_db_l_bits)(vcpu, &db, &l);
	return l;
}

/* Every call costs budget: an exit costs the host the same whatever it asks. */
static struct ps_decision decide(struct ps_grant *grant,
				 struct ps_request *request, u64 now, u32 *khz)
{
	const struct pollscale_kvm_grant *entry = &grant->entry;

	if (!ps_budget_pay(&grant->budget, now))
		return ps_refuse(PS_THROTTLED, POLLSCALE_KVM_THROTTLED,
				 POLLSCALE_KVM_BUDGET_SPENT);
	if (ps_allows(entry, request))
		return ps_clock_change(grant, request, khz);
	if (request->op == PS_GET_PSTATE) {
		*khz = ps_clock_khz(grant);
		if (!*khz)
			return ps_refuse(PS_UNSUPPORTED,
					 POLLSCALE_KVM_UNSUPPORTED,
					 POLLSCALE_KVM_BACKEND_FAILURE);
		request->in_force = ps_nearest(entry, *khz);
	}

	return ps_decide(entry, request);
}

/* An answered query changed nothing and refused nothing. */
static void record(const struct ps_grant *grant, const struct ps_request *request,
		   const struct ps_decision *decision, u64 now, u32 khz)
{
	struct pollscale_kvm_record *record;

	if (decision->target < 0 && decision->reply >= 0)
		return;
	record = ps_audit_begin(grant->file->audit);
	if (!record)
		return;
	record->time_ns = now;
	record->grant = grant->entry.id;
	record->argument = request->argument;
	record->reply = decision->reply;
	record->vcpu = grant->entry.vcpu;
	record->pcpu = grant->entry.pcpu;
	record->cpu = raw_smp_processor_id();
	record->khz = khz;
	/* The reply to a change is the P-state it led to. */
	record->pstate = decision->reply >= 0 ? (s32)decision->reply : -1;
	record->op = request->op;
	record->verdict = decision->verdict;
	record->reason = decision->reason;
	ps_audit_end(record);
}

static s64 call(struct ps_grant *grant, const struct kvm_vcpu *vcpu, bool is_64)
{
	u64 now = ktime_get_ns();
	u32 khz = 0;
	struct ps_request request = {
		.op = is_64 ? vcpu->arch.regs[VCPU_REGS_RAX] & ~PS_NUMBER_MASK : PS_OPS,
		.argument = vcpu->arch.regs[VCPU_REGS_RBX],
		.wish = PS_NO_WISH,
		.pinned = current->nr_cpus_allowed == 1 &&
			  raw_smp_processor_id() == grant->entry.pcpu,
	};
	struct ps_decision decision;

	/* Before the clock is taken, for ps_clock_rest(). */
	WRITE_ONCE(grant->last_call_ns, now);
	decision = decide(grant, &request, now, &khz);
	record(grant, &request, &decision, now, khz);
	WRITE_ONCE(grant->calls[decision.verdict],
		   grant->calls[decision.verdict] + 1);
	return decision.reply;
}

static int answer(struct kvm_vcpu *vcpu)
{
	int index = srcu_read_lock(&ps_calls);
	struct ps_grant *grant = ps_grant_of_current();
	bool is_64 = is_64_bit(vcpu);
	/* Withdrawn in this moment: answered as any guest without a grant. */
	s64 reply = grant ? call(grant, vcpu, is_64) : PS_DENIED;
	int result;

	vcpu->arch.regs[VCPU_REGS_RAX] = is_64 ? reply : (u32)reply;
	++vcpu->stat.hypercalls;
	result = kvm_skip_emulated_instruction(vcpu);
	srcu_read_unlock(&ps_calls, index);
	return result;
}

static struct ftrace_ops operations = {
	/* Nothing that attach() calls makes a hypercall: it cannot recur. */
	.func = attach,
	.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT,
};

int ps_hook_add(void)
{
	unsigned long function = (unsigned long)kvm_emulate_hypercall;
	int error;

	if (!PS_IS_KNOWN) {
		pr_err("built for Linux %d.%d, whose kvm_emulate_hypercall nobody has looked at: 6.1 and 6.12 are known\n",
		       PS_KERNEL >> 8, PS_KERNEL & 0xff);
		return -ENODEV;
	}

	error = ftrace_set_filter_ip(&operations, function, 0, 0);
	if (error) {
		pr_err("kvm_emulate_hypercall is no function that ftrace can attach to: %d\n",
		       error);
		return error;
	}

	error = register_ftrace_function(&operations);
	if (error) {
		ftrace_set_filter_ip(&operations, function, 1, 0);
		pr_err("kvm_emulate_hypercall cannot be redirected (%d): kernel.ftrace_enabled is 0, or another module, a live patch perhaps, redirects it\n",
		       error);
	}

	return error;
}

/*
 * With guests calling. The device is closed by now, so there is no grant and
 * attach() sends nobody here any more; ftrace waits for those in attach().
 * Then a thread may be
 *   - sent, and not in ps_calls yet: it was preempted at most, and
 *     synchronize_rcu_tasks() waits until it has slept or left the kernel,
 *   - in ps_calls, asleep perhaps: synchronize_srcu() waits for it,
 *   - past srcu_read_unlock(), in front of the return: as the first.
 * A guest that never leaves its vCPU holds nobody up: KVM reports a quiescent
 * state at each entry (rcu_virt_note_context_switch()).
 */
void ps_hook_remove(void)
{
	unregister_ftrace_function(&operations);
	ftrace_set_filter_ip(&operations, (unsigned long)kvm_emulate_hypercall,
			     1, 0);
	synchronize_rcu_tasks();
	synchronize_srcu(&ps_calls);
	synchronize_rcu_tasks();
}
