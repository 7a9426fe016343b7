// SPDX-License-Identifier: GPL-2.0
/*
 * A bounded queue of any number of writers, which wait for nobody, and one
 * reader at a time. A slot's turn says whose it is: equal to a position, that
 * position's writer's; one more, the reader's; a writer that is preempted
 * holds up the reader alone.
 */
#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/mm.h>
#include "audit.h"

#define MASK	(POLLSCALE_KVM_RECORDS - 1)

struct slot {
	s64 turn;
	struct pollscale_kvm_record record;
};

struct ps_audit {
	atomic64_t written ____cacheline_aligned_in_smp;
	atomic64_t lost;
	struct mutex reading ____cacheline_aligned_in_smp;
	s64 read;
	struct slot slots[POLLSCALE_KVM_RECORDS];
};

struct ps_audit *ps_audit_make(void)
{
	struct ps_audit *audit = kvzalloc(sizeof(*audit), GFP_KERNEL_ACCOUNT);
	s64 i;

	BUILD_BUG_ON_NOT_POWER_OF_2(POLLSCALE_KVM_RECORDS);
	BUILD_BUG_ON(sizeof(struct pollscale_kvm_record) != 64);
	if (!audit)
		return NULL;
	mutex_init(&audit->reading);
	for (i = 0; i < POLLSCALE_KVM_RECORDS; i++)
		audit->slots[i].turn = i;
	return audit;
}

void ps_audit_free(struct ps_audit *audit)
{
	kvfree(audit);
}

/*
 * Room for a record, to be filled and ended soon: those behind it wait for it.
 * NULL, and one more lost, where there is none.
 */
struct pollscale_kvm_record *ps_audit_begin(struct ps_audit *audit)
{
	s64 position = atomic64_read(&audit->written);
	struct slot *slot;

	for (;;) {
		s64 ahead;

		slot = &audit->slots[position & MASK];
		/* Behind the reader's release of it. */
		ahead = smp_load_acquire(&slot->turn) - position;
		if (ahead < 0) {
			atomic64_inc(&audit->lost);
			return NULL;
		}

		if (ahead > 0)
			position = atomic64_read(&audit->written);
		else if (atomic64_try_cmpxchg_relaxed(&audit->written,
						      &position, position + 1))
			break;
	}

	slot->record.lost = atomic64_read(&audit->lost);
	return &slot->record;
}

/* Now the reader sees the record. */
void ps_audit_end(struct pollscale_kvm_record *record)
{
	struct slot *slot = container_of(record, struct slot, record);

	/* Pairs with the reader's acquire. */
	smp_store_release(&slot->turn, slot->turn + 1);
}

ssize_t ps_audit_read(struct ps_audit *audit, char __user *to, size_t bytes)
{
	const size_t size = sizeof(struct pollscale_kvm_record);
	ssize_t done = 0;

	if (bytes < size)
		return -EINVAL;
	mutex_lock(&audit->reading);
	for (; bytes - done >= size; done += size) {
		struct slot *slot = &audit->slots[audit->read & MASK];

		/* Pairs with the writer's release. */
		if (smp_load_acquire(&slot->turn) != audit->read + 1) {
			done = done ?: -EAGAIN;
			break;
		}
		if (copy_to_user(to + done, &slot->record, size)) {
			done = done ?: -EFAULT;
			break;
		}
		/* Its next writer comes a round later. */
		smp_store_release(&slot->turn,
				  audit->read + POLLSCALE_KVM_RECORDS);
		audit->read++;
	}
	mutex_unlock(&audit->reading);
	return done;
}
