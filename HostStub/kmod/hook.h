/* SPDX-License-Identifier: GPL-2.0 */
/* Where KVM hands a hypercall over. */
#ifndef POLLSCALE_HOOK_H
#define POLLSCALE_HOOK_H

int ps_hook_add(void);
void ps_hook_remove(void);

#endif
