// SPDX-License-Identifier: GPL-2.0-only
#include "run.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "control.h"
#include "merge.h"
#include "output.h"
#include "snapshot.h"

/* What a ring does not wake us for waits this long. */
#define WAIT_MS 20
/* A record younger than this may still have an older one of another lane behind it. */
#define WINDOW_NS 2000000
#define COUNTERS_EVERY_NS 1000000000ull
/* Smaller changes are the noise of reading two clocks. */
#define CLOCK_STEP_NS_MIN 100000
#define PATIENCE_NS 1000000000ull

enum { CONTROL, CLOCK, OUTPUT, OWN_FDS };

static const struct source *source;
static int64_t offset_ns;
static struct lane_counters *lane_counters;
static unsigned int counted_lanes;
static volatile uint64_t ending_ns; /* 0: it goes on */
static uint64_t counted_ns; /* 0: what was counted is written */

static void count_lanes(void)
{
	unsigned int lanes = source->lanes();

	if (lanes > counted_lanes)
		lane_counters = realloc(lane_counters, lanes * sizeof(*lane_counters));
	counted_lanes = lanes;
	counted_ns = clock_monotonic_ns();
	for (unsigned int lane = 0; lane < lanes; lane++)
		source->counters(lane, &lane_counters[lane]);
}

static bool write_counters(void)
{
	const void *const none[6] = { 0 };

	for (unsigned int lane = 0; lane < counted_lanes; lane++) {
		struct dpt_record record = own_record(DPT_COUNTERS, counted_ns, offset_ns);

		record.cpu = lane_counters[lane].cpu;
		record.sequence = lane_counters[lane].attempts;
		for (int loss = 0; loss < DPT_LOSSES; loss++) {
			record.args[loss] = lane_counters[lane].lost[loss];
			record.result += lane_counters[lane].lost[loss];
		}
		if (!output_with_texts(&record, none))
			return false;
	}
	counted_ns = 0;
	return true;
}

/* Counters stand behind every record that they count. */
static bool write_until(uint64_t until_ns)
{
	if (counted_ns != 0 && counted_ns <= until_ns && !(merge_until(source, counted_ns) && write_counters()))
		return false;
	return merge_until(source, until_ns) && output_flush();
}

static bool write_clock_step(int64_t step_ns)
{
	struct dpt_record record = own_record(DPT_NOTE, clock_monotonic_ns(), offset_ns);
	char text[64];
	const void *const texts[6] = { [5] = text };

	record.lengths.payload = snprintf(text, sizeof(text), "{\"clock_step_ns\":%lld}", (long long)step_ns);
	return output_with_texts(&record, texts);
}

static bool follow_clock(void)
{
	int64_t now = clock_offset_ns(), step = now - offset_ns;

	if (llabs(step) < CLOCK_STEP_NS_MIN)
		return true;
	offset_ns = now;
	if (source->clock_stepped != NULL)
		source->clock_stepped(now);
	return write_clock_step(step);
}

static void write_status(const struct options *options, uint64_t began_ns)
{
	uint64_t attempts = 0, lost = 0;

	if (options->status_fd < 0)
		return;
	for (unsigned int lane = 0; lane < counted_lanes; lane++) {
		attempts += lane_counters[lane].attempts;
		for (int loss = 0; loss < DPT_LOSSES; loss++)
			lost += lane_counters[lane].lost[loss];
	}
	dprintf(options->status_fd, "{\"source\":\"%s\",\"seconds\":%llu,\"attempts\":%llu,\"lost\":%llu,\"written\":%llu}\n",
		source->name, (unsigned long long)((clock_monotonic_ns() - began_ns) / 1000000000),
		(unsigned long long)attempts, (unsigned long long)lost, (unsigned long long)output_count());
}

/* A later one ends it at once: whoever reads has stopped, and there is no way to write what there is. A terminal and an
 * agent that pass on the same wish are no second one. */
static void on_end_signal(int signal)
{
	(void)signal;
	if (ending_ns == 0)
		ending_ns = clock_monotonic_ns();
	else if (clock_monotonic_ns() - ending_ns > PATIENCE_NS)
		_exit(1);
}

static void watch_signals(void)
{
	struct sigaction action = { .sa_handler = on_end_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Waits for something to do. False where it is time to end. */
static bool wait_for_work(struct pollfd *fds, unsigned int count)
{
	if (poll(fds, count, WAIT_MS) < 0)
		return errno == EINTR && ending_ns == 0;
	if (ending_ns != 0 || (fds[OUTPUT].revents & (POLLERR | POLLHUP)))
		return false;
	if (fds[CONTROL].revents != 0 && !control_read(source))
		fds[CONTROL].fd = -1;
	if (fds[CLOCK].revents != 0) {
		clock_watch_again(fds[CLOCK].fd);
		return follow_clock();
	}
	return true;
}

static int loop(const struct options *options, struct complaint *complaint)
{
	int source_fds[SOURCE_FDS_MAX], source_count = source->fds(source_fds);
	struct pollfd fds[OWN_FDS + SOURCE_FDS_MAX] = {
		[CONTROL] = { .fd = STDIN_FILENO, .events = POLLIN },
		[CLOCK] = { .fd = clock_watch_open(), .events = POLLIN },
		[OUTPUT] = { .fd = STDOUT_FILENO },
	};
	uint64_t began = clock_monotonic_ns(), due = began, now;
	uint64_t end = options->duration_s > 0 ? began + (uint64_t)(options->duration_s * 1e9) : UINT64_MAX;

	for (int i = 0; i < source_count; i++)
		fds[OWN_FDS + i] = (struct pollfd){ .fd = source_fds[i], .events = POLLIN };
	do {
		now = clock_monotonic_ns();
		if (now >= due) {
			due = now + COUNTERS_EVERY_NS;
			count_lanes();
			write_status(options, began);
			if (!follow_clock())
				return 0;
		}
		if (source->refresh(complaint) != 0)
			return -1;
		if (!write_until(now - WINDOW_NS))
			return 0;
	} while (now < end && wait_for_work(fds, OWN_FDS + source_count));
	return 0;
}

/* All that there still is, and the last counters behind it. */
static void finish(void)
{
	struct complaint ignored;
	__u64 written;

	source->stop();
	do {
		written = output_count();
		if (source->refresh(&ignored) != 0 || !(merge_until(source, UINT64_MAX) && output_flush()))
			break;
	} while (output_count() > written);
	count_lanes();
	if (write_counters())
		output_flush();
}

int run(const struct source *chosen, const struct options *options)
{
	struct complaint complaint = { 0 };
	int result;

	source = chosen;
	watch_signals();
	offset_ns = clock_offset_ns();
	if (source->start(options, &complaint) != 0) {
		fprintf(stderr, "disprotrack-capture: %s: %s%s%s\n", complaint.code, complaint.text,
			complaint.hint[0] != 0 ? "; " : "", complaint.hint);
		return 3;
	}
	count_lanes();
	result = write_counters() && (!options->snapshot || snapshot_write(source, options, offset_ns)) ? loop(options, &complaint) : 0;
	finish();
	source->close();
	if (result == 0)
		return 0;
	fprintf(stderr, "disprotrack-capture: %s: %s\n", complaint.code, complaint.text);
	return 3;
}
