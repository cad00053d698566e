// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

#define LINES 100000ul
#define WRITERS_MAX 2

struct writer {
	uint32_t tgid;
	unsigned long records;
	uint64_t times[LINES]; /* by line; 0 where it was not seen */
};

struct count {
	int writers;
	struct writer writer[WRITERS_MAX];
	unsigned long wrong;
};

static void write_lines(const char *path, unsigned long lines)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
	unsigned long i;

	for (i = 0; i < lines; i++) {
		char line[32];
		int bytes = snprintf(line, sizeof(line), "line %lu\n", i);

		if (write(fd, line, bytes) != bytes)
			_exit(1);
	}
	_exit(0);
}

/* A writer's records come by two ways if it moves from one cpu to the other: their times say the order. */
static void count_line(const struct dpt_record *record, void *context)
{
	struct count *count = context;
	unsigned long number;
	uint32_t bytes;
	char line[32];
	int i;

	for (i = 0; i < count->writers && record->tgid != count->writer[i].tgid; i++)
		;
	if (i == count->writers || !(record->flags & DPT_FLAG_LOG))
		return;
	number = strtoul(text_of(record, TEXT_PAYLOAD, &bytes) + 5, NULL, 10);
	snprintf(line, sizeof(line), "line %lu\n", number);
	count->writer[i].records++;
	if (number >= LINES || count->writer[i].times[number] != 0 || !text_is(record, TEXT_PAYLOAD, line) ||
	    !text_is(record, TEXT_PATH, "/var/log/count.log"))
		count->wrong++;
	else
		count->writer[i].times[number] = record->monotonic_ns;
}

static unsigned long out_of_order(const struct writer *writer, unsigned long lines)
{
	unsigned long line, wrong = 0;

	for (line = 1; line < lines; line++)
		wrong += writer->times[line] <= writer->times[line - 1];
	return wrong;
}

static void test_writers(int writers)
{
	static struct count count;
	const unsigned long lines = LINES / writers;
	int i;

	begin("%lu writes by %d writer(s) are as many records, in order", LINES, writers);
	memset(&count, 0, sizeof(count));
	count.writers = writers;
	drain(NULL, NULL);
	for (i = 0; i < writers; i++) {
		pid_t pid = fork();

		if (pid == 0)
			write_lines("/var/log/count.log", lines);
		count.writer[i].tgid = pid;
	}
	for (i = 0; i < writers; i++)
		drain_while(count.writer[i].tgid, count_line, &count);
	for (i = 0; i < writers; i++) {
		unsigned long wrong = out_of_order(&count.writer[i], lines);

		expect(count.writer[i].records == lines, "writer %d has %lu records", i, count.writer[i].records);
		expect(wrong == 0, "writer %d has %lu records out of order", i, wrong);
	}
	expect(count.wrong == 0, "%lu records are not a line that was written, or one twice", count.wrong);
	expect(holes() == 0, "%llu holes in the sequence", (unsigned long long)holes());
	expect(counter("lost_ring") == 0 && counter("lost_source") == 0, "a loss was counted");
	unlink("/var/log/count.log");
	finish();
}

struct pieces {
	uint32_t tgid;
	uint64_t written;
	char payload[2 * DPT_LINE_BYTES_MAX];
	uint32_t bytes, records, last_flags;
};

static void join_piece(const struct dpt_record *record, void *context)
{
	struct pieces *pieces = context;
	const char *payload;
	uint32_t bytes;

	if (record->tgid != pieces->tgid || !(record->flags & DPT_FLAG_LOG))
		return;
	payload = text_of(record, TEXT_PAYLOAD, &bytes);
	expect(record->piece == pieces->records, "piece %u comes in place of %u", record->piece, pieces->records);
	expect(record->payload_bytes == pieces->written, "payload_bytes is %llu",
	       (unsigned long long)record->payload_bytes);
	expect(record->piece == 0 || (record->lengths.path == 0 && record->result == (int64_t)pieces->written),
	       "piece %u has a path, or result %lld", record->piece, (long long)record->result);
	if (pieces->bytes + bytes <= sizeof(pieces->payload))
		memcpy(pieces->payload + pieces->bytes, payload, bytes);
	pieces->bytes += bytes;
	pieces->records++;
	pieces->last_flags = record->flags;
}

static char long_line[20000];

static void write_long(size_t bytes)
{
	int fd = open("/var/log/long.log", O_WRONLY | O_CREAT, 0644);
	struct iovec parts[3] = { { long_line, 5000 }, { long_line + 5000, 1 }, { long_line + 5001, bytes - 5001 } };

	_exit(writev(fd, parts, 3) == (ssize_t)bytes ? 0 : 1);
}

static void test_long(size_t bytes, uint32_t records, bool cut)
{
	static struct pieces pieces;
	size_t kept = bytes < DPT_LINE_BYTES_MAX ? bytes : DPT_LINE_BYTES_MAX;
	pid_t pid = fork();

	begin("a line of %zu bytes comes in %u pieces", bytes, records);
	if (pid == 0)
		write_long(bytes);
	pieces = (struct pieces){ .tgid = pid, .written = bytes };
	drain_while(pid, join_piece, &pieces);
	expect(pieces.records == records, "%u pieces", pieces.records);
	expect(pieces.bytes == kept && memcmp(pieces.payload, long_line, kept) == 0, "%u bytes, or others",
	       pieces.bytes);
	expect(!(pieces.last_flags & DPT_FLAG_CONTINUES), "the last one says that it goes on");
	expect(!!(pieces.last_flags & DPT_FLAG_PAYLOAD_CUT) == cut, "flags are %x", pieces.last_flags);
	finish();
}

void test_counting(void)
{
	size_t i;

	for (i = 0; i < sizeof(long_line); i++)
		long_line[i] = 'a' + i * 7 % 26;
	test_long(6000, 2, false);
	test_long(DPT_LINE_BYTES_MAX, 4, false);
	test_long(DPT_LINE_BYTES_MAX + 1, 4, true);
	test_writers(1);
	test_writers(2);
}
