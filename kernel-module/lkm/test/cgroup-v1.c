// SPDX-License-Identifier: GPL-2.0-only
/* A hybrid host: containers are told apart by version 1's controller of pids. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

#define PIDS "/run/pids"

struct boxed {
	uint32_t tgid;
	uint64_t cgroup;
	int outputs, execs;
};

static void compare(const struct dpt_record *record, void *context)
{
	struct boxed *boxed = context;

	if (record->tgid != boxed->tgid)
		return;
	if (record->kind == DPT_EXEC) {
		boxed->execs++;
		expect(text_is(record, TEXT_CGROUP, "/one/two"), "the exec's cgroup is another");
	}
	if (!text_is(record, TEXT_PAYLOAD, "boxed"))
		return;
	boxed->outputs++;
	expect(record->flags & DPT_FLAG_CONTAINER_STDIO, "flags are %x", record->flags);
	expect(record->cgroup_v1 == boxed->cgroup, "cgroup is %llu, not %llu", (unsigned long long)record->cgroup_v1,
	       (unsigned long long)boxed->cgroup);
	expect(record->cgroup_v2 != 0, "it has no cgroup of version 2");
}

static void be_boxed(void)
{
	int fds[2];

	if (write_text(PIDS "/one/two/cgroup.procs", "0") != 0 || pipe(fds) < 0 || dup2(fds[1], 1) < 0 ||
	    write(1, "boxed", 5) != 5)
		_exit(1);
	execl("/init", "boxed", NULL);
	_exit(1);
}

static void test_boxed(void)
{
	struct boxed boxed = {};
	struct stat status;
	char word[40];

	mkdir(PIDS "/one", 0755);
	mkdir(PIDS "/one/two", 0755);
	stat(PIDS "/one", &status);
	snprintf(word, sizeof(word), "+v1:%lu", status.st_ino);
	expect(write_text(PARAMETERS "cgroups", word) == 0, "it is not tracked");
	stat(PIDS "/one/two", &status);
	boxed.cgroup = status.st_ino;
	drain(NULL, NULL);
	boxed.tgid = fork();
	if (boxed.tgid == 0)
		be_boxed();
	drain_while(boxed.tgid, compare, &boxed);
	expect(boxed.outputs == 1 && boxed.execs == 1, "%d outputs, %d execs", boxed.outputs, boxed.execs);
	write_text(PARAMETERS "cgroups", "none");
	rmdir(PIDS "/one/two");
	rmdir(PIDS "/one");
}

void test_cgroup_v1(void)
{
	begin("a container is known by a cgroup of version 1");
	mkdir(PIDS, 0755);
	if (mount("none", PIDS, "cgroup", 0, "pids") < 0)
		fail("version 1 of pids can't be mounted: %s", strerror(errno));
	else
		test_boxed();
	umount(PIDS);
	finish();
}
