// SPDX-License-Identifier: GPL-2.0-only
#include "byte-reader.h"

static uint64_t fail(struct byte_reader *reader)
{
	reader->bad = true;
	reader->at = reader->end;
	return 0;
}

uint64_t read_word(struct byte_reader *reader, unsigned int bytes)
{
	uint64_t value = 0;

	if (reader->end - reader->at < bytes)
		return fail(reader);
	for (unsigned int i = 0; i < bytes; i++)
		value |= (uint64_t)reader->bytes[reader->at + i] << (8 * i);
	reader->at += bytes;
	return value;
}

/* Bits beyond 64 are no number that anybody writes. */
static uint64_t read_leb(struct byte_reader *reader, bool is_signed)
{
	uint64_t value = 0;
	unsigned int shift = 0;
	uint8_t byte;

	do {
		if (reader->at >= reader->end || shift > 63)
			return fail(reader);
		byte = reader->bytes[reader->at++];
		value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	if (is_signed && (byte & 0x40) && shift < 64)
		value |= ~(uint64_t)0 << shift;
	return value;
}

uint64_t read_uleb(struct byte_reader *reader)
{
	return read_leb(reader, false);
}

int64_t read_sleb(struct byte_reader *reader)
{
	return (int64_t)read_leb(reader, true);
}

void read_over(struct byte_reader *reader, uint64_t bytes)
{
	if (reader->end - reader->at < bytes)
		fail(reader);
	else
		reader->at += bytes;
}
