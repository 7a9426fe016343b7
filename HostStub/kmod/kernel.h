/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels that the module knows. */
#ifndef POLLSCALE_KERNEL_H
#define POLLSCALE_KERNEL_H

#include <linux/ftrace.h>
#include <linux/kvm_host.h>
#include <linux/version.h>

#define PS_KERNEL (LINUX_VERSION_CODE >> 8)
#define PS_6_1 (KERNEL_VERSION(6, 1, 0) >> 8)
#define PS_6_12 (KERNEL_VERSION(6, 12, 0) >> 8)

/*
 * In these kvm_emulate_hypercall() takes the vCPU alone, and its caller is
 * KVM's exit handler, which wants 1 to enter the guest again.
 */
#define PS_IS_KNOWN (PS_KERNEL == PS_6_1 || PS_KERNEL == PS_6_12)

#if PS_KERNEL == PS_6_1
#define ftrace_regs_get_argument(fregs, n) \
	regs_get_kernel_argument(&(fregs)->regs, n)
#define ftrace_regs_set_instruction_pointer ftrace_instruction_pointer_set
#endif

/* Once it wrote its identity, a guest calls by Hyper-V's convention. */
static inline bool ps_speaks_hyperv(const struct kvm_vcpu *vcpu)
{
#if defined(CONFIG_KVM_HYPERV) || PS_KERNEL == PS_6_1
	return vcpu->kvm->arch.hyperv.hv_guest_os_id;
#else
	return false;
#endif
}

#endif
