// SPDX-License-Identifier: GPL-2.0-only
#include "merge.h"

#include <stdlib.h>

#include "output.h"

/* A heap of the lanes that have something, the oldest on top. */
struct head {
	uint64_t time;
	unsigned int lane;
};

static struct head *heads;
static unsigned int head_room;
static unsigned int count;

static void swap(unsigned int a, unsigned int b)
{
	struct head head = heads[a];

	heads[a] = heads[b];
	heads[b] = head;
}

static void sink(unsigned int at)
{
	for (;;) {
		unsigned int least = at, left = 2 * at + 1;

		for (unsigned int child = left; child < left + 2 && child < count; child++)
			if (heads[child].time < heads[least].time)
				least = child;
		if (least == at)
			return;
		swap(at, least);
		at = least;
	}
}

static void collect(const struct source *source, uint64_t until_ns)
{
	unsigned int lanes = source->lanes();

	if (lanes > head_room) {
		heads = realloc(heads, lanes * sizeof(*heads));
		head_room = lanes;
	}
	count = 0;
	for (unsigned int lane = 0; lane < lanes; lane++) {
		const struct dpt_record *record = source->peek(lane);

		if (record != NULL && record->monotonic_ns <= until_ns)
			heads[count++] = (struct head){ record->monotonic_ns, lane };
	}
	for (unsigned int at = count / 2; at-- > 0;)
		sink(at);
}

bool merge_until(const struct source *source, uint64_t until_ns)
{
	collect(source, until_ns);
	while (count > 0) {
		struct head *oldest = &heads[0];
		const struct dpt_record *next;

		if (!output_record(source->peek(oldest->lane)))
			return false;
		source->take(oldest->lane);
		next = source->peek(oldest->lane);
		if (next != NULL && next->monotonic_ns <= until_ns)
			oldest->time = next->monotonic_ns;
		else
			heads[0] = heads[--count];
		sink(0);
	}
	return true;
}
