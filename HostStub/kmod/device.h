/* SPDX-License-Identifier: GPL-2.0 */
/* /dev/pollscale */
#ifndef POLLSCALE_DEVICE_H
#define POLLSCALE_DEVICE_H

#include <linux/list.h>
#include <linux/mutex.h>

struct ps_audit;

/* One opening of the device, and what was granted over it. */
struct ps_file {
	struct mutex lock;	/* of the list, and of one ioctl at a time */
	struct list_head grants;
	u32 count;
	struct ps_audit *audit;
};

int ps_device_add(void);
void ps_device_remove(void);

#endif
