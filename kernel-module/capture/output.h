/* SPDX-License-Identifier: GPL-2.0-only */
/* Records to standard output, many at a time, and the records that the helper itself makes. */
#ifndef DISPROTRACK_OUTPUT_H
#define DISPROTRACK_OUTPUT_H

#include <stdbool.h>

#include "../abi.h"

/* Each of them false where the output has ended: nobody reads any more. */
bool output_record(const struct dpt_record *record);
bool output_flush(void);

/* Records of the helper: zeroes but for the head and the two times. */
struct dpt_record own_record(__u16 kind, __u64 monotonic_ns, __s64 offset_ns);
/* A record and its texts in the order of `lengths`, each as long as that says. */
bool output_with_texts(struct dpt_record *record, const void *const texts[6]);

/* Records written so far. */
__u64 output_count(void);

#endif
