/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Of an ELF file of this machine what unwinding needs: where its code is, its .eh_frame, its build id. The file may be
 * anything, and may change while it is read. It must not know rows.
 */
#ifndef DISPROTRACK_ELF_OBJECT_H
#define DISPROTRACK_ELF_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#define BUILD_ID_BYTES_MAX 64
#define EH_FRAME_BYTES_MAX (64u << 20)
#define ELF_SEGMENTS_MAX 64

struct elf_object {
	/* Executable addresses, as linked, and what they are more than the place in the file. */
	uint64_t code_from, code_until;
	uint64_t bias;
	uint64_t frames_address;
	uint8_t *frames; /* to be freed */
	size_t frames_length;
	uint8_t build_id[BUILD_ID_BYTES_MAX];
	unsigned int build_id_length; /* 0: it has none */
};

/* NULL, or why not: then there is nothing to free. */
const char *elf_read(int fd, struct elf_object *object);
void elf_free(struct elf_object *object);

#endif
