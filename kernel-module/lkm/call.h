/* SPDX-License-Identifier: GPL-2.0-only */
/* A syscall that is recorded, and one return of it. */
#ifndef DPT_CALL_H
#define DPT_CALL_H

#include "../ebpf/plan.h"
#include "draft.h"
#include "log-payload.h"

struct dpt_call {
	const char *name;
	struct plan plan;
	/* Set by an operator. */
	bool skipped;
};

struct dpt_return {
	const struct dpt_call *call;
	struct dpt_draft *draft;
	unsigned int number;
	unsigned long args[6];
	long result;
	bool compat;
	/* Of a write. */
	struct dpt_payload payload;
	/* Of sendmmsg: each message is a log write of its own. */
	const void __user *messages;
};

enum dpt_verdict { DPT_DROP, DPT_KEEP };

/* NULL where it is not recorded. */
struct dpt_call *dpt_call_find(unsigned int number, bool compat);
void dpt_calls_create(void);

/* Names apart by commas or spaces; replaces what there was, or nothing where one is not recorded anyway. */
int dpt_calls_skip(const char *names);
int dpt_calls_show_skipped(char *page);

/* Adds what the call's plan says: objects, addresses and texts. Says whether there is anything to record. */
enum dpt_verdict dpt_call_follow(struct dpt_return *ret);
/* The part of it for what moves bytes, or names an address. */
enum dpt_verdict dpt_message_follow(struct dpt_return *ret);
/* Of sendmmsg to a log socket: a record, or several, for each message. */
void dpt_messages_write(struct dpt_return *ret);
/* A 32-bit socketcall becomes the call that it makes, with that one's arguments. False where it is none. */
bool dpt_socketcall_resolve(struct dpt_return *ret);

/* What stands at a place of the plan. */
static inline unsigned long dpt_value(const struct dpt_return *ret, u8 place)
{
	return place == RESULT ? (unsigned long)ret->result : ret->args[(place - ARG0) % 6];
}

static inline const void __user *dpt_pointer(const struct dpt_return *ret, u8 place)
{
	return (const void __user *)dpt_value(ret, place);
}

static inline bool dpt_call_writes(const struct dpt_call *call)
{
	return call->plan.action >= ACTION_WRITE && call->plan.action <= ACTION_SENDMMSG;
}

#endif
