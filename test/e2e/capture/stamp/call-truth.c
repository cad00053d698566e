// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-truth OBJECT PROGRAM <CALLS: watches calls of a program, of which each line of input says place in the file and
 * name, both in hex; says `watching`, and until its input ends who called: thread, time, name. It attaches to all at
 * once, which newer kernels can and libbpf may not know.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALLS_MAX 65536
#define UPROBE_MULTI 48 /* BPF_TRACE_UPROBE_MULTI */

struct link_create {
	__u32 program, target, attach_type, flags;
	__u64 path, offsets, reference_offsets, cookies;
	__u32 count, multi_flags, pid, unused;
};

static __u64 offsets[CALLS_MAX], names[CALLS_MAX];

static int print(void *context, void *data, size_t bytes)
{
	const unsigned long long *call = data;

	(void)context;
	(void)bytes;
	printf("%llu %llu %llx\n", call[0], call[1], call[2]);
	return 0;
}

/* Up to an empty line. */
static unsigned int read_calls(void)
{
	char line[64];
	unsigned int count = 0;
	unsigned long long offset, name;

	while (count < CALLS_MAX && fgets(line, sizeof(line), stdin) != NULL && sscanf(line, "%llx %llx", &offset, &name) == 2) {
		offsets[count] = offset;
		names[count++] = name;
	}
	return count;
}

int main(int count, char **words)
{
	struct bpf_object *object = count == 3 ? bpf_object__open_file(words[1], NULL) : NULL;
	struct bpf_program *program = object != NULL ? bpf_object__find_program_by_name(object, "on_call") : NULL;
	struct link_create create = { .attach_type = UPROBE_MULTI };
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
	struct ring_buffer *ring;
	const __u64 *lost;
	size_t bytes;

	if (program == NULL)
		return 2;
	bpf_program__set_expected_attach_type(program, UPROBE_MULTI);
	if (bpf_object__load(object) != 0)
		return 3;
	create.program = bpf_program__fd(program);
	create.path = (unsigned long)words[2];
	create.offsets = (unsigned long)offsets;
	create.cookies = (unsigned long)names;
	create.count = read_calls();
	if (syscall(SYS_bpf, BPF_LINK_CREATE, &create, sizeof(create)) < 0) {
		perror("can't watch");
		return 3;
	}
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(object, "calls"), print, NULL, NULL);
	puts("watching");
	fflush(stdout);
	while (poll(&input, 1, 0) == 0)
		ring_buffer__poll(ring, 50);
	ring_buffer__consume(ring);
	lost = bpf_map__initial_value(bpf_object__find_map_by_name(object, ".bss"), &bytes);
	return fflush(stdout) == 0 && lost != NULL && *lost == 0 ? 0 : 4;
}
