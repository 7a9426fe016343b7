// SPDX-License-Identifier: GPL-2.0
/* /dev/pollscale: who may open it grants; what it granted ends with its file. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include "audit.h"
#include "clock.h"
#include "device.h"
#include "grant.h"

static int device_open(struct inode *inode, struct file *file)
{
	struct ps_file *opened = kzalloc(sizeof(*opened), GFP_KERNEL_ACCOUNT);

	if (!opened)
		return -ENOMEM;
	opened->audit = ps_audit_make();
	if (!opened->audit) {
		kfree(opened);
		return -ENOMEM;
	}

	mutex_init(&opened->lock);
	INIT_LIST_HEAD(&opened->grants);
	file->private_data = opened;
	return stream_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	struct ps_file *opened = file->private_data;
	struct ps_grant *grant, *next;

	list_for_each_entry(grant, &opened->grants, of_file)
		ps_grant_end(grant);
	synchronize_srcu(&ps_calls);
	list_for_each_entry_safe(grant, next, &opened->grants, of_file)
		ps_grant_free(grant);
	ps_audit_free(opened->audit);
	kfree(opened);
	return 0;
}

static struct ps_grant *find(struct ps_file *opened, u64 id)
{
	struct ps_grant *grant;

	list_for_each_entry(grant, &opened->grants, of_file)
		if (grant->entry.id == id)
			return grant;
	return NULL;
}

static long make_grant(struct ps_file *opened,
		       struct pollscale_kvm_grant __user *user)
{
	struct pollscale_kvm_grant entry;
	struct ps_grant *grant;

	if (copy_from_user(&entry, user, sizeof(entry)))
		return -EFAULT;
	if (!ps_entry_is_valid(&entry))
		return -EINVAL;
	if (opened->count >= POLLSCALE_KVM_MAX_GRANTS)
		return -ENOSPC;
	grant = ps_grant_make(opened, &entry);
	if (IS_ERR(grant))
		return PTR_ERR(grant);
	if (put_user(grant->entry.id, &user->id)) {
		ps_grant_end(grant);
		synchronize_srcu(&ps_calls);
		ps_grant_free(grant);
		return -EFAULT;
	}

	list_add(&grant->of_file, &opened->grants);
	opened->count++;
	return 0;
}

static long withdraw(struct ps_file *opened, const u64 __user *user)
{
	struct ps_grant *grant;
	u64 id;

	if (copy_from_user(&id, user, sizeof(id)))
		return -EFAULT;
	grant = find(opened, id);
	if (!grant)
		return -ENOENT;
	list_del(&grant->of_file);
	opened->count--;
	ps_grant_end(grant);
	synchronize_srcu(&ps_calls);
	ps_grant_free(grant);
	return 0;
}

static long tell_state(struct ps_file *opened,
		       struct pollscale_kvm_state __user *user)
{
	struct pollscale_kvm_state state;
	const struct ps_grant *grant;
	int i;

	if (copy_from_user(&state, user, sizeof(state)))
		return -EFAULT;
	if (state.size != sizeof(state) ||
	    state.version != POLLSCALE_KVM_VERSION)
		return -EINVAL;
	grant = find(opened, state.id);
	if (!grant)
		return -ENOENT;
	state.live = ps_grant_is_live(grant);
	state.wish = READ_ONCE(grant->wish);
	state.last_call_ns = READ_ONCE(grant->last_call_ns);
	for (i = 0; i < POLLSCALE_KVM_VERDICTS; i++)
		state.calls[i] = READ_ONCE(grant->calls[i]);
	return copy_to_user(user, &state, sizeof(state)) ? -EFAULT : 0;
}

static long rest(struct ps_file *opened,
		 const struct pollscale_kvm_rest __user *user)
{
	struct pollscale_kvm_rest rest;
	struct ps_grant *grant;

	if (copy_from_user(&rest, user, sizeof(rest)))
		return -EFAULT;
	if (rest.size != sizeof(rest) ||
	    rest.version != POLLSCALE_KVM_VERSION || rest.reserved)
		return -EINVAL;
	grant = find(opened, rest.id);
	return grant ? ps_clock_rest(grant, rest.last_call_ns, rest.khz) : -ENOENT;
}

static long device_ioctl(struct file *file, unsigned int command,
			 unsigned long argument)
{
	struct ps_file *opened = file->private_data;
	void __user *user = (void __user *)argument;
	long result;

	mutex_lock(&opened->lock);
	switch (command) {
	case POLLSCALE_KVM_GRANT:
		result = make_grant(opened, user);
		break;
	case POLLSCALE_KVM_WITHDRAW:
		result = withdraw(opened, user);
		break;
	case POLLSCALE_KVM_STATE:
		result = tell_state(opened, user);
		break;
	case POLLSCALE_KVM_REST:
		result = rest(opened, user);
		break;
	default:
		result = -ENOTTY;
	}
	mutex_unlock(&opened->lock);
	return result;
}

static ssize_t device_read(struct file *file, char __user *to, size_t bytes,
			   loff_t *offset)
{
	struct ps_file *opened = file->private_data;

	return ps_audit_read(opened->audit, to, bytes);
}

/* While it is open the module cannot be unloaded. */
static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = POLLSCALE_KVM_DEVICE,
	.fops = &operations,
	.mode = 0600,
};

int ps_device_add(void)
{
	return misc_register(&device);
}

void ps_device_remove(void)
{
	misc_deregister(&device);
}
