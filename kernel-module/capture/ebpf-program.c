// SPDX-License-Identifier: GPL-2.0-only
#include "ebpf-program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../ebpf/unwind-row.h"
#include "../ebpf/wire.h"
#include "ebpf-objects.h"
#include "stack-objects.h"

#define LISTER "list_starts"
/* Rows are made for one machine. */
#if defined(__x86_64__)
#define EBPF_CAN_WALK true
#else
#define EBPF_CAN_WALK false
#endif
#define STARTS_BYTES_MAX (64u << 20)

static char last_message[200];

/* Keeps the last line of what libbpf says, for the complaint. */
static int keep_message(enum libbpf_print_level level, const char *format, va_list values)
{
	if (getenv("DISPROTRACK_CAPTURE_DEBUG") != NULL)
		return vfprintf(stderr, format, values);
	if (level == LIBBPF_WARN) {
		vsnprintf(last_message, sizeof(last_message), format, values);
		last_message[strcspn(last_message, "\n")] = 0;
	}
	return 0;
}

static int load_failed(struct complaint *complaint, int error)
{
	if (access("/sys/kernel/btf/vmlinux", R_OK) != 0)
		return complain(complaint, "no-btf", "a kernel with CONFIG_DEBUG_INFO_BTF=y, or another source",
				"the kernel does not describe its types (/sys/kernel/btf/vmlinux is missing)");
	if (error == EPERM)
		return complain(complaint, "not-permitted", "run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_RESOURCE",
				"the kernel refuses to load eBPF programs: %s", strerror(error));
	return complain(complaint, "refused", "", "the kernel refuses the programs: %s (%s)", strerror(error), last_message);
}

static int size_maps(const struct ebpf_program *program)
{
	bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, "scratches"), program->cpus);
	bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, "cpu_rings"), program->cpus);
	if (program->has_stacks) {
		bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, "unwind_rows"), STACK_ROWS_MAX);
		bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, "unwind_objects"), STACK_FILES_MAX);
		bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, "met"), STACK_MET_BYTES);
	}
	return bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, "chunks"),
					program->cpus * program->ring_chunks);
}

/* From 7.0 on, a program at a tracepoint can be preempted, and has to say where it must not be. */
static bool preempts_programs(void)
{
	struct utsname kernel;
	unsigned int major = 0;

	return uname(&kernel) == 0 && sscanf(kernel.release, "%u.", &major) == 1 && major >= 7;
}

static void set_constants(const struct ebpf_program *program, bool is_preemptible)
{
	struct bpf_map *map = bpf_object__find_map_by_name(program->object, ".rodata.kernel");
	__u8 value = is_preemptible;

	if (map != NULL)
		bpf_map__set_initial_value(map, &value, sizeof(value));
}

static int open_and_load(struct ebpf_program *program, const char *start, const char *end, bool is_preemptible)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "disprotrack");
	int error;

	program->object = bpf_object__open_mem(start, end - start, &options);
	error = program->object == NULL ? -errno : size_maps(program);
	if (error == 0)
		set_constants(program, is_preemptible);
	if (error == 0)
		error = bpf_object__load(program->object);
	if (error != 0) {
		bpf_object__close(program->object);
		program->object = NULL;
	}
	return error;
}

/* NULL where it can't be. Nothing is unmapped: a helper has one source, until it ends. */
static void *map_memory(int fd, size_t bytes, int protection, size_t offset)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *memory = mmap(NULL, (bytes + page - 1) / page * page, protection, MAP_SHARED, fd, offset);

	return memory == MAP_FAILED ? NULL : memory;
}

static int variables_fd(struct bpf_object *object)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
		if (bpf_map__is_internal(map) && strstr(bpf_map__name(map), ".bss") != NULL)
			return bpf_map__fd(map);
	return -1;
}

static int fd_of(const struct ebpf_program *program, const char *map)
{
	return bpf_object__find_map_fd_by_name(program->object, map);
}

static int map_all(struct ebpf_program *program)
{
	size_t page = sysconf(_SC_PAGESIZE);

	program->ignored_fd = fd_of(program, "ignored");
	program->tracked_fd = fd_of(program, "tracked");
	program->bell_fd = fd_of(program, "bell");
	if (program->has_stacks) {
		program->met_fd = fd_of(program, "met");
		program->stack_files_fd = fd_of(program, "unwind_objects");
		program->rows = map_memory(fd_of(program, "unwind_rows"), sizeof(struct unwind_row) * STACK_ROWS_MAX,
					   PROT_READ | PROT_WRITE, 0);
		if (program->rows == NULL)
			return -1;
	}
	program->settings = map_memory(variables_fd(program->object), sizeof(struct settings), PROT_READ | PROT_WRITE, 0);
	program->cpu_rings = map_memory(fd_of(program, "cpu_rings"), sizeof(struct cpu_ring) * program->cpus, PROT_READ | PROT_WRITE, 0);
	program->chunks = map_memory(fd_of(program, "chunks"),
				     (size_t)program->cpus * program->ring_chunks * (WIRE_CHUNK_BYTES + WIRE_SLACK_BYTES),
				     PROT_READ, 0);
	program->bell_taken = map_memory(program->bell_fd, page, PROT_READ | PROT_WRITE, 0);
	program->bell_rung = map_memory(program->bell_fd, page, PROT_READ, page);
	return program->settings == NULL || program->cpu_rings == NULL || program->chunks == NULL ||
	       program->bell_taken == NULL || program->bell_rung == NULL ? -1 : 0;
}

/* The fastest programs that the kernel takes. */
static int load_any(struct ebpf_program *program, bool portable)
{
	int error = -EINVAL;

	if (!portable && preempts_programs())
		error = open_and_load(program, ebpf_loads_start, ebpf_loads_end, true);
	if (!portable && error != 0)
		error = open_and_load(program, ebpf_loads_start, ebpf_loads_end, false);
	program->portable = error != 0;
	if (program->portable && program->has_stacks)
		error = open_and_load(program, ebpf_probes_stacks_start, ebpf_probes_stacks_end, false);
	else if (program->portable)
		error = open_and_load(program, ebpf_probes_start, ebpf_probes_end, false);
	return error;
}

int ebpf_load(struct ebpf_program *program, uint32_t ring_chunks, bool portable, bool stacks, struct complaint *complaint)
{
	int error = -EINVAL;

	*program = (struct ebpf_program){ .cpus = libbpf_num_possible_cpus(), .ring_chunks = ring_chunks };
	libbpf_set_print(keep_message);
	program->has_stacks = stacks && EBPF_CAN_WALK;
	if (program->has_stacks)
		error = load_any(program, portable);
	if (error != 0) {
		program->has_stacks = false;
		error = load_any(program, portable);
	}
	if (error != 0)
		return load_failed(complaint, -error);
	if (map_all(program) != 0)
		return complain(complaint, "no-memory", "a smaller --ring-bytes", "can't map %u rings of %u MiB: %s",
				program->cpus, ring_chunks, strerror(errno));
	return 0;
}

void ebpf_answer_bell(const struct ebpf_program *program)
{
	__atomic_store_n(program->bell_taken, __atomic_load_n(program->bell_rung, __ATOMIC_ACQUIRE), __ATOMIC_RELEASE);
}

int ebpf_attach(struct ebpf_program *program, struct complaint *complaint)
{
	struct bpf_program *one;

	bpf_object__for_each_program(one, program->object) {
		struct bpf_link *link;

		if (strcmp(bpf_program__name(one), LISTER) == 0)
			continue;
		link = bpf_program__attach(one);
		if (link == NULL)
			return complain(complaint, "refused", "", "can't attach %s: %s", bpf_program__name(one),
					strerror(errno));
		program->links[program->link_count++] = link;
	}
	return 0;
}

int ebpf_list_starts(const struct ebpf_program *program, struct ebpf_starts *starts)
{
	const struct bpf_program *lister = bpf_object__find_program_by_name(program->object, LISTER);
	struct bpf_link *link = bpf_program__attach_iter(lister, NULL);
	int fd = link != NULL ? bpf_iter_create(bpf_link__fd(link)) : -1;
	size_t used = 0, room = 0;
	ssize_t count = 1;

	while (fd >= 0 && count > 0 && room < STARTS_BYTES_MAX) {
		room += 64 << 10;
		starts->list = realloc(starts->list, room);
		while (used < room && (count = read(fd, (char *)starts->list + used, room - used)) > 0)
			used += count;
	}
	if (fd >= 0)
		close(fd);
	bpf_link__destroy(link);
	starts->count = used / sizeof(struct task_start);
	return fd >= 0 ? 0 : -1;
}

void ebpf_detach(struct ebpf_program *program)
{
	while (program->link_count > 0)
		bpf_link__destroy(program->links[--program->link_count]);
}

void ebpf_unload(struct ebpf_program *program)
{
	ebpf_detach(program);
	bpf_object__close(program->object);
}
