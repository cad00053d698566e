// SPDX-License-Identifier: GPL-2.0-only
#include "device.h"

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/threads.h>
#include <linux/uaccess.h>

#include "abi.h"
#include "counters.h"
#include "identity.h"
#include "parameters.h"
#include "ring.h"

static atomic_t readers = ATOMIC_INIT(0);
/* A reader may have threads. */
static DEFINE_MUTEX(reading);

static int device_open(struct inode *inode, struct file *file)
{
	if (atomic_cmpxchg(&readers, 0, 1) != 0)
		return -EBUSY;
	/* What it does with the records would make more of them. */
	dpt_ignore_reader(task_tgid_nr(current));
	return stream_open(inode, file);
}

static int device_release(struct inode *inode, struct file *file)
{
	dpt_ignore_reader(0);
	atomic_set(&readers, 0);
	return 0;
}

static ssize_t read_now(char __user *to, size_t size)
{
	ssize_t bytes;

	if (mutex_lock_interruptible(&reading))
		return -ERESTARTSYS;
	bytes = dpt_rings_read(to, size);
	mutex_unlock(&reading);
	return bytes;
}

static ssize_t device_read(struct file *file, char __user *to, size_t size, loff_t *offset)
{
	for (;;) {
		ssize_t bytes = size > 0 ? read_now(to, size) : -EMSGSIZE;

		if (bytes != 0)
			return bytes;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(dpt_rings_waiters, dpt_rings_readable()))
			return -ERESTARTSYS;
	}
}

static __poll_t device_poll(struct file *file, poll_table *table)
{
	poll_wait(file, &dpt_rings_waiters, table);
	return dpt_rings_readable() ? EPOLLIN | EPOLLRDNORM : 0;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	u64 __user *value = (u64 __user *)argument;
	u64 tgid, start_ns;

	if (command != DPT_IOCTL_START_OF)
		return -ENOTTY;
	if (get_user(tgid, value))
		return -EFAULT;
	start_ns = tgid <= PID_MAX_LIMIT ? dpt_identity_start_of(tgid) : 0;
	if (start_ns == 0)
		return -ESRCH;
	return put_user(start_ns, value);
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.poll = device_poll,
	.unlocked_ioctl = device_ioctl,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "disprotrack",
	.fops = &operations,
	.groups = dpt_counter_groups,
	.mode = 0600,
};

int dpt_device_create(void)
{
	return misc_register(&device);
}

void dpt_device_destroy(void)
{
	misc_deregister(&device);
}
