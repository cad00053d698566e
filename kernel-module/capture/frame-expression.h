/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Of the expressions of .eh_frame those that compilers, linkers and the C library write: they are known by their bytes,
 * and never computed. It must not know rows.
 */
#ifndef DISPROTRACK_FRAME_EXPRESSION_H
#define DISPROTRACK_FRAME_EXPRESSION_H

#include "byte-reader.h"

#define REGISTER_FP 6
#define REGISTER_SP 7
#define REGISTER_PC 16

enum cfa_form { CFA_REGISTER, CFA_AT_FP, CFA_PLT, CFA_SIGNAL, CFA_OTHER };
enum place_form { PLACE_SAME, PLACE_OFFSET, PLACE_AT_FP, PLACE_UNDEFINED, PLACE_SIGNAL, PLACE_OTHER };

enum cfa_form cfa_of_expression(struct byte_reader expression, bool is_signal, int64_t *offset);
enum place_form place_of_expression(struct byte_reader expression, uint64_t number, bool is_signal);

#endif
