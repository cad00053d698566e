/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One syscall made for real, and the record that has to come of it. An action runs in a process of its own; what it
 * learns about its objects from user space (fstat, getsockname, …) is what the record is compared with.
 */
#ifndef TEST_CASE_H
#define TEST_CASE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "../../abi.h"

#define WANTED_TEXT_MAX 512

/* Shared between the action's process and the tester. */
struct wanted {
	int kind; /* DPT_SYSCALL unless said otherwise */
	long number;
	long result;
	unsigned long args[6];
	bool any_args; /* compat calls that are rewritten, exec */
	uint32_t flags; /* these, and no others but io_uring */
	int records;    /* 1 unless said otherwise; 0: there must be none */

	bool has_object, has_object2, has_path, has_path2, has_exe, has_fds, has_local, has_remote, has_payload;
	struct dpt_object object, object2;
	char path[WANTED_TEXT_MAX], path2[WANTED_TEXT_MAX], exe[WANTED_TEXT_MAX];
	char argv[WANTED_TEXT_MAX];
	uint32_t argv_bytes; /* 0: not compared */
	int32_t fds[2];
	struct dpt_address local, remote;
	uint32_t peer_inode;
	char payload[WANTED_TEXT_MAX];
	uint32_t payload_bytes;
	uint32_t child_tgid;

	char problem[256]; /* why the action could not be done */
};

struct test_case {
	const char *syscall; /* as call-list.h names it */
	const char *story;
	void (*act)(struct wanted *wanted);
	bool may_lack; /* a kernel of those tested does not have it */
};

extern const struct test_case file_cases[], path_cases[], socket_cases[], process_cases[], log_cases[], compat_cases[];

/* Makes the call, and notes number, arguments and result. Six arguments as longs. */
long act_call(struct wanted *wanted, long number, long a, long b, long c, long d, long e, long f);
#define ACT(wanted, name, ...) act_padded(wanted, SYS_##name, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define act_padded(wanted, number, a, b, c, d, e, f, ...)                                                              \
	act_call(wanted, number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

void want_object(struct wanted *wanted, int fd);
void want_object2(struct wanted *wanted, int fd);
void want_path(struct wanted *wanted, const char *path);
void want_path2(struct wanted *wanted, const char *path);
/* Of the image, and the arguments that come after it. */
void want_image(struct wanted *wanted, const char *exe, const char *argv, size_t argv_bytes);
void want_fds(struct wanted *wanted, const int fds[2]);
/* By getsockname and getpeername. */
void want_ends(struct wanted *wanted, int fd);
void want_local(struct wanted *wanted, const struct sockaddr *address);
void want_remote(struct wanted *wanted, const struct sockaddr *address);
void want_log(struct wanted *wanted, uint32_t flags, const char *payload, uint32_t bytes);
void problem(struct wanted *wanted, const char *what);

/* Opens or makes; a problem where it can't. */
int need_file(struct wanted *wanted, const char *path, const char *content);

/* Runs all cases of all lists, and looks whether every call of call-list.h that this kernel has is among them. */
void run_cases(void);

#endif
