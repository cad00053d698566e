// SPDX-License-Identifier: GPL-2.0-only
/*
 * Damages a program's bytes and has rows made of them: unwind-fuzz FILE ROUNDS SEED. Built with sanitizers, so that a
 * read of what is not there ends it. It says how many files were taken and how many were refused.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../capture/unwind-table.h"

#define FILE_BYTES_MAX (1u << 20)

static uint64_t state;

static uint32_t below(uint32_t bound)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (uint32_t)(state >> 33) % bound;
}

static size_t load(const char *path, uint8_t *to)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t count = fd < 0 ? -1 : read(fd, to, FILE_BYTES_MAX);

	if (fd >= 0)
		close(fd);
	return count < 0 ? 0 : count;
}

/* Most of a file is of no interest: damage goes where its parts are found, and into its frames. */
static size_t place_of_damage(size_t frames_at, size_t frames_length, size_t length)
{
	switch (below(4)) {
	case 0:
		return below(1024 < length ? 1024 : length);
	case 1:
		return length - 1 - below(2048 < length ? 2048 : length);
	default:
		return frames_at + below(frames_length);
	}
}

static void damage(uint8_t *bytes, size_t length, size_t frames_at, size_t frames_length)
{
	static const uint8_t telling[] = { 0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0b, 0x0f, 0x10, 0x16 };

	for (uint32_t i = 0, count = 1 + below(12); i < count; i++) {
		size_t at = place_of_damage(frames_at, frames_length, length);

		bytes[at] = below(2) ? telling[below(sizeof(telling))] : below(256);
	}
}

static void check_order(const struct unwind_table *table)
{
	for (unsigned int i = 1; i < table->count; i++)
		if (table->rows[i].pc <= table->rows[i - 1].pc)
			abort();
}

static const char *compile(const uint8_t *bytes, size_t length)
{
	int fd = memfd_create("damaged", MFD_CLOEXEC);
	struct unwind_table table = { 0 };
	struct elf_object object;
	const char *problem;

	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length)
		abort();
	problem = elf_read(fd, &object);
	if (problem == NULL) {
		problem = unwind_compile(&object, &table);
		elf_free(&object);
	}
	if (problem == NULL)
		check_order(&table);
	free(table.rows);
	close(fd);
	return problem;
}

int main(int count, char **words)
{
	static uint8_t whole[FILE_BYTES_MAX], damaged[FILE_BYTES_MAX];
	unsigned long taken = 0, refused = 0, rounds = count == 4 ? strtoul(words[2], NULL, 10) : 0;
	size_t length = count == 4 ? load(words[1], whole) : 0;
	struct elf_object object;
	uint8_t *frames;
	int fd;

	if (length == 0 || compile(whole, length) != NULL)
		return 2;
	state = strtoull(words[3], NULL, 10);
	fd = open(words[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0 || elf_read(fd, &object) != NULL)
		return 2;
	frames = memmem(whole, length, object.frames, object.frames_length);
	if (frames == NULL)
		return 2;
	for (unsigned long round = 0; round < rounds; round++) {
		size_t cut = below(8) == 0 ? 1 + below(length) : length;

		memcpy(damaged, whole, length);
		damage(damaged, length, frames - whole, object.frames_length);
		if (compile(damaged, cut) == NULL)
			taken++;
		else
			refused++;
	}
	elf_free(&object);
	close(fd);
	printf("%lu taken, %lu refused\n", taken, refused);
	return 0;
}
