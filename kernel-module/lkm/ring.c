// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <linux/cpumask.h>
#include <linux/mm.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/* A reader that waits is woken when so much has come, or so much time has passed. */
#define WAKE_BYTES (256u << 10)
#define WAKE_MS 20

DEFINE_PER_CPU(struct dpt_ring, dpt_rings);
DECLARE_WAIT_QUEUE_HEAD(dpt_rings_waiters);

static void wake_late(struct work_struct *work)
{
	wake_up_interruptible_poll(&dpt_rings_waiters, EPOLLIN | EPOLLRDNORM);
}
static DECLARE_DELAYED_WORK(late_wake, wake_late);

int dpt_ring_create(unsigned int cpu, u32 size)
{
	struct dpt_ring *ring = per_cpu_ptr(&dpt_rings, cpu);
	u8 *bytes;

	/* A cpu that comes back still has its ring, and what is in it. */
	if (ring->bytes)
		return 0;
	bytes = vmalloc_node(size, cpu_to_node(cpu));
	if (!bytes)
		return -ENOMEM;
	ring->size = size;
	smp_store_release(&ring->bytes, bytes);
	return 0;
}

void dpt_rings_destroy(void)
{
	unsigned int cpu;

	cancel_delayed_work_sync(&late_wake);
	for_each_possible_cpu(cpu) {
		struct dpt_ring *ring = per_cpu_ptr(&dpt_rings, cpu);

		vfree(ring->bytes);
		ring->bytes = NULL;
	}
}

static void copy_in(struct dpt_ring *ring, u64 position, const void *from, u32 size)
{
	u32 at = position & (ring->size - 1);
	u32 first = min(size, ring->size - at);

	memcpy(ring->bytes + at, from, first);
	memcpy(ring->bytes, from + first, size - first);
}

static void wake(u64 before, u64 after)
{
	if (!waitqueue_active(&dpt_rings_waiters))
		return;
	if (before / WAKE_BYTES != after / WAKE_BYTES)
		wake_up_interruptible_poll(&dpt_rings_waiters, EPOLLIN | EPOLLRDNORM);
	else if (!delayed_work_pending(&late_wake))
		schedule_delayed_work(&late_wake, msecs_to_jiffies(WAKE_MS));
}

void dpt_ring_write(struct dpt_record *record)
{
	struct dpt_ring *ring = this_cpu_ptr(&dpt_rings);
	/* Pairs with the release in dpt_rings_read: what is overwritten has been read. */
	u64 tail = smp_load_acquire(&ring->tail);
	u64 head = ring->head;

	record->cpu = smp_processor_id();
	record->sequence = ring->sequence + 1;
	WRITE_ONCE(ring->sequence, record->sequence);
	if (!ring->bytes || head + record->size - tail > ring->size) {
		WRITE_ONCE(ring->lost[DPT_LOSS_RING], ring->lost[DPT_LOSS_RING] + 1);
		return;
	}
	copy_in(ring, head, record, record->size);
	/* Pairs with the acquire in dpt_rings_read: a record that is seen is whole. */
	smp_store_release(&ring->head, head + record->size);
	/* A reader that saw an empty ring stands in the queue before this looks there, or sees the head. */
	smp_mb();
	wake(head, head + record->size);
}

void dpt_ring_lose(enum dpt_loss loss)
{
	struct dpt_ring *ring = this_cpu_ptr(&dpt_rings);

	WRITE_ONCE(ring->sequence, ring->sequence + 1);
	WRITE_ONCE(ring->lost[loss], ring->lost[loss] + 1);
}

static bool has_records(const struct dpt_ring *ring)
{
	return smp_load_acquire(&ring->head) != READ_ONCE(ring->tail);
}

bool dpt_rings_readable(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (has_records(per_cpu_ptr(&dpt_rings, cpu)))
			return true;
	return false;
}

/* Records and ring are multiples of eight bytes: a record's first fields may be parted, but not the size itself. */
static u32 size_at(const struct dpt_ring *ring, u64 position)
{
	u64 at = position + offsetof(struct dpt_record, size);

	return *(const u32 *)(ring->bytes + (at & (ring->size - 1)));
}

/* How many bytes of whole records fit into `size`. */
static u64 whole_records(const struct dpt_ring *ring, u64 size)
{
	u64 head = smp_load_acquire(&ring->head);
	u64 end = ring->tail;

	while (end != head) {
		u32 record = size_at(ring, end);

		if (end + record - ring->tail > size)
			break;
		end += record;
	}
	return end - ring->tail;
}

static int copy_out(const struct dpt_ring *ring, char __user *to, u32 size)
{
	u32 at = ring->tail & (ring->size - 1);
	u32 first = min(size, ring->size - at);

	if (copy_to_user(to, ring->bytes + at, first) || copy_to_user(to + first, ring->bytes, size - first))
		return -EFAULT;
	return 0;
}

ssize_t dpt_rings_read(char __user *to, size_t size)
{
	/* Where the next read begins, so that a busy cpu does not starve the others. One reader at a time. */
	static unsigned int first_cpu;
	unsigned int turn, cpu;
	size_t done = 0;
	bool any = false;

	for (turn = 0; turn < nr_cpu_ids; turn++) {
		struct dpt_ring *ring;
		u64 bytes;

		cpu = (first_cpu + turn) % nr_cpu_ids;
		if (!cpu_possible(cpu))
			continue;
		ring = per_cpu_ptr(&dpt_rings, cpu);
		any = any || has_records(ring);
		bytes = whole_records(ring, min_t(u64, size - done, U32_MAX));
		if (bytes == 0)
			continue;
		if (copy_out(ring, to + done, bytes))
			return done ? done : -EFAULT;
		/* Pairs with the acquire in dpt_ring_write. */
		smp_store_release(&ring->tail, ring->tail + bytes);
		done += bytes;
	}
	first_cpu = (first_cpu + 1) % nr_cpu_ids;
	return done == 0 && any ? -EMSGSIZE : done;
}
