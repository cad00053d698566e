// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel's audit system as a source: its messages as the lines that auditd writes, in one lane. Where nobody has
 * registered, the helper does, and the kernel waits for it while its queue is full; where a daemon has, it listens beside
 * it. What is lost either way is told by the numbers that are missing.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit-names.h"
#include "audit-netlink.h"
#include "audit-reader.h"
#include "audit-rules.h"
#include "audit-serials.h"
#include "clock.h"
#include "source.h"

#define EVENT_FIRST 1005
#define EVENT_LAST 2999
#define QUEUE_BYTES_MAX (4u << 20)
#define LINE_ROOM (AUDIT_MESSAGE_BYTES_MAX + 64)
#define BACKLOG 65536
/* The last messages come within this, or somebody else's rules keep the queue full. */
#define DRAIN_TRIES 100
#define DRAIN_US 20000

static int events = -1;
static int control_socket = -1;
static bool registered;
static bool is_ending;
static struct audit_status before;
static uint64_t attempts, lost, lost_before, checked_ns, overruns;

/* Whole records, from `first` to `used`; emptied before it is filled again. */
static unsigned char queue[QUEUE_BYTES_MAX];
static size_t first, used;

static int become_reader(const struct options *options)
{
	struct audit_status wanted = {
		.pid = getpid(),
		.enabled = 1,
		.backlog_limit = before.backlog_limit > BACKLOG ? before.backlog_limit : BACKLOG,
		.backlog_wait_time = options->lossless ? before.backlog_wait_time : 0,
	};
	int error = audit_set_status(events, AUDIT_STATUS_PID, &wanted);

	if (error != 0)
		return error;
	registered = true;
	return audit_set_status(control_socket, AUDIT_STATUS_ENABLED | AUDIT_STATUS_BACKLOG_LIMIT | AUDIT_STATUS_BACKLOG_WAIT_TIME,
				&wanted);
}

static void restore(void)
{
	struct audit_status nobody = { 0 };

	if (!registered)
		return;
	audit_set_status(control_socket,
			 AUDIT_STATUS_ENABLED | AUDIT_STATUS_BACKLOG_LIMIT | AUDIT_STATUS_BACKLOG_WAIT_TIME, &before);
	audit_set_status(events, AUDIT_STATUS_PID, &nobody);
	registered = false;
}

static void close_source(void)
{
	audit_rules_remove(control_socket);
	audit_reader_stop();
	restore();
	close(events);
	close(control_socket);
}

static int start(const struct options *options, struct complaint *complaint)
{
	int error;

	control_socket = audit_open(0);
	if (control_socket < 0)
		return complain(complaint, "no-audit", "a kernel with CONFIG_AUDIT=y, or another source",
				"the kernel's audit can't be reached: %s", strerror(errno));
	error = audit_get_status(control_socket, &before);
	if (error != 0) {
		close(control_socket);
		return complain(complaint, "not-permitted", "run as root, or with CAP_AUDIT_CONTROL and CAP_AUDIT_READ",
				"the kernel's audit does not answer: %s", strerror(error));
	}
	lost_before = before.lost;
	events = audit_open(before.pid == 0 ? 0 : 1u << (AUDIT_NLGRP_READLOG - 1));
	error = events < 0 ? errno : 0;
	if (error == 0 && before.pid == 0)
		error = become_reader(options);
	/* Those of a helper that was killed are no good: they were made for another pid. */
	if (error == 0)
		audit_rules_remove(control_socket);
	if (error == 0)
		error = audit_rules_add(control_socket, options);
	if (error == 0)
		error = audit_reader_start(events);
	if (error == 0)
		return 0;
	close_source();
	if (error == EEXIST)
		return complain(complaint, "audit-owned", "stop the other audit daemon, or read its log", "audit is owned by another process");
	return complain(complaint, "refused", error == EPERM ? "auditctl -s: enabled 2 is locked until the next boot" : "",
			"the kernel refuses the rules: %s", strerror(error));
}

/* Each is a number that no record has. */
static void lose(uint64_t records)
{
	lost += records;
	attempts += records;
}

/* audit(SECONDS.MILLISECONDS:SERIAL), as a time in ns; 0 where that is not what stands there. */
static uint64_t take_stamp(const char *text)
{
	unsigned long long seconds;
	unsigned int milliseconds, serial;

	if (sscanf(text, "audit(%llu.%3u:%u)", &seconds, &milliseconds, &serial) != 3)
		return 0;
	lose(audit_serial_seen(serial));
	return seconds * 1000000000 + milliseconds * 1000000ull;
}

static void enqueue(const char *line, size_t length, uint64_t real_ns)
{
	for (unsigned int piece = 0; length > 0 || piece == 0; piece++) {
		size_t part = length < DPT_PAYLOAD_BYTES_MAX ? length : DPT_PAYLOAD_BYTES_MAX;
		struct dpt_record *record = (struct dpt_record *)(queue + used);

		*record = (struct dpt_record){
			.magic = DPT_MAGIC,
			.version = DPT_ABI_VERSION,
			.kind = DPT_AUDIT_LINE,
			.size = (sizeof(*record) + part + 7) & ~7u,
			.flags = part < length ? DPT_FLAG_CONTINUES : 0,
			.piece = piece,
			.sequence = ++attempts,
			.monotonic_ns = clock_monotonic_ns(),
			.real_ns = real_ns,
			.fds = { -1, -1 },
			.lengths.payload = part,
		};
		memset(queue + used + record->size - 8, 0, 8);
		memcpy(record + 1, line, part);
		used += record->size;
		line += part;
		length -= part;
	}
}

static void take_message(const struct audit_message *message)
{
	const char *name = audit_type_name(message->header.nlmsg_type);
	char line[LINE_ROOM];
	uint64_t real_ns;
	int length;

	if (message->header.nlmsg_type < EVENT_FIRST || message->header.nlmsg_type > EVENT_LAST ||
	    message->header.nlmsg_type == AUDIT_REPLACE)
		return;
	real_ns = take_stamp(message->data);
	if (message->header.nlmsg_type == AUDIT_EOE)
		return;
	if (name != NULL)
		length = snprintf(line, sizeof(line), "type=%s msg=%s", name, message->data);
	else
		length = snprintf(line, sizeof(line), "type=UNKNOWN[%d] msg=%s", message->header.nlmsg_type, message->data);
	while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == ' '))
		length--;
	enqueue(line, length, real_ns);
}

/* What the kernel lost becomes a hole in the sequence. Of these no number is missing: they never got one. */
static void check_losses(void)
{
	struct audit_status status;
	uint64_t now = clock_monotonic_ns();

	if (now - checked_ns < 500000000 || audit_get_status(control_socket, &status) != 0)
		return;
	checked_ns = now;
	/* Somebody may have set the counter to zero. */
	if (status.lost > lost_before)
		lose(status.lost - lost_before);
	lost_before = status.lost;
}

static int refresh(struct complaint *complaint)
{
	struct audit_message message;
	int got = 1;

	audit_reader_answer();
	check_losses();
	if (first < used)
		return 0;
	first = used = 0;
	while (used + 2 * LINE_ROOM + 3 * sizeof(struct dpt_record) < sizeof(queue) && (got = audit_reader_next(&message)) == 1)
		take_message(&message);
	/* A listener beside a daemon was too slow. Where nothing more comes, no number tells it. */
	lose(audit_reader_overruns() - overruns);
	overruns = audit_reader_overruns();
	return got >= 0 ? 0 : complain(complaint, "audit-failed", "", "can't read audit: %s", strerror(errno));
}

static int fds(int *fds)
{
	fds[0] = audit_reader_fd();
	return 1;
}

static unsigned int lanes(void)
{
	return 1;
}

static const struct dpt_record *peek(unsigned int lane)
{
	(void)lane;
	return first < used ? (const struct dpt_record *)(queue + first) : NULL;
}

static void take(unsigned int lane)
{
	first += peek(lane)->size;
}

static void counters(unsigned int lane, struct lane_counters *counters)
{
	/* Nothing is late any more. */
	if (is_ending)
		lose(audit_serials_end());
	*counters = (struct lane_counters){ .cpu = lane, .attempts = attempts, .lost[DPT_LOSS_READER] = lost };
}

/* Rules know processes only, and no containers. */
static int control(const struct control *control)
{
	(void)control;
	return -1;
}

static void stop(void)
{
	struct audit_status status = { .backlog = 1 };
	struct pollfd unread = { .fd = events, .events = POLLIN };

	is_ending = true;
	audit_rules_remove(control_socket);
	for (int i = 0; i < DRAIN_TRIES && audit_get_status(control_socket, &status) == 0 && status.backlog > 0; i++)
		usleep(DRAIN_US);
	for (int i = 0; i < DRAIN_TRIES && poll(&unread, 1, 0) > 0; i++)
		usleep(DRAIN_US);
}

const struct source source_audit = {
	.name = "audit",
	.id = DPT_SOURCE_AUDIT,
	.start = start,
	.fds = fds,
	.refresh = refresh,
	.lanes = lanes,
	.peek = peek,
	.take = take,
	.counters = counters,
	.control = control,
	.stop = stop,
	.close = close_source,
};
