/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads of bytes that may be anything: past the end there are zeroes, and `bad` stays set. It must not know what the
 * bytes mean.
 */
#ifndef DISPROTRACK_BYTE_READER_H
#define DISPROTRACK_BYTE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct byte_reader {
	const uint8_t *bytes;
	size_t at;
	size_t end;
	bool bad;
};

/* Little-endian, of 1, 2, 4 or 8 bytes. */
uint64_t read_word(struct byte_reader *reader, unsigned int bytes);
uint64_t read_uleb(struct byte_reader *reader);
int64_t read_sleb(struct byte_reader *reader);
void read_over(struct byte_reader *reader, uint64_t bytes);

#endif
