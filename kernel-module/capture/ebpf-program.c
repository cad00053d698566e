// SPDX-License-Identifier: GPL-2.0-only
#include "ebpf-program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ebpf-objects.h"

#define LISTER "list_starts"
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

/* Maps that have an entry for each cpu; `ring` is a ring like those to come. */
static int size_maps(struct ebpf_program *program, int ring)
{
	const char *for_each_cpu[] = { "rings", "scratches", "counters" };

	for (unsigned int i = 0; i < 3; i++)
		bpf_map__set_max_entries(bpf_object__find_map_by_name(program->object, for_each_cpu[i]), program->cpus);
	return bpf_map__set_inner_map_fd(bpf_object__find_map_by_name(program->object, "rings"), ring);
}

static int open_and_load(struct ebpf_program *program, const char *start, const char *end)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "disprotrack");
	int ring = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, program->ring_bytes, NULL);
	int error;

	if (ring < 0)
		return -errno;
	program->object = bpf_object__open_mem(start, end - start, &options);
	error = program->object == NULL ? -errno : size_maps(program, ring);
	if (error == 0)
		error = bpf_object__load(program->object);
	close(ring);
	if (error != 0) {
		bpf_object__close(program->object);
		program->object = NULL;
	}
	return error;
}

static int make_rings(struct ebpf_program *program)
{
	int rings = bpf_object__find_map_fd_by_name(program->object, "rings");

	program->ring_fds = calloc(program->cpus, sizeof(int));
	for (__u32 cpu = 0; cpu < program->cpus; cpu++) {
		int ring = bpf_map_create(BPF_MAP_TYPE_RINGBUF, NULL, 0, 0, program->ring_bytes, NULL);

		if (ring < 0 || bpf_map_update_elem(rings, &cpu, &ring, BPF_ANY) != 0)
			return -1;
		program->ring_fds[cpu] = ring;
	}
	return 0;
}

static void *map_memory(int fd, size_t bytes, int protection)
{
	size_t page = sysconf(_SC_PAGESIZE);
	void *memory = mmap(NULL, (bytes + page - 1) / page * page, protection, MAP_SHARED, fd, 0);

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

int ebpf_load(struct ebpf_program *program, uint32_t ring_bytes, bool portable, struct complaint *complaint)
{
	int error;

	*program = (struct ebpf_program){ .cpus = libbpf_num_possible_cpus(), .ring_bytes = ring_bytes };
	libbpf_set_print(keep_message);
	error = portable ? -EINVAL : open_and_load(program, ebpf_loads_start, ebpf_loads_end);
	program->portable = error != 0;
	if (program->portable)
		error = open_and_load(program, ebpf_probes_start, ebpf_probes_end);
	if (error != 0)
		return load_failed(complaint, -error);
	program->settings = map_memory(variables_fd(program->object), sizeof(struct settings), PROT_READ | PROT_WRITE);
	program->counters = map_memory(bpf_object__find_map_fd_by_name(program->object, "counters"),
				       sizeof(struct cpu_counters) * program->cpus, PROT_READ);
	program->ignored_fd = bpf_object__find_map_fd_by_name(program->object, "ignored");
	program->tracked_fd = bpf_object__find_map_fd_by_name(program->object, "tracked");
	if (make_rings(program) != 0 || program->settings == NULL || program->counters == NULL)
		return complain(complaint, "no-memory", "a smaller --ring-bytes", "can't make %u rings of %u bytes: %s",
				program->cpus, ring_bytes, strerror(errno));
	return 0;
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
	for (unsigned int cpu = 0; program->ring_fds != NULL && cpu < program->cpus; cpu++)
		close(program->ring_fds[cpu]);
	free(program->ring_fds);
	bpf_object__close(program->object);
}
