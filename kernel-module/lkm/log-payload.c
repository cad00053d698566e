// SPDX-License-Identifier: GPL-2.0-only
#include "log-payload.h"

#include <linux/compat.h>
#include <linux/minmax.h>
#include <linux/uio.h>

#include "user-text.h"

/* Empty ones need not end a write, but a list of them ends the search. */
#define BUFFERS_MAX 1024

struct dpt_payload dpt_payload_of_buffer(const void __user *base, u64 written)
{
	return (struct dpt_payload){ .base = base, .bytes = written, .written = written };
}

struct dpt_payload dpt_payload_of_array(const void __user *array, u32 count, u64 written, bool compat)
{
	return (struct dpt_payload){
		.next = array,
		.count = min_t(u32, count, BUFFERS_MAX),
		.compat = compat,
		.written = written,
	};
}

static bool next_buffer(struct dpt_payload *payload)
{
	if (payload->count == 0)
		return false;
	payload->count--;
#ifdef CONFIG_COMPAT
	if (payload->compat) {
		struct compat_iovec vector;

		if (!dpt_user_get(&vector, payload->next, sizeof(vector)))
			return false;
		payload->next += sizeof(vector);
		payload->base = compat_ptr(vector.iov_base);
		payload->bytes = vector.iov_len;
		return true;
	}
#endif
	{
		struct iovec vector;

		if (!dpt_user_get(&vector, payload->next, sizeof(vector)))
			return false;
		payload->next += sizeof(vector);
		payload->base = vector.iov_base;
		payload->bytes = vector.iov_len;
		return true;
	}
}

/* Returns how many of `max` bytes could be read. */
static u32 read_piece(struct dpt_payload *payload, u8 *to, u32 max)
{
	u32 done = 0;

	while (done < max) {
		u32 want, got;

		if (payload->bytes == 0) {
			if (!next_buffer(payload))
				break;
			continue;
		}
		want = min_t(u64, max - done, payload->bytes);
		got = dpt_user_read(to + done, payload->base, want);
		payload->base += got;
		payload->bytes -= got;
		done += got;
		if (got < want)
			break;
	}
	return done;
}

void dpt_payload_write(struct dpt_draft *draft, struct dpt_payload payload)
{
	struct dpt_record *record = &draft->record;
	u64 left = min_t(u64, payload.written, DPT_LINE_BYTES_MAX);
	bool cut = payload.written > DPT_LINE_BYTES_MAX;

	record->piece = 0;
	record->payload_bytes = payload.written;
	for (;;) {
		u32 want = min_t(u64, left, DPT_PAYLOAD_BYTES_MAX);
		u32 got = read_piece(&payload, dpt_draft_room(draft), want);

		dpt_draft_add(draft, &record->lengths.payload, got);
		left -= got;
		cut = cut || got < want;
		record->flags &= ~(DPT_FLAG_CONTINUES | DPT_FLAG_PAYLOAD_CUT);
		if (left > 0 && got == want)
			record->flags |= DPT_FLAG_CONTINUES;
		else if (cut)
			record->flags |= DPT_FLAG_PAYLOAD_CUT;
		dpt_draft_write(draft);
		if (!(record->flags & DPT_FLAG_CONTINUES))
			return;
		record->piece++;
		dpt_draft_clear_texts(draft);
	}
}
