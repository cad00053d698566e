/* SPDX-License-Identifier: GPL-2.0-only */
/* A syscall that is recorded, and one return of it. */
#ifndef DPT_CALL_H
#define DPT_CALL_H

#include "draft.h"
#include "log-payload.h"

enum dpt_verdict { DPT_DROP, DPT_KEEP };

struct dpt_return {
	const struct dpt_call *call;
	struct dpt_draft *draft;
	unsigned int number;
	unsigned long args[6];
	long result;
	bool compat;
	/* Of a log write. */
	struct dpt_payload payload;
	/* Of sendmmsg: each message is a log write of its own. */
	const void __user *messages;
};

struct dpt_call {
	const char *name;
	/* Objects, addresses and texts; whether there is anything to record. */
	enum dpt_verdict (*fill)(struct dpt_return *ret);
	/* Which arguments `fill` looks at, in the order in which it says so; -1 for the working directory. */
	s8 at[4];
	/* Set by an operator. */
	bool skipped;
};

/* The current task's argument that the call has at place `i` of its `at`. */
static inline unsigned long dpt_arg(const struct dpt_return *ret, int i)
{
	return ret->args[(u8)ret->call->at[i]];
}

/* NULL where it is not recorded. */
struct dpt_call *dpt_call_find(unsigned int number, bool compat);
void dpt_calls_create(void);

/* Names apart by commas or spaces; replaces what there was, or nothing where one is not recorded anyway. */
int dpt_calls_skip(const char *names);
int dpt_calls_show_skipped(char *page);

/* file-calls.c. `at` in brackets. */
enum dpt_verdict dpt_fill_open(struct dpt_return *ret);        /* [directory, path] */
enum dpt_verdict dpt_fill_fd(struct dpt_return *ret);          /* [fd] */
enum dpt_verdict dpt_fill_fd_path(struct dpt_return *ret);     /* [fd] */
enum dpt_verdict dpt_fill_two_fds(struct dpt_return *ret);     /* [fd, fd] */
enum dpt_verdict dpt_fill_result_fd(struct dpt_return *ret);   /* [] */
enum dpt_verdict dpt_fill_fcntl(struct dpt_return *ret);       /* [fd, command] */
enum dpt_verdict dpt_fill_pipe(struct dpt_return *ret);        /* [fds] */
enum dpt_verdict dpt_fill_write(struct dpt_return *ret);       /* [fd, buffer] */
enum dpt_verdict dpt_fill_writev(struct dpt_return *ret);      /* [fd, array, count] */
enum dpt_verdict dpt_fill_path(struct dpt_return *ret);        /* [directory, path] */
enum dpt_verdict dpt_fill_two_paths(struct dpt_return *ret);   /* [directory, path, directory, path] */
enum dpt_verdict dpt_fill_path_and_text(struct dpt_return *ret); /* [directory, path, text] */
enum dpt_verdict dpt_fill_mmap(struct dpt_return *ret);        /* [fd] */
enum dpt_verdict dpt_fill_mprotect(struct dpt_return *ret);    /* [address, -, protection] */

/* socket-calls.c */
enum dpt_verdict dpt_fill_socket(struct dpt_return *ret);      /* [] */
enum dpt_verdict dpt_fill_socketpair(struct dpt_return *ret);  /* [fds] */
enum dpt_verdict dpt_fill_bind(struct dpt_return *ret);        /* [fd, address, bytes] */
enum dpt_verdict dpt_fill_connect(struct dpt_return *ret);     /* [fd, address, bytes] */
enum dpt_verdict dpt_fill_accept(struct dpt_return *ret);      /* [fd] */
enum dpt_verdict dpt_fill_sendto(struct dpt_return *ret);      /* [fd, buffer, address, bytes] */
enum dpt_verdict dpt_fill_recvfrom(struct dpt_return *ret);    /* [fd, address, bytes] */
enum dpt_verdict dpt_fill_sendmsg(struct dpt_return *ret);     /* [fd, message] */
enum dpt_verdict dpt_fill_recvmsg(struct dpt_return *ret);     /* [fd, message] */
enum dpt_verdict dpt_fill_sendmmsg(struct dpt_return *ret);    /* [fd, messages] */
enum dpt_verdict dpt_fill_socketcall(struct dpt_return *ret);  /* [call, arguments] */
/* Of sendmmsg to a log socket: a record, or several, for each message. */
void dpt_messages_write(struct dpt_return *ret);

/* process-calls.c */
enum dpt_verdict dpt_fill_nothing(struct dpt_return *ret);     /* [] */
enum dpt_verdict dpt_fill_failed_fork(struct dpt_return *ret); /* [] */
enum dpt_verdict dpt_fill_failed_exec(struct dpt_return *ret); /* [directory, path] */
enum dpt_verdict dpt_fill_target(struct dpt_return *ret);      /* [pid] */

/* Whether a file may have another path after it. */
static inline bool dpt_changes_paths(const struct dpt_call *call)
{
	return call->fill == dpt_fill_two_paths || call->fill == dpt_fill_path_and_text;
}

/* Whether it can be a log write. */
static inline bool dpt_can_log(const struct dpt_call *call)
{
	return call->fill == dpt_fill_write || call->fill == dpt_fill_writev || call->fill == dpt_fill_sendto ||
	       call->fill == dpt_fill_sendmsg || call->fill == dpt_fill_sendmmsg || call->fill == dpt_fill_socketcall;
}

#endif
