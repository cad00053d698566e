// SPDX-License-Identifier: GPL-2.0-only
#include "frame-program.h"

#include "frame-expression.h"

#define REMEMBERED_MAX 32

struct place {
	enum place_form form;
	int64_t offset; /* from the CFA */
};

struct rules {
	enum cfa_form form;
	uint64_t cfa_register;
	int64_t cfa_offset;
	struct place fp, pc;
};

struct machine {
	const struct frame_common *common;
	const struct row_sink *sink;
	struct rules now, first;
	struct rules remembered[REMEMBERED_MAX];
	unsigned int depth;
	uint64_t pc, pc_end;
	bool is_own; /* past the common instructions */
};

static bool is_whole_words(int64_t offset)
{
	return offset % UNWIND_WORD_BYTES == 0 && offset / UNWIND_WORD_BYTES <= UNWIND_OFFSET_MAX &&
	       offset / UNWIND_WORD_BYTES >= -UNWIND_OFFSET_MAX;
}

static uint32_t fp_words(const struct place *fp)
{
	if (fp->form == PLACE_SAME)
		return 0;
	if (fp->form == PLACE_AT_FP)
		return UNWIND_FP_AT_FP;
	if (fp->form == PLACE_OFFSET && fp->offset < 0 && fp->offset % UNWIND_WORD_BYTES == 0 &&
	    fp->offset / UNWIND_WORD_BYTES >= -UNWIND_FP_WORDS_MAX)
		return -fp->offset / UNWIND_WORD_BYTES;
	return UNWIND_FP_LOST;
}

static uint32_t rule_of(const struct rules *rules)
{
	uint32_t fp = fp_words(&rules->fp);
	int64_t offset = rules->cfa_offset;

	if (rules->pc.form == PLACE_UNDEFINED)
		return unwind_rule(UNWIND_END, 0, 0);
	if (rules->form == CFA_SIGNAL && rules->pc.form == PLACE_SIGNAL && rules->fp.form == PLACE_SIGNAL)
		return unwind_rule(UNWIND_SIGNAL, 0, 0);
	if (rules->pc.form != PLACE_OFFSET || rules->pc.offset != -UNWIND_WORD_BYTES)
		return unwind_rule(UNWIND_OTHER, 0, 0);
	if (rules->form == CFA_PLT)
		return unwind_rule(UNWIND_PLT, offset, fp);
	if (!is_whole_words(offset))
		return unwind_rule(UNWIND_OTHER, 0, 0);
	offset /= UNWIND_WORD_BYTES;
	if (rules->form == CFA_AT_FP)
		return unwind_rule(UNWIND_AT_FP, offset, fp);
	if (rules->form == CFA_REGISTER && rules->cfa_register == REGISTER_SP)
		return unwind_rule(UNWIND_SP, offset, fp);
	if (rules->form == CFA_REGISTER && rules->cfa_register == REGISTER_FP)
		return unwind_rule(UNWIND_FP, offset, fp);
	return unwind_rule(UNWIND_OTHER, 0, 0);
}

static bool tell(struct machine *machine)
{
	return machine->sink->take(machine->sink->owner, machine->pc, rule_of(&machine->now));
}

static bool advance(struct machine *machine, uint64_t to)
{
	if (!machine->is_own || to < machine->pc || to > machine->pc_end)
		return false;
	if (to > machine->pc && !tell(machine))
		return false;
	machine->pc = to;
	return true;
}

static struct place *place_of(struct machine *machine, uint64_t number)
{
	if (number == REGISTER_FP)
		return &machine->now.fp;
	return number == REGISTER_PC ? &machine->now.pc : NULL;
}

static void set_place(struct machine *machine, uint64_t number, enum place_form form, int64_t offset)
{
	struct place *place = place_of(machine, number);

	if (place != NULL)
		*place = (struct place){ form, offset };
}

static void restore_place(struct machine *machine, uint64_t number)
{
	if (number == REGISTER_FP)
		machine->now.fp = machine->first.fp;
	if (number == REGISTER_PC)
		machine->now.pc = machine->first.pc;
}

static int64_t scaled(const struct machine *machine, int64_t value)
{
	int64_t product;

	return __builtin_mul_overflow(value, machine->common->data_factor, &product) ? INT64_MAX : product;
}

/* The block of an expression, which `reader` is behind then. */
static struct byte_reader take_block(struct byte_reader *reader)
{
	uint64_t length = read_uleb(reader);
	struct byte_reader block = *reader;

	read_over(reader, length);
	block.end = reader->bad ? block.at : reader->at;
	return block;
}

static void set_cfa(struct machine *machine, uint64_t number, int64_t offset)
{
	machine->now.form = CFA_REGISTER;
	machine->now.cfa_register = number;
	machine->now.cfa_offset = offset;
}

static bool run_cfa(struct machine *machine, uint8_t code, struct byte_reader *reader)
{
	struct byte_reader block;
	uint64_t number;

	switch (code) {
	case 0x0c: /* def_cfa */
		number = read_uleb(reader);
		set_cfa(machine, number, read_uleb(reader));
		return true;
	case 0x12: /* def_cfa_sf */
		number = read_uleb(reader);
		set_cfa(machine, number, scaled(machine, read_sleb(reader)));
		return true;
	case 0x0d: /* def_cfa_register */
		set_cfa(machine, read_uleb(reader), machine->now.cfa_offset);
		return true;
	case 0x0e: /* def_cfa_offset */
		machine->now.cfa_offset = read_uleb(reader);
		return true;
	case 0x13: /* def_cfa_offset_sf */
		machine->now.cfa_offset = scaled(machine, read_sleb(reader));
		return true;
	case 0x0f: /* def_cfa_expression */
		block = take_block(reader);
		machine->now.form = cfa_of_expression(block, machine->common->is_signal, &machine->now.cfa_offset);
		return true;
	default:
		return false;
	}
}

static bool run_place(struct machine *machine, uint8_t code, struct byte_reader *reader)
{
	uint64_t number = read_uleb(reader);
	struct byte_reader block;

	switch (code) {
	case 0x05: /* offset_extended */
		set_place(machine, number, PLACE_OFFSET, scaled(machine, read_uleb(reader)));
		return true;
	case 0x11: /* offset_extended_sf */
		set_place(machine, number, PLACE_OFFSET, scaled(machine, read_sleb(reader)));
		return true;
	case 0x06: /* restore_extended */
		restore_place(machine, number);
		return true;
	case 0x07: /* undefined */
		set_place(machine, number, PLACE_UNDEFINED, 0);
		return true;
	case 0x08: /* same_value */
		set_place(machine, number, PLACE_SAME, 0);
		return true;
	case 0x09: /* register */
	case 0x14: /* val_offset */
		read_uleb(reader);
		set_place(machine, number, PLACE_OTHER, 0);
		return true;
	case 0x15: /* val_offset_sf */
		read_sleb(reader);
		set_place(machine, number, PLACE_OTHER, 0);
		return true;
	case 0x10: /* expression */
		block = take_block(reader);
		set_place(machine, number, place_of_expression(block, number, machine->common->is_signal), 0);
		return true;
	case 0x16: /* val_expression */
		take_block(reader);
		set_place(machine, number, PLACE_OTHER, 0);
		return true;
	default:
		return false;
	}
}

static bool run_state(struct machine *machine, uint8_t code, struct byte_reader *reader)
{
	switch (code) {
	case 0x00: /* nop */
		return true;
	case 0x02: /* advance_loc1 */
	case 0x03: /* advance_loc2 */
	case 0x04: /* advance_loc4 */
		return advance(machine, machine->pc + read_word(reader, 1 << (code - 2)) * machine->common->code_factor);
	case 0x0a: /* remember_state */
		if (machine->depth == REMEMBERED_MAX)
			return false;
		machine->remembered[machine->depth++] = machine->now;
		return true;
	case 0x0b: /* restore_state */
		if (machine->depth == 0)
			return false;
		machine->now = machine->remembered[--machine->depth];
		return true;
	case 0x2e: /* GNU_args_size */
		read_uleb(reader);
		return true;
	default:
		return false;
	}
}

static bool run(struct machine *machine, struct byte_reader *reader)
{
	while (reader->at < reader->end) {
		uint8_t code = read_word(reader, 1), low = code & 0x3f;
		bool is_known = true;

		if (code >> 6 == 1)
			is_known = advance(machine, machine->pc + low * machine->common->code_factor);
		else if (code >> 6 == 2)
			set_place(machine, low, PLACE_OFFSET, scaled(machine, read_uleb(reader)));
		else if (code >> 6 == 3)
			restore_place(machine, low);
		else if ((code >= 0x0c && code <= 0x0f) || code == 0x12 || code == 0x13)
			is_known = run_cfa(machine, code, reader);
		else if ((code >= 0x05 && code <= 0x09) || code == 0x10 || code == 0x11 || (code >= 0x14 && code <= 0x16))
			is_known = run_place(machine, code, reader);
		else
			is_known = run_state(machine, code, reader);
		if (!is_known || reader->bad)
			return false;
	}
	return true;
}

bool run_frame_program(const uint8_t *bytes, const struct frame_common *common, struct byte_reader *own, uint64_t pc,
		       uint64_t pc_end, const struct row_sink *sink)
{
	struct machine machine = { .common = common, .sink = sink, .pc = pc, .pc_end = pc_end };
	struct byte_reader reader = { .bytes = bytes, .at = common->instructions, .end = common->end };

	machine.now.form = CFA_OTHER;
	if (!run(&machine, &reader))
		return false;
	machine.first = machine.now;
	machine.is_own = true;
	return run(&machine, own) && (machine.pc == pc_end || tell(&machine));
}
