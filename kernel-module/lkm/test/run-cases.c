// SPDX-License-Identifier: GPL-2.0-only
/* Runs an action, finds the records that it made, and compares. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../call-list.h"
#include "case.h"
#include "records.h"
#include "report.h"

static const struct test_case *const lists[] = {
	file_cases, path_cases, socket_cases, process_cases, log_cases, compat_cases,
};

struct search {
	const struct wanted *wanted;
	uint32_t tgid;
	int found;
};

static void compare_object(const char *what, const struct dpt_object *is, const struct dpt_object *wanted)
{
	struct dpt_object seen = *is;

	/* A pidfd's inode has a type that fstat does not show. */
	if ((wanted->mode & S_IFMT) == 0)
		seen.mode &= ~S_IFMT;
	expect(memcmp(&seen, wanted, sizeof(seen)) == 0, "%s is inode %llu device %x mode %o, not %llu %x %o", what,
	       (unsigned long long)is->inode, is->device, is->mode, (unsigned long long)wanted->inode, wanted->device,
	       wanted->mode);
}

static void compare_address(const char *what, const struct dpt_address *is, const struct dpt_address *wanted)
{
	expect(memcmp(is, wanted, sizeof(*is)) == 0, "%s is family %u %u.%u.%u.%u port %u, not family %u port %u", what,
	       is->family, is->ip[0], is->ip[1], is->ip[2], is->ip[3], is->port, wanted->family, wanted->port);
}

static void compare_text(const struct dpt_record *record, const char *what, enum text text, const char *wanted)
{
	uint32_t bytes;
	const char *is = text_of(record, text, &bytes);

	expect(text_is(record, text, wanted), "%s is \"%.*s\", not \"%s\"", what, (int)bytes, is, wanted);
}

static void compare_argv(const struct dpt_record *record, const struct wanted *wanted)
{
	uint32_t bytes;
	const char *is = text_of(record, TEXT_ARGV, &bytes);

	expect(bytes == wanted->argv_bytes && memcmp(is, wanted->argv, bytes) == 0,
	       "argv is %u bytes from \"%.*s\", not %u", bytes, (int)bytes, is, wanted->argv_bytes);
}

static void compare_payload(const struct dpt_record *record, const struct wanted *wanted)
{
	uint32_t bytes;
	const char *is = text_of(record, TEXT_PAYLOAD, &bytes);

	expect(bytes == wanted->payload_bytes && memcmp(is, wanted->payload, bytes) == 0,
	       "payload is %u bytes \"%.*s\", not %u \"%.*s\"", bytes, (int)bytes, is, wanted->payload_bytes,
	       (int)wanted->payload_bytes, wanted->payload);
	expect(record->payload_bytes == wanted->payload_bytes, "payload_bytes is %llu",
	       (unsigned long long)record->payload_bytes);
}

static void compare(const struct dpt_record *record, const struct wanted *wanted)
{
	uint32_t flags = record->flags & ~DPT_FLAG_IO_URING;
	int i;

	expect(flags == wanted->flags, "flags are %x, not %x", flags, wanted->flags);
	for (i = 0; i < 6 && !wanted->any_args; i++)
		expect(record->args[i] == wanted->args[i], "argument %d is %llx, not %lx", i,
		       (unsigned long long)record->args[i], wanted->args[i]);
	if (wanted->has_object)
		compare_object("object", &record->object, &wanted->object);
	if (wanted->has_object2)
		compare_object("object2", &record->object2, &wanted->object2);
	if (wanted->has_path)
		compare_text(record, "path", TEXT_PATH, wanted->path);
	if (wanted->has_path2)
		compare_text(record, "path2", TEXT_PATH2, wanted->path2);
	if (wanted->has_exe)
		compare_text(record, "exe", TEXT_EXE, wanted->exe);
	if (wanted->argv_bytes > 0)
		compare_argv(record, wanted);
	if (wanted->has_fds)
		expect(memcmp(record->fds, wanted->fds, sizeof(wanted->fds)) == 0, "fds are %d %d, not %d %d",
		       record->fds[0], record->fds[1], wanted->fds[0], wanted->fds[1]);
	if (wanted->has_local)
		compare_address("local", &record->socket.local, &wanted->local);
	if (wanted->has_remote)
		compare_address("remote", &record->socket.remote, &wanted->remote);
	if (wanted->peer_inode)
		expect(record->socket.peer_inode == wanted->peer_inode, "peer inode is %u, not %u",
		       record->socket.peer_inode, wanted->peer_inode);
	if (wanted->has_payload)
		compare_payload(record, wanted);
	if (wanted->child_tgid)
		expect(record->child_tgid == wanted->child_tgid, "child is %u, not %u", record->child_tgid,
		       wanted->child_tgid);
}

static bool is_it(const struct dpt_record *record, const struct search *search)
{
	const struct wanted *wanted = search->wanted;
	int i;

	if (record->tgid != search->tgid || record->kind != wanted->kind)
		return false;
	if (wanted->kind != DPT_SYSCALL)
		return true;
	if (record->syscall != wanted->number || record->result != wanted->result)
		return false;
	/* The descriptor or the like; a preparation may have made the same call with another. */
	for (i = 0; i < 3 && !wanted->any_args; i++)
		if (record->args[i] != wanted->args[i])
			return false;
	return (record->flags & DPT_FLAG_COMPAT) == (wanted->flags & DPT_FLAG_COMPAT);
}

static void look(const struct dpt_record *record, void *context)
{
	struct search *search = context;

	if (!is_it(record, search))
		return;
	/* Of messages, the first is looked at, and all are counted. */
	if (search->found++ == 0)
		compare(record, search->wanted);
}

static int start_action(const struct test_case *test, struct wanted *wanted)
{
	pid_t pid = fork();

	if (pid < 0)
		give_up("fork: %s", strerror(errno));
	if (pid > 0)
		return pid;
	signal(SIGPIPE, SIG_IGN);
	if (chdir("/tmp") == 0)
		test->act(wanted);
	_exit(0);
}

static void run_case(const struct test_case *test, struct wanted *wanted)
{
	struct search search = { .wanted = wanted };

	begin("%s: %s", test->syscall, test->story);
	memset(wanted, 0, sizeof(*wanted));
	wanted->kind = DPT_SYSCALL;
	wanted->records = 1;
	drain(NULL, NULL);
	search.tgid = start_action(test, wanted);
	waitpid(search.tgid, NULL, 0);
	if (wanted->problem[0] != 0)
		fail("could not be tried: %s", wanted->problem);
	else if (test->may_lack && wanted->result == -ENOSYS)
		say("%s is not there", test->syscall);
	else
		drain(look, &search);
	if (search.tgid && !(test->may_lack && wanted->result == -ENOSYS) && wanted->problem[0] == 0)
		expect(search.found == wanted->records, "%d records with result %ld, not %d", search.found,
		       wanted->result, wanted->records);
	finish();
}

#define ENTRY(name, ...) #name,
static const char *const recorded[] = { CALL_LIST(ENTRY) };

static bool has_case(const char *name)
{
	size_t list;
	int i;

	for (list = 0; list < sizeof(lists) / sizeof(lists[0]); list++)
		for (i = 0; lists[list][i].syscall; i++)
			if (strcmp(lists[list][i].syscall, name) == 0)
				return true;
	return false;
}

void run_cases(void)
{
	struct wanted *wanted = mmap(NULL, sizeof(*wanted), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	size_t list, i;

	for (list = 0; list < sizeof(lists) / sizeof(lists[0]); list++)
		for (i = 0; lists[list][i].syscall; i++)
			run_case(&lists[list][i], wanted);
	begin("every recorded syscall has a case");
	for (i = 0; i < sizeof(recorded) / sizeof(recorded[0]); i++)
		expect(has_case(recorded[i]), "%s has none", recorded[i]);
	finish();
	munmap(wanted, sizeof(*wanted));
}
