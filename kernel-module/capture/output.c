// SPDX-License-Identifier: GPL-2.0-only
#include "output.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define OUTPUT_BYTES_MAX (256u << 10)

static unsigned char buffer[OUTPUT_BYTES_MAX];
static size_t used;
static __u64 written;

__u64 output_count(void)
{
	return written;
}

bool output_flush(void)
{
	size_t done = 0;

	while (done < used) {
		ssize_t count = write(STDOUT_FILENO, buffer + done, used - done);

		if (count < 0 && errno != EINTR)
			return false;
		if (count > 0)
			done += count;
	}
	used = 0;
	return true;
}

static bool make_room(size_t bytes)
{
	return used + bytes <= sizeof(buffer) || output_flush();
}

bool output_record(const struct dpt_record *record)
{
	if (!make_room(record->size))
		return false;
	memcpy(buffer + used, record, record->size);
	used += record->size;
	written++;
	return true;
}

struct dpt_record own_record(__u16 kind, __u64 monotonic_ns, __s64 offset_ns)
{
	return (struct dpt_record){
		.magic = DPT_MAGIC,
		.version = DPT_ABI_VERSION,
		.kind = kind,
		.monotonic_ns = monotonic_ns,
		.real_ns = monotonic_ns + offset_ns,
		.fds = { -1, -1 },
	};
}

bool output_with_texts(struct dpt_record *record, const void *const texts[6])
{
	static __u64 sequence;
	const __u32 *lengths = &record->lengths.path;
	size_t size = sizeof(*record), end;

	for (int i = 0; i < 6; i++)
		size += lengths[i];
	record->size = (size + 7) & ~7u;
	if (record->kind != DPT_COUNTERS)
		record->sequence = ++sequence;
	if (!make_room(record->size))
		return false;
	end = used + record->size;
	memcpy(buffer + used, record, sizeof(*record));
	used += sizeof(*record);
	for (int i = 0; i < 6; i++) {
		if (lengths[i] > 0)
			memcpy(buffer + used, texts[i], lengths[i]);
		used += lengths[i];
	}
	memset(buffer + used, 0, end - used);
	used = end;
	written++;
	return true;
}
