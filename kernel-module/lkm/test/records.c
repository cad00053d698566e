// SPDX-License-Identifier: GPL-2.0-only
#include "records.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "report.h"

#define CPUS_MAX 64

static int device = -1;
static uint64_t last_sequence[CPUS_MAX], last_time[CPUS_MAX], seen_holes;

int load_module(const char *parameters)
{
	int fd = open("/disprotrack.ko", O_RDONLY | O_CLOEXEC);
	int error = syscall(SYS_finit_module, fd, parameters, 0) < 0 ? errno : 0;

	close(fd);
	memset(last_sequence, 0, sizeof(last_sequence));
	memset(last_time, 0, sizeof(last_time));
	seen_holes = 0;
	return error;
}

int unload_module(void)
{
	return syscall(SYS_delete_module, "disprotrack", O_NONBLOCK) < 0 ? errno : 0;
}

void open_records(void)
{
	device = open(DEVICE, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (device < 0)
		give_up("can't open " DEVICE ": %s", strerror(errno));
}

void close_records(void)
{
	close(device);
	device = -1;
}

int start_of(uint64_t tgid, uint64_t *start_ns)
{
	__u64 value = tgid;

	if (ioctl(device, DPT_IOCTL_START_OF, &value) < 0)
		return errno;
	*start_ns = value;
	return 0;
}

static void check_form(const struct dpt_record *record)
{
	const struct dpt_lengths *lengths = &record->lengths;
	uint64_t bytes = sizeof(*record) + (uint64_t)lengths->path + lengths->path2 + lengths->exe + lengths->argv +
			 lengths->cgroup + lengths->payload;

	if (record->magic != DPT_MAGIC || record->version != DPT_ABI_VERSION || record->cpu >= CPUS_MAX)
		give_up("a record with magic %x, version %u, cpu %u", record->magic, record->version, record->cpu);
	if (record->size != (bytes + 7) / 8 * 8 || record->size > DPT_RECORD_BYTES_MAX)
		give_up("a record of %u bytes whose parts have %llu", record->size, (unsigned long long)bytes);
	if (record->sequence <= last_sequence[record->cpu])
		give_up("sequence %llu of cpu %u comes after %llu", (unsigned long long)record->sequence, record->cpu,
			(unsigned long long)last_sequence[record->cpu]);
	if (record->monotonic_ns < last_time[record->cpu])
		give_up("the time of cpu %u goes back", record->cpu);
	seen_holes += record->sequence - last_sequence[record->cpu] - 1;
	last_sequence[record->cpu] = record->sequence;
	last_time[record->cpu] = record->monotonic_ns;
}

unsigned long drain(record_seen *seen, void *context)
{
	static char bytes[1 << 20] __attribute__((aligned(8)));
	unsigned long count = 0;

	for (;;) {
		ssize_t size = read(device, bytes, sizeof(bytes)), at = 0;

		if (size < 0 && errno == EAGAIN)
			return count;
		if (size <= 0)
			give_up("reading records: %s", size < 0 ? strerror(errno) : "the end");
		while (at < size) {
			const struct dpt_record *record = (const void *)(bytes + at);

			if (size - at < (ssize_t)sizeof(*record) || size - at < record->size)
				give_up("a read gave half a record");
			check_form(record);
			if (seen)
				seen(record, context);
			at += record->size;
			count++;
		}
	}
}

unsigned long drain_while(int child, record_seen *seen, void *context)
{
	unsigned long count = 0;
	int status;

	while (waitpid(child, &status, WNOHANG) == 0) {
		struct pollfd waiting = { .fd = device, .events = POLLIN };

		poll(&waiting, 1, 20);
		count += drain(seen, context);
	}
	if (status != 0)
		fail("a child ended with %x", status);
	return count + drain(seen, context);
}

const char *text_of(const struct dpt_record *record, enum text text, uint32_t *bytes)
{
	const uint32_t *lengths = &record->lengths.path;
	const char *at = (const char *)(record + 1);
	int i;

	for (i = 0; i < (int)text; i++)
		at += lengths[i];
	*bytes = lengths[text];
	return at;
}

bool text_is(const struct dpt_record *record, enum text text, const char *wanted)
{
	uint32_t bytes;
	const char *at = text_of(record, text, &bytes);

	return bytes == strlen(wanted) && memcmp(at, wanted, bytes) == 0;
}

uint64_t counter(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), COUNTERS "%s", name);
	return strtoull(file_text(path), NULL, 10);
}

uint64_t holes(void)
{
	uint64_t sum = seen_holes;
	char *rest = (char *)file_text(COUNTERS "cpus"), *line;

	while ((line = strsep(&rest, "\n"))) {
		unsigned int cpu;
		unsigned long long attempts;

		if (sscanf(line, "%u %llu", &cpu, &attempts) == 2 && cpu < CPUS_MAX)
			sum += attempts - last_sequence[cpu];
	}
	return sum;
}
