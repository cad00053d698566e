/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the guest says on its serial line: "ok NAME", "not ok NAME: WHY", and "done" at the end. The host counts them.
 */
#ifndef TEST_REPORT_H
#define TEST_REPORT_H

#include <stdbool.h>

/* Ends the machine: what it needs to test at all is missing. */
__attribute__((noreturn, format(printf, 1, 2))) void give_up(const char *format, ...);

/* Begins a test; every test ends in pass or in as many failures as were found. */
void begin(const char *format, ...) __attribute__((format(printf, 1, 2)));
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void finish(void);
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fails with what was expected where the condition does not hold. */
#define expect(condition, ...) ((condition) ? (void)0 : fail(__VA_ARGS__))

/* The whole of a small file; zero-terminated, without the last line end. Empty where it can't be read. */
const char *file_text(const char *path);
/* Returns 0 or an errno. */
int write_text(const char *path, const char *text);

#endif
