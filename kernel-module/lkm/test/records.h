/* SPDX-License-Identifier: GPL-2.0-only */
/* The module as its user sees it: loaded, read, asked for its counters. It must not know any test. */
#ifndef TEST_RECORDS_H
#define TEST_RECORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "../../abi.h"

#define DEVICE "/dev/disprotrack"
#define PARAMETERS "/sys/module/disprotrack/parameters/"
#define COUNTERS "/sys/class/misc/disprotrack/"

/* Returns 0 or an errno. */
int load_module(const char *parameters);
int unload_module(void);

/* Gives up where it can't. */
void open_records(void);
void close_records(void);

/* Asks the device that is open when the process began; an errno where it doesn't say. */
int start_of(uint64_t tgid, uint64_t *start_ns);

typedef void record_seen(const struct dpt_record *record, void *context);

/* Reads until nothing is left; returns how many records there were. Checks every record's form on the way. */
unsigned long drain(record_seen *seen, void *context);
/* As above until the child has ended, and then what is left. */
unsigned long drain_while(int child, record_seen *seen, void *context);

enum text { TEXT_PATH, TEXT_PATH2, TEXT_EXE, TEXT_ARGV, TEXT_CGROUP, TEXT_PAYLOAD };
const char *text_of(const struct dpt_record *record, enum text text, uint32_t *bytes);
bool text_is(const struct dpt_record *record, enum text text, const char *wanted);

/* Holes in the sequences of all cpus since the module was loaded, those behind the last record among them. */
uint64_t holes(void);
uint64_t counter(const char *name);

#endif
