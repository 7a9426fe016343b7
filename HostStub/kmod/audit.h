/* SPDX-License-Identifier: GPL-2.0 */
/* Records on their way to the daemon. */
#ifndef POLLSCALE_AUDIT_H
#define POLLSCALE_AUDIT_H

#include <linux/types.h>
#include "pollscale_kvm.h"

struct ps_audit;

struct ps_audit *ps_audit_make(void);
void ps_audit_free(struct ps_audit *audit);
struct pollscale_kvm_record *ps_audit_begin(struct ps_audit *audit);
void ps_audit_end(struct pollscale_kvm_record *record);
ssize_t ps_audit_read(struct ps_audit *audit, char __user *to, size_t bytes);

#endif
