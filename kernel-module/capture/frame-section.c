// SPDX-License-Identifier: GPL-2.0-only
#include "frame-section.h"

#include <string.h>

/* They run again for each function, so that their length is a factor. */
#define COMMON_BYTES_MAX 1024
#define AUGMENTATION_MAX 8

#define POINTER_OMITTED 0xff
#define POINTER_FORM 0x0f
#define POINTER_BASE 0x70
#define POINTER_FROM_HERE 0x10
#define POINTER_INDIRECT 0x80

/* An encoded pointer; a length has no base. */
static uint64_t read_pointer(struct byte_reader *reader, uint8_t encoding, const struct frame_section *section)
{
	uint64_t here = section != NULL ? section->address + reader->at : 0, value;

	switch (encoding & POINTER_FORM) {
	case 0x00: /* absptr */
	case 0x04: /* udata8 */
	case 0x0c: /* sdata8 */
		value = read_word(reader, 8);
		break;
	case 0x01:
		value = read_uleb(reader);
		break;
	case 0x09:
		value = read_sleb(reader);
		break;
	case 0x02:
		value = read_word(reader, 2);
		break;
	case 0x0a:
		value = (int16_t)read_word(reader, 2);
		break;
	case 0x03:
		value = read_word(reader, 4);
		break;
	case 0x0b:
		value = (int32_t)read_word(reader, 4);
		break;
	default:
		reader->bad = true;
		return 0;
	}
	if (section == NULL)
		return value;
	if ((encoding & POINTER_BASE) == POINTER_FROM_HERE)
		return here + value;
	if ((encoding & POINTER_BASE) != 0 || (encoding & POINTER_INDIRECT) != 0)
		reader->bad = true;
	return value;
}

static bool read_augmentation(struct byte_reader *reader, const char *letters, struct frame_common *common)
{
	uint64_t length = read_uleb(reader);
	struct byte_reader data = *reader;

	read_over(reader, length);
	if (reader->bad)
		return false;
	data.end = reader->at;
	for (letters++; *letters != 0; letters++) {
		uint8_t encoding;

		switch (*letters) {
		case 'R':
			common->pointer_encoding = read_word(&data, 1);
			break;
		case 'L':
			read_word(&data, 1);
			break;
		case 'P':
			encoding = read_word(&data, 1);
			if (encoding != POINTER_OMITTED)
				read_pointer(&data, encoding, NULL);
			break;
		case 'S':
			common->is_signal = true;
			break;
		default: /* B and G are of another architecture */
			return false;
		}
	}
	return !data.bad;
}

/* `reader` is behind the id. */
static bool read_common(struct byte_reader reader, struct frame_common *common)
{
	char letters[AUGMENTATION_MAX + 1] = "";
	uint64_t version = read_word(&reader, 1);

	*common = (struct frame_common){ .end = reader.end };
	for (int i = 0; i <= AUGMENTATION_MAX; i++) {
		letters[i] = read_word(&reader, 1);
		if (letters[i] == 0)
			break;
		if (i == AUGMENTATION_MAX)
			return false;
	}
	common->code_factor = read_uleb(&reader);
	common->data_factor = read_sleb(&reader);
	if ((version == 1 ? read_word(&reader, 1) : read_uleb(&reader)) != 16 || (version != 1 && version != 3))
		return false;
	common->has_augmentation = letters[0] == 'z';
	if (letters[0] != 0 && !(common->has_augmentation && read_augmentation(&reader, letters, common)))
		return false;
	common->instructions = reader.at;
	return !reader.bad && reader.end - reader.at <= COMMON_BYTES_MAX;
}

/* `reader` is behind the pointer to the CIE. */
static const char *read_function(const struct frame_section *section, const struct frame_common *common,
				 struct byte_reader reader, const struct function_sink *sink)
{
	uint64_t pc = read_pointer(&reader, common->pointer_encoding, section);
	uint64_t length = read_pointer(&reader, common->pointer_encoding & POINTER_FORM, NULL);

	if (common->has_augmentation)
		read_over(&reader, read_uleb(&reader));
	if (reader.bad || pc + length < pc)
		return "a function without addresses";
	if (!sink->is_wanted(sink->rows.owner, pc, pc + length))
		return NULL;
	if (!run_frame_program(section->bytes, common, &reader, pc, pc + length, &sink->rows))
		return "instructions that nobody knows, or too many";
	return sink->end(sink->rows.owner, pc + length) ? NULL : "too many functions";
}

/* Of an entry without its length: an id of zero is a CIE's, any other says how far before it its CIE is. */
static const char *read_entry(const struct frame_section *section, struct byte_reader entry, struct frame_common *common,
			      size_t *common_at, const struct function_sink *sink)
{
	size_t at = entry.at, from;
	uint64_t distance = read_word(&entry, 4);
	struct byte_reader cie = { .bytes = section->bytes, .end = section->length };

	if (entry.bad || distance > at)
		return "an entry that refers to nothing";
	if (distance == 0)
		return NULL;
	from = at - distance;
	if (*common_at != from) {
		uint64_t length;

		cie.at = from;
		length = read_word(&cie, 4);
		if (cie.bad || length < 4 || length > cie.end - cie.at)
			return "an entry whose common part is none";
		cie.end = cie.at + length;
		if (read_word(&cie, 4) != 0 || !read_common(cie, common))
			return "a common part that nobody knows";
		*common_at = from;
	}
	return read_function(section, common, entry, sink);
}

const char *read_frame_section(const struct frame_section *section, const struct function_sink *sink, size_t *at)
{
	struct byte_reader reader = { .bytes = section->bytes, .end = section->length };
	struct frame_common common;
	size_t common_at = SIZE_MAX;
	const char *problem = NULL;

	while (problem == NULL && reader.end - reader.at >= 4) {
		struct byte_reader entry = reader;
		uint64_t length;

		*at = reader.at;
		length = read_word(&reader, 4);
		if (length == 0) /* the end */
			return NULL;
		if (length > reader.end - reader.at) /* or of more than 4 GiB, which are none of this section's */
			return "an entry beyond the end";
		entry.at = reader.at;
		read_over(&reader, length);
		entry.end = reader.at;
		problem = read_entry(section, entry, &common, &common_at, sink);
	}
	return problem;
}
