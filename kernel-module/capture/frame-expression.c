// SPDX-License-Identifier: GPL-2.0-only
#include "frame-expression.h"

#include <string.h>

#include "../ebpf/unwind-row.h"

#define BASE_FP 0x76 /* DW_OP_breg6 */
#define BASE_SP 0x77 /* DW_OP_breg7 */
#define DEREF 0x06
#define LITERAL_0 0x30

/* A register plus an offset, and maybe what stands there. */
static bool is_based(struct byte_reader expression, uint8_t base, int64_t *offset, bool is_read)
{
	if (read_word(&expression, 1) != base)
		return false;
	*offset = read_sleb(&expression);
	if (is_read && read_word(&expression, 1) != DEREF)
		return false;
	return !expression.bad && expression.at == expression.end;
}

/* sp + 8 + ((pc & 15) >= place) * 8 */
static bool is_plt(const struct byte_reader *expression, int64_t *place)
{
	static const uint8_t plt[] = { 0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a, 0, 0x2a, 0x33, 0x24, 0x22 };
	const uint8_t *bytes = expression->bytes + expression->at;

	if (expression->end - expression->at != sizeof(plt) || memcmp(bytes, plt, 6) != 0 ||
	    memcmp(bytes + 7, plt + 7, 4) != 0 || bytes[6] < LITERAL_0 || bytes[6] > LITERAL_0 + 15)
		return false;
	*place = bytes[6] - LITERAL_0;
	return true;
}

enum cfa_form cfa_of_expression(struct byte_reader expression, bool is_signal, int64_t *offset)
{
	if (is_based(expression, BASE_FP, offset, true))
		return CFA_AT_FP;
	if (is_signal && is_based(expression, BASE_SP, offset, true) && *offset == UNWIND_SIGNAL_SP)
		return CFA_SIGNAL;
	if (is_plt(&expression, offset))
		return CFA_PLT;
	*offset = 0;
	return CFA_OTHER;
}

enum place_form place_of_expression(struct byte_reader expression, uint64_t number, bool is_signal)
{
	int64_t offset;

	if (number == REGISTER_FP && is_based(expression, BASE_FP, &offset, false) && offset == 0)
		return PLACE_AT_FP;
	if (is_signal && is_based(expression, BASE_SP, &offset, false) &&
	    offset == (number == REGISTER_FP ? UNWIND_SIGNAL_FP : UNWIND_SIGNAL_PC))
		return PLACE_SIGNAL;
	return PLACE_OTHER;
}
