// SPDX-License-Identifier: GPL-2.0-only
/* The kernel module as a source: a lane is a cpu. Its rings go on while nobody reads, so a start finds what was kept. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "module-settings.h"
#include "source.h"

#define DEVICE "/dev/disprotrack"
#define READ_BYTES (1u << 20)
/* Of one lane. What does not fit stays in the kernel's ring. */
#define LANE_BYTES_MAX (64u << 20)

struct lane {
	uint8_t *bytes;
	size_t begin, end, room;
	uint64_t first, last; /* sequence of the records that came; 0: none did */
	struct lane_counters counters;
};

static int device = -1;
static struct lane *cpu_lanes;
static unsigned int lane_count;
/* Counters as they stand for the records that are here, and not as the kernel has them now. */
static bool settled;
static bool stopped;

static struct lane *lane_of(uint32_t cpu)
{
	if (cpu >= lane_count) {
		cpu_lanes = realloc(cpu_lanes, (cpu + 1) * sizeof(*cpu_lanes));
		for (; lane_count <= cpu; lane_count++)
			cpu_lanes[lane_count] = (struct lane){ .counters = { .cpu = lane_count } };
	}
	return &cpu_lanes[cpu];
}

static void append(const struct dpt_record *record)
{
	struct lane *lane = lane_of(record->cpu);

	if (lane->end + record->size > lane->room && lane->begin > 0) {
		memmove(lane->bytes, lane->bytes + lane->begin, lane->end - lane->begin);
		lane->end -= lane->begin;
		lane->begin = 0;
	}
	if (lane->end + record->size > lane->room) {
		lane->room = 2 * lane->room + READ_BYTES;
		lane->bytes = realloc(lane->bytes, lane->room);
	}
	memcpy(lane->bytes + lane->end, record, record->size);
	lane->end += record->size;
	if (lane->first == 0)
		lane->first = record->sequence;
	lane->last = record->sequence;
	/* Beyond what the counters know: a hole there is a loss that they will have counted. */
	if (settled && record->sequence > lane->counters.attempts) {
		lane->counters.lost[DPT_LOSS_RING] += record->sequence - lane->counters.attempts - 1;
		lane->counters.attempts = record->sequence;
	}
}

static bool has_room(void)
{
	for (unsigned int i = 0; i < lane_count; i++)
		if (cpu_lanes[i].end - cpu_lanes[i].begin > LANE_BYTES_MAX)
			return false;
	return true;
}

static int drain(struct complaint *complaint)
{
	static uint8_t bytes[READ_BYTES] __attribute__((aligned(8)));

	while (has_room()) {
		ssize_t size = read(device, bytes, sizeof(bytes));

		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (size <= 0)
			return complain(complaint, "device", "see the kernel's log", "reading " DEVICE ": %s",
					strerror(errno));
		for (ssize_t at = 0; at < size;) {
			const struct dpt_record *record = (const void *)(bytes + at);

			if (record->magic != DPT_MAGIC || record->size < sizeof(*record) || record->size > size - at)
				return complain(complaint, "other-version", "build module and helper of one version",
						"what " DEVICE " gives is no record");
			append(record);
			at += record->size;
		}
	}
	return 0;
}

static void read_counters(void)
{
	char text[8192], *rest = text, *line;

	if (module_read(MODULE_COUNTERS "cpus", text, sizeof(text)) != 0)
		return;
	while ((line = strsep(&rest, "\n")) != NULL) {
		unsigned long long attempts, ring, source;
		struct lane_counters *counters;
		unsigned int cpu;

		if (sscanf(line, "%u %llu %llu %llu", &cpu, &attempts, &ring, &source) != 4)
			continue;
		counters = &lane_of(cpu)->counters;
		counters->attempts = attempts;
		counters->lost[DPT_LOSS_RING] = ring;
		counters->lost[DPT_LOSS_SOURCE] = source;
	}
}

static uint64_t records_until(const struct lane *lane, uint64_t sequence)
{
	uint64_t count = 0;

	for (size_t at = lane->begin; at < lane->end;) {
		const struct dpt_record *record = (const void *)(lane->bytes + at);

		count += record->sequence <= sequence;
		at += record->size;
	}
	return count;
}

/* Takes the counters back to where they stood before the first record that was kept. */
static void rewind_counters(struct lane *lane)
{
	struct lane_counters *counters = &lane->counters;
	uint64_t missing;

	if (lane->first == 0 || lane->first > counters->attempts)
		return;
	missing = counters->attempts - (lane->first - 1) - records_until(lane, counters->attempts);
	counters->attempts = lane->first - 1;
	for (int loss = 0; loss < DPT_LOSSES; loss++) {
		uint64_t here = missing < counters->lost[loss] ? missing : counters->lost[loss];

		counters->lost[loss] -= here;
		missing -= here;
	}
}

static void close_source(void)
{
	if (device >= 0)
		close(device);
	device = -1;
	for (unsigned int i = 0; i < lane_count; i++)
		free(cpu_lanes[i].bytes);
	free(cpu_lanes);
	cpu_lanes = NULL;
	lane_count = 0;
	stopped = false;
	settled = false;
}

static int start(const struct options *options, struct complaint *complaint)
{
	device = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (device < 0 && errno == ENOENT)
		return complain(complaint, "not-loaded", "modprobe disprotrack", "the kernel module is not loaded");
	if (device < 0 && errno == EBUSY)
		return complain(complaint, "in-use", "end the other reader", DEVICE " has a reader");
	if (device < 0)
		return complain(complaint, "not-permitted", "run as root", DEVICE ": %s", strerror(errno));
	if (module_set(options, complaint) != 0) {
		close_source();
		return -1;
	}
	read_counters();
	if (drain(complaint) != 0) {
		close_source();
		return -1;
	}
	for (unsigned int i = 0; i < lane_count; i++)
		rewind_counters(&cpu_lanes[i]);
	/* The first look at the counters is at these. */
	settled = true;
	return 0;
}

static int fds(int *fds)
{
	/* It is readable when there is anything at all; much is for time to tell. */
	(void)fds;
	return 0;
}

static int refresh(struct complaint *complaint)
{
	if (stopped)
		return 0;
	settled = false;
	return drain(complaint);
}

static unsigned int lanes(void)
{
	return lane_count;
}

static const struct dpt_record *peek(unsigned int lane)
{
	const struct lane *from = &cpu_lanes[lane];

	return from->begin < from->end ? (const struct dpt_record *)(from->bytes + from->begin) : NULL;
}

static void take(unsigned int lane)
{
	struct lane *from = &cpu_lanes[lane];

	from->begin += ((const struct dpt_record *)(from->bytes + from->begin))->size;
	if (from->begin == from->end)
		from->begin = from->end = 0;
}

static void counters(unsigned int lane, struct lane_counters *to)
{
	if (lane == 0 && !settled)
		read_counters();
	*to = cpu_lanes[lane].counters;
}

static int control(const struct control *control)
{
	return module_control(control);
}

static uint64_t start_of(uint32_t tgid)
{
	__u64 value = tgid;

	return ioctl(device, DPT_IOCTL_START_OF, &value) == 0 ? value : 0;
}

/* The module goes on; what it records from now on is for the next reader, and so are its counters. */
static void stop(void)
{
	struct complaint ignored;

	read_counters();
	settled = true;
	drain(&ignored);
	stopped = true;
}

const struct source source_module = {
	.name = "kernel-module",
	.id = DPT_SOURCE_MODULE,
	.start = start,
	.fds = fds,
	.refresh = refresh,
	.lanes = lanes,
	.peek = peek,
	.take = take,
	.counters = counters,
	.control = control,
	.clock_stepped = NULL,
	.start_of = start_of,
	.stop = stop,
	.close = close_source,
};
