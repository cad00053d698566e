// SPDX-License-Identifier: GPL-2.0-only
#include "ring.h"

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

static uint32_t header_at(const struct ring *ring, unsigned long position)
{
	return __atomic_load_n((const uint32_t *)(ring->data + (position & (ring->bytes - 1))), __ATOMIC_ACQUIRE);
}

static unsigned long after(unsigned long position, uint32_t header)
{
	uint32_t length = header & ~(uint32_t)(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);

	return position + ((length + BPF_RINGBUF_HDR_SZ + 7) & ~7u);
}

int ring_open(struct ring *ring, int fd, size_t bytes)
{
	size_t page = sysconf(_SC_PAGESIZE);
	uint8_t *kernel;

	*ring = (struct ring){ .bytes = bytes, .page = page };
	ring->consumer = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring->consumer == MAP_FAILED)
		return -1;
	kernel = mmap(NULL, page + 2 * bytes, PROT_READ, MAP_SHARED, fd, page);
	if (kernel == MAP_FAILED) {
		munmap(ring->consumer, page);
		return -1;
	}
	ring->producer = (const unsigned long *)kernel;
	ring->data = kernel + page;
	return 0;
}

void ring_close(struct ring *ring)
{
	munmap(ring->consumer, ring->page);
	munmap((void *)ring->producer, ring->page + 2 * ring->bytes);
}

const void *ring_peek(struct ring *ring, size_t *length)
{
	for (;;) {
		unsigned long position = *ring->consumer;
		uint32_t header;

		if (position >= __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE))
			return NULL;
		header = header_at(ring, position);
		if (header & BPF_RINGBUF_BUSY_BIT)
			return NULL;
		if (!(header & BPF_RINGBUF_DISCARD_BIT)) {
			*length = header;
			return ring->data + (position & (ring->bytes - 1)) + BPF_RINGBUF_HDR_SZ;
		}
		__atomic_store_n(ring->consumer, after(position, header), __ATOMIC_RELEASE);
	}
}

void ring_take(struct ring *ring)
{
	unsigned long position = *ring->consumer;

	__atomic_store_n(ring->consumer, after(position, header_at(ring, position)), __ATOMIC_RELEASE);
}
