// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>

#include "source.h"

int complain(struct complaint *complaint, const char *code, const char *hint, const char *format, ...)
{
	va_list values;

	snprintf(complaint->code, sizeof(complaint->code), "%s", code);
	snprintf(complaint->hint, sizeof(complaint->hint), "%s", hint);
	va_start(values, format);
	vsnprintf(complaint->text, sizeof(complaint->text), format, values);
	va_end(values);
	return -1;
}
