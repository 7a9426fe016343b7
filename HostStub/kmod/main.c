// SPDX-License-Identifier: GPL-2.0
/*
 * pollscale_kvm: a hypercall of the frequency ABI is answered within its exit.
 * See README.md.
 */
#include <linux/module.h>
#include "clock.h"
#include "device.h"
#include "hook.h"

static int __init pollscale_kvm_init(void)
{
	int error = ps_clock_watch();

	if (error)
		return error;
	error = ps_hook_add();
	if (error)
		goto no_hook;
	error = ps_device_add();
	if (!error)
		return 0;

	ps_hook_remove();
no_hook:
	ps_clock_unwatch();
	return error;
}

static void __exit pollscale_kvm_exit(void)
{
	ps_device_remove();
	ps_hook_remove();
	ps_clock_unwatch();
}

module_init(pollscale_kvm_init);
module_exit(pollscale_kvm_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("PollScale: P-states of granted vCPUs by hypercall");
