// SPDX-License-Identifier: GPL-2.0-only
/* The eBPF programs as a source: a lane is a cpu's ring. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "ebpf-program.h"
#include "ring.h"
#include "stack-objects.h"
#include "syscalls.h"

/* All rings take this part of the machine's memory, between bounds; and so does each, of which a cpu has one. */
#define MEMORY_PART 256
#define RINGS_BYTES_MIN (16ull << 20)
#define RINGS_BYTES_MAX (64ull << 20)
#define RING_BYTES_MIN (1u << 20)
#define RING_BYTES_MAX (16u << 20)
/* The reader is woken when so much of a ring is unread. */
#define WAKE_PART 8
/* A program that had begun when its link went is done by then. */
#define PROGRAM_US_MAX 5000

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

static struct ebpf_program program;
static struct ring *rings;
static struct ebpf_starts starts;
static int met_fd = -1; /* of code that a walk has no rows for */
/* CLOCK_REALTIME minus CLOCK_MONOTONIC, until it last changed and since. */
static int64_t former_offset_ns, offset_ns;
static uint64_t changed_ns;

static uint32_t default_ring_bytes(unsigned int cpus)
{
	uint64_t all = (uint64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / MEMORY_PART;
	uint32_t bytes = RING_BYTES_MAX;

	if (all < RINGS_BYTES_MIN)
		all = RINGS_BYTES_MIN;
	if (all > RINGS_BYTES_MAX)
		all = RINGS_BYTES_MAX;
	while (bytes > RING_BYTES_MIN && (uint64_t)bytes * cpus > all)
		bytes /= 2;
	return bytes;
}

/* The words hold the prefix and a slash, which the program also puts behind the path. */
static void set_prefix(struct prefix *prefix, const char *text)
{
	char words[sizeof(prefix->words)] = { 0 }, masks[sizeof(prefix->masks)] = { 0 };
	size_t length = strlen(text);

	while (length > 1 && text[length - 1] == '/')
		length--;
	memcpy(words, text, length);
	if (length > 1)
		words[length++] = '/';
	memset(masks, 0xff, length);
	memcpy(prefix->words, words, sizeof(words));
	memcpy(prefix->masks, masks, sizeof(masks));
}

/* Messages and vectors of 32-bit programs are laid out in another way: what they hold is not looked at. */
static struct plan compat_plan(struct plan plan)
{
	if (plan.action == ACTION_WRITEV || plan.action == ACTION_SENDMSG || plan.action == ACTION_SENDMMSG ||
	    plan.action == ACTION_RECVMSG || plan.action == ACTION_RECVMMSG)
		plan.action = ACTION_PLAIN;
	return plan;
}

static int set_plans(const struct options *options, struct complaint *complaint)
{
	struct settings *settings = program.settings;

	for (unsigned int i = 0; i < listed_syscall_count; i++) {
		if (syscall_numbers[i] >= 0)
			settings->plans[syscall_numbers[i]] = listed_syscalls[i].plan;
		if (compat_syscall_numbers[i] >= 0)
			settings->compat_plans[compat_syscall_numbers[i]] = compat_plan(listed_syscalls[i].plan);
	}
	for (unsigned int i = 0; i < options->unwanted_count; i++) {
		int index = find_syscall(options->unwanted[i]);

		if (index < 0)
			return complain(complaint, "no-such-syscall", "docs/CAPTURE.md has the list",
					"%s is not among the recorded syscalls", options->unwanted[i]);
		if (syscall_numbers[index] >= 0)
			settings->plans[syscall_numbers[index]].action = ACTION_NONE;
		if (compat_syscall_numbers[index] >= 0)
			settings->compat_plans[compat_syscall_numbers[index]].action = ACTION_NONE;
	}
	return 0;
}

static int set(const struct options *options, uint32_t ring_bytes, struct complaint *complaint)
{
	struct settings *settings = program.settings;
	__u8 yes = 1;

	settings->ring_bytes = ring_bytes;
	settings->wake_bytes = ring_bytes / WAKE_PART;
	settings->chunks = program.ring_chunks;
	settings->task_generation = settings->name_generation = 1;
	settings->all_cgroups = options->all_cgroups;
	settings->only_cgroups = options->only_cgroups;
	settings->only_logs = options->only_logs;
	settings->payloads = options->payloads;
	settings->stacks = program.has_stacks;
	for (unsigned int i = 0; i < options->prefix_count; i++)
		set_prefix(&settings->prefixes[i], options->prefixes[i]);
	settings->prefix_count = options->prefix_count;
	for (unsigned int i = 0; i < options->ignored_count; i++)
		bpf_map_update_elem(program.ignored_fd, &options->ignored[i], &yes, BPF_ANY);
	for (unsigned int i = 0; i < options->cgroup_count; i++) {
		struct tracked_key key = { options->cgroups[i].id, options->cgroups[i].version };

		bpf_map_update_elem(program.tracked_fd, &key, &yes, BPF_ANY);
	}
	return set_plans(options, complaint);
}

static void close_source(void)
{
	free(rings);
	rings = NULL;
	free(starts.list);
	starts = (struct ebpf_starts){ 0 };
	if (program.has_stacks)
		stack_objects_end();
	ebpf_unload(&program);
}

static int start(const struct options *options, struct complaint *complaint)
{
	uint32_t bytes = options->ring_bytes != 0 ? options->ring_bytes : default_ring_bytes(libbpf_num_possible_cpus());
	uint32_t count = bytes > WIRE_CHUNK_BYTES ? bytes / WIRE_CHUNK_BYTES : 1;

	if (ebpf_load(&program, count, options->portable, options->stacks, complaint) != 0)
		return -1;
	if (options->stacks && !program.has_stacks)
		fputs("disprotrack-capture: who called for log writes is not recorded: that takes a kernel from 5.17 on, and x86-64\n",
		      stderr);
	offset_ns = clock_offset_ns();
	rings = calloc(program.cpus, sizeof(struct ring));
	for (unsigned int cpu = 0; cpu < program.cpus; cpu++)
		ring_begin(&rings[cpu], cpu, NATIVE_ARCH, &program.cpu_rings[cpu],
			   program.chunks + (size_t)cpu * count * (WIRE_CHUNK_BYTES + WIRE_SLACK_BYTES), count);
	if (program.has_stacks)
		met_fd = stack_objects_begin(&program);
	if (set(options, bytes, complaint) != 0 || ebpf_attach(&program, complaint) != 0) {
		close_source();
		return -1;
	}
	return 0;
}

static int fds(int *fds)
{
	fds[0] = program.bell_fd;
	fds[1] = met_fd;
	return program.has_stacks ? 2 : 1;
}

static int refresh(struct complaint *complaint)
{
	(void)complaint;
	ebpf_answer_bell(&program);
	if (program.has_stacks)
		stack_objects_load(offset_ns);
	for (unsigned int cpu = 0; cpu < program.cpus; cpu++)
		ring_give_back(&rings[cpu]);
	return 0;
}

static unsigned int lanes(void)
{
	return program.cpus;
}

static const struct dpt_record *peek(unsigned int lane)
{
	struct dpt_record *record = ring_peek(&rings[lane]);

	if (record != NULL)
		record->real_ns = record->monotonic_ns + (record->monotonic_ns < changed_ns ? former_offset_ns : offset_ns);
	return record;
}

static void take(unsigned int lane)
{
	ring_take(&rings[lane]);
}

static void counters(unsigned int lane, struct lane_counters *to)
{
	const struct cpu_ring *from = &program.cpu_rings[lane];

	*to = (struct lane_counters){ .cpu = lane, .attempts = __atomic_load_n(&from->attempts, __ATOMIC_ACQUIRE) };
	to->lost[DPT_LOSS_RING] = __atomic_load_n(&from->lost_ring, __ATOMIC_ACQUIRE);
	to->lost[DPT_LOSS_SOURCE] = __atomic_load_n(&from->lost_source, __ATOMIC_ACQUIRE);
}

static int control(const struct control *control)
{
	struct tracked_key key = { control->id, control->version };
	__u32 tgid = control->id;
	__u8 yes = 1;
	int result = 0;

	switch (control->verb) {
	case CONTROL_CGROUP_ADD:
		result = bpf_map_update_elem(program.tracked_fd, &key, &yes, BPF_ANY);
		break;
	case CONTROL_CGROUP_REMOVE:
		bpf_map_delete_elem(program.tracked_fd, &key);
		break;
	case CONTROL_IGNORE:
		result = bpf_map_update_elem(program.ignored_fd, &tgid, &yes, BPF_ANY);
		break;
	}
	__atomic_fetch_add(&program.settings->task_generation, 1, __ATOMIC_RELEASE);
	return result == 0 ? 0 : -1;
}

static void clock_stepped(int64_t now_ns)
{
	former_offset_ns = offset_ns;
	offset_ns = now_ns;
	changed_ns = clock_monotonic_ns();
}

/* Asked for one process after the other, by a process that looks at all of them: the list is made once. */
static uint64_t start_of(uint32_t tgid)
{
	if (starts.list == NULL && ebpf_list_starts(&program, &starts) != 0)
		return 0;
	for (unsigned int i = 0; i < starts.count; i++)
		if (starts.list[i].tgid == tgid)
			return starts.list[i].start_ns;
	return 0;
}

static void stop(void)
{
	ebpf_detach(&program);
	usleep(PROGRAM_US_MAX);
}

const struct source source_ebpf = {
	.name = "ebpf",
	.id = DPT_SOURCE_EBPF,
	.start = start,
	.fds = fds,
	.refresh = refresh,
	.lanes = lanes,
	.peek = peek,
	.take = take,
	.counters = counters,
	.control = control,
	.clock_stepped = clock_stepped,
	.start_of = start_of,
	.stop = stop,
	.close = close_source,
};
