/* SPDX-License-Identifier: GPL-2.0-only */
/* Loading the programs and reaching their maps. It must not know what records are. */
#ifndef DISPROTRACK_EBPF_PROGRAM_H
#define DISPROTRACK_EBPF_PROGRAM_H

#include "../ebpf/settings.h"
#include "source.h"

#define EBPF_PROGRAMS_MAX 8

struct bpf_object;
struct bpf_link;

struct ebpf_program {
	struct bpf_object *object;
	struct bpf_link *links[EBPF_PROGRAMS_MAX];
	unsigned int link_count;
	struct settings *settings;     /* the programs' own, mapped */
	struct cpu_ring *cpu_rings;      /* one for each cpu, mapped */
	const uint8_t *chunks;         /* of every cpu's ring, mapped */
	unsigned int cpus;
	uint32_t ring_chunks; /* of each */
	int bell_fd;
	bool portable; /* the programs for kernels before 6.2 */
	bool has_stacks;         /* they can tell who called */
	struct unwind_row *rows; /* of stacks, mapped */
	int stack_files_fd;
	int met_fd; /* of what they have no rows for */
	int ignored_fd;
	int tracked_fd;
	unsigned long *bell_taken;            /* the kernel's positions of the bell */
	const unsigned long *bell_rung;
};

struct ebpf_starts {
	struct task_start *list;
	unsigned int count;
};

/* Nothing runs yet. The settings are all zero. Without stacks where the kernel can't do that: has_stacks says so. */
int ebpf_load(struct ebpf_program *program, uint32_t ring_chunks, bool portable, bool stacks, struct complaint *complaint);
int ebpf_attach(struct ebpf_program *program, struct complaint *complaint);
/* Of every process there is; the list is the caller's to free. */
int ebpf_list_starts(const struct ebpf_program *program, struct ebpf_starts *starts);
/* Makes it quiet until it is rung again. */
void ebpf_answer_bell(const struct ebpf_program *program);
void ebpf_detach(struct ebpf_program *program);
void ebpf_unload(struct ebpf_program *program);

#endif
