/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * /dev/pollscale: what a daemon tells the module pollscale_kvm, version 1.
 *
 * A grant lets one thread of one process, a vCPU of a VM, change the frequency
 * of one pCPU by the calls of docs/hypercall-abi.md. It lives until it is
 * withdrawn, the file is closed, or the process's address space ends (exit or
 * exec). Nothing is granted when the module is loaded.
 *
 * A kernel module cannot look a pidfd up. Who grants holds one: it grants by
 * the numbers, and then looks whether its pidfd still lives. While a process
 * lives nobody else gets its number, so the grant is that process's; else it
 * is withdrawn again. start_ticks tells a thread from an earlier one.
 */
#ifndef POLLSCALE_KVM_H
#define POLLSCALE_KVM_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define POLLSCALE_KVM_DEVICE		"pollscale"
#define POLLSCALE_KVM_VERSION		1
#define POLLSCALE_KVM_MAX_PSTATES	64
/* Grants of one open file, withdrawn by the kernel ones among them. */
#define POLLSCALE_KVM_MAX_GRANTS	4096
/* Records that wait to be read from one open file. */
#define POLLSCALE_KVM_RECORDS		4096

/* May change the P-state. */
#define POLLSCALE_KVM_CONTROL		0x1
/* May ask for P-states, frequencies and limits. */
#define POLLSCALE_KVM_QUERIES		0x2

/**
 * struct pollscale_kvm_grant - a compiled policy entry, and whose it is
 * @size: bytes of this struct
 * @version: POLLSCALE_KVM_VERSION
 * @tgid: process of the VM, in the caller's pid namespace
 * @tid: its thread that runs the vCPU
 * @start_ticks: when that thread began, field 22 of /proc/TGID/task/TID/stat
 * @vcpu: number of the vCPU, for records
 * @pcpu: the one CPU it is pinned to
 * @flags: POLLSCALE_KVM_CONTROL, POLLSCALE_KVM_QUERIES
 * @pstates: entries of @khz in use, at least 1
 * @fastest: fastest index allowed
 * @slowest: slowest index allowed, not less than @fastest
 * @calls_per_second: request budget on average, 1 to 100000000
 * @burst: calls at once, 1 to 1000000
 * @reserved: 0
 * @khz: frequencies in kHz, falling; 0 beyond @pstates
 * @id: the grant's id, written by the kernel; never 0, never given again
 *
 * Errors of POLLSCALE_KVM_GRANT, for which nothing was granted:
 * EINVAL	a field is outside its range, or size or version is another
 * ESRCH	no such thread of that process that began then
 * ENOSPC	POLLSCALE_KVM_MAX_GRANTS are there
 * EEXIST	the thread has a grant
 * ENXIO	the pCPU is not online
 * ENODEV	the pCPU has no cpufreq policy
 * and with POLLSCALE_KVM_CONTROL:
 * EBUSY	the pCPU, or an SMT sibling of it, is granted to another vCPU
 * EMLINK	the pCPU shares its cpufreq policy with others
 * EOPNOTSUPP	its governor is not userspace: nobody took the policy over
 * ETIME	its driver takes 1 ms or more for a change, or does not say
 * ERANGE	an allowed frequency is none of the driver's
 * ENOMEM, EFAULT and EINTR (a signal came: again) are what they always are.
 */
struct pollscale_kvm_grant {
	__u32 size;
	__u32 version;
	__s32 tgid;
	__s32 tid;
	__u64 start_ticks;
	__u32 vcpu;
	__u32 pcpu;
	__u32 flags;
	__u32 pstates;
	__u32 fastest;
	__u32 slowest;
	__u32 calls_per_second;
	__u32 burst;
	__u64 reserved;
	__u32 khz[POLLSCALE_KVM_MAX_PSTATES];
	__u64 id;
};

/* What became of a call. */
enum pollscale_kvm_verdict {
	POLLSCALE_KVM_GRANTED,
	POLLSCALE_KVM_CLAMPED,
	POLLSCALE_KVM_UNCHANGED,
	POLLSCALE_KVM_DENIED,
	POLLSCALE_KVM_THROTTLED,
	POLLSCALE_KVM_MALFORMED,
	POLLSCALE_KVM_UNSUPPORTED,
	POLLSCALE_KVM_BACKEND_FAILED,
	POLLSCALE_KVM_UNKNOWN_CALL,
	POLLSCALE_KVM_WITHDRAWN,
	POLLSCALE_KVM_VERDICTS
};

/* Why; those that only a daemon gives have no name here. */
enum pollscale_kvm_reason {
	POLLSCALE_KVM_NONE = 0,
	POLLSCALE_KVM_NOT_GRANTED = 1,
	POLLSCALE_KVM_NOT_PINNED = 3,
	POLLSCALE_KVM_QUERIES_OFF = 4,
	POLLSCALE_KVM_BUDGET_SPENT = 5,
	POLLSCALE_KVM_BAD_ARGUMENT = 6,
	POLLSCALE_KVM_NO_SUCH_CALL = 7,
	POLLSCALE_KVM_BOUND_FASTEST = 8,
	POLLSCALE_KVM_BOUND_SLOWEST = 9,
	POLLSCALE_KVM_KERNEL_LIMIT = 12,
	POLLSCALE_KVM_ALREADY_THERE = 13,
	POLLSCALE_KVM_BACKEND_FAILURE = 14,
	POLLSCALE_KVM_GUEST_GONE = 15
};

/**
 * struct pollscale_kvm_state - a grant as it stands
 * @size: bytes of this struct
 * @version: POLLSCALE_KVM_VERSION
 * @id: which grant
 * @live: 0 once its process's address space has ended
 * @wish: index last granted, -1 before
 * @last_call_ns: CLOCK_MONOTONIC of its last call, 0 before
 * @calls: calls by verdict
 *
 * ENOENT: no grant of this file has the id.
 */
struct pollscale_kvm_state {
	__u32 size;
	__u32 version;
	__u64 id;
	__u32 live;
	__s32 wish;
	__u64 last_call_ns;
	__u64 calls[POLLSCALE_KVM_VERDICTS];
};

/**
 * struct pollscale_kvm_rest - takes a wish back whose vCPU is silent
 * @size: bytes of this struct
 * @version: POLLSCALE_KVM_VERSION
 * @id: which grant
 * @last_call_ns: what the caller knows of its last call
 * @khz: frequency in kHz to set; 0 leaves the pCPU as it is
 * @reserved: 0
 *
 * A step then counts from the P-state in force, as before the first change.
 * Errors, for which nothing changed:
 * EINVAL	size, version or reserved is another
 * ENOENT	no grant of this file has the id
 * EAGAIN	a call came since @last_call_ns
 * EOPNOTSUPP	the governor is not userspace any more, or its driver went
 * EIO		the frequency could not be set
 */
struct pollscale_kvm_rest {
	__u32 size;
	__u32 version;
	__u64 id;
	__u64 last_call_ns;
	__u32 khz;
	__u32 reserved;
};

/**
 * struct pollscale_kvm_record - a change, a refusal, or a grant that ended
 * @time_ns: CLOCK_MONOTONIC
 * @grant: id of the grant
 * @argument: argument of the call
 * @reply: what the guest was answered
 * @lost: records of this file so far for which there was no room
 * @vcpu: vCPU of the grant
 * @pcpu: pCPU of the grant
 * @cpu: the CPU that the call came on
 * @khz: frequency afterwards, 0 where it was not looked at
 * @pstate: P-state afterwards, -1 where it was not looked at
 * @op: op of the call
 * @verdict: enum pollscale_kvm_verdict
 * @reason: enum pollscale_kvm_reason
 *
 * read() gives whole records, oldest first, and waits for none: EAGAIN where
 * there is none, EINVAL where the buffer has no room for one. A call whose
 * record finds no room is counted in @lost and answered all the same.
 */
struct pollscale_kvm_record {
	__u64 time_ns;
	__u64 grant;
	__s64 argument;
	__s64 reply;
	__u64 lost;
	__u32 vcpu;
	__u32 pcpu;
	__u32 cpu;
	__u32 khz;
	__s32 pstate;
	__u16 op;
	__u8 verdict;
	__u8 reason;
};

#define POLLSCALE_KVM_GRANT	_IOWR('P', 0x50, struct pollscale_kvm_grant)
/* The id; once it returns no call of the grant changes anything. ENOENT. */
#define POLLSCALE_KVM_WITHDRAW	_IOW('P', 0x51, __u64)
#define POLLSCALE_KVM_STATE	_IOWR('P', 0x52, struct pollscale_kvm_state)
#define POLLSCALE_KVM_REST	_IOW('P', 0x53, struct pollscale_kvm_rest)

#endif
