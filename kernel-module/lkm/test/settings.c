// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

struct seen {
	uint32_t tgid;
	int records, writes, logs;
};

static void count(const struct dpt_record *record, void *context)
{
	struct seen *seen = context;

	if (record->tgid != seen->tgid)
		return;
	seen->records++;
	seen->logs += !!(record->flags & DPT_FLAG_LOG);
	seen->writes += record->kind == DPT_SYSCALL && record->syscall == 1;
}

static void set(const char *parameter, const char *value)
{
	char path[128];
	int error;

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	error = write_text(path, value);
	expect(error == 0, "%s=%s gives %s", parameter, value, strerror(error));
}

static void expect_refused(const char *parameter, const char *value)
{
	char path[128], before[256];
	int error;

	snprintf(path, sizeof(path), PARAMETERS "%s", parameter);
	snprintf(before, sizeof(before), "%s", file_text(path));
	error = write_text(path, value);
	expect(error == EINVAL, "%s=%s gives %s", parameter, value, strerror(error));
	expect(strcmp(file_text(path), before) == 0, "%s changed to %s", parameter, file_text(path));
}

static void act(const char *path, const char *cgroup)
{
	int fds[2], fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (cgroup != NULL && write_text(cgroup, "0") != 0)
		_exit(1);
	if (pipe(fds) < 0 || dup2(fds[1], 1) < 0 || write(fd, "to a file", 9) != 9 || write(1, "out", 3) != 3)
		_exit(1);
	_exit(0);
}

/* What a child's two writes, to a file and to its output, make. */
static struct seen watch(const char *path, const char *cgroup)
{
	struct seen seen = {};

	drain(NULL, NULL);
	seen.tgid = fork();
	if (seen.tgid == 0)
		act(path, cgroup);
	drain_while(seen.tgid, count, &seen);
	return seen;
}

static void expect_logs(const char *path, const char *cgroup, int logs)
{
	struct seen seen = watch(path, cgroup);

	expect(seen.logs == logs, "%d log writes, not %d", seen.logs, logs);
}

static void test_prefixes(void)
{
	begin("prefixes can be changed while it runs");
	set("cgroups", "none");
	expect_logs("/var/log/a", NULL, 1);
	expect_logs("/tmp/logs/a", NULL, 0);
	set("prefixes", "/tmp/logs:/elsewhere");
	expect_logs("/var/log/a", NULL, 0);
	expect_logs("/tmp/logs/a", NULL, 1);
	expect(strcmp(file_text(PARAMETERS "prefixes"), "/tmp/logs:/elsewhere") == 0, "prefixes reads %s",
	       file_text(PARAMETERS "prefixes"));
	set("prefixes", "\n");
	expect_logs("/tmp/logs/a", NULL, 0);
	expect_refused("prefixes", "/var/log:relative");
	set("prefixes", "/var/log");
	finish();
}

static void test_cgroups(void)
{
	static const char box[] = "/sys/fs/cgroup/box/inner/cgroup.procs";
	char word[32];
	struct stat status;

	begin("cgroups can be tracked and let go while it runs");
	stat("/sys/fs/cgroup/box", &status);
	expect_logs("/tmp/a", box, 0);
	snprintf(word, sizeof(word), "+%lu", status.st_ino);
	set("cgroups", word);
	expect_logs("/tmp/a", box, 1);
	expect_logs("/tmp/a", NULL, 0);
	expect(strcmp(file_text(PARAMETERS "cgroups"), word + 1) == 0, "cgroups reads %s",
	       file_text(PARAMETERS "cgroups"));
	expect_refused("cgroups", "+many");
	word[0] = '-';
	set("cgroups", word);
	expect_logs("/tmp/a", box, 0);
	set("cgroups", "all");
	expect_logs("/tmp/a", box, 1);
	expect_logs("/tmp/a", NULL, 0);
	set("cgroups", "none");
	finish();
}

static void test_only(void)
{
	struct seen seen;

	begin("less can be recorded");
	set("skipped", "write,close");
	seen = watch("/var/log/a", NULL);
	expect(seen.writes == 1 && seen.logs == 1, "skipped: %d writes, %d logs", seen.writes, seen.logs);
	expect_refused("skipped", "write,no-such-call");
	set("skipped", "\n");
	set("only_logs", "Y");
	seen = watch("/var/log/a", NULL);
	expect(seen.writes == 1 && seen.logs == 1 && seen.records > 1, "only_logs: %d writes of %d", seen.writes,
	       seen.records);
	set("only_logs", "N");
	set("only_cgroups", "Y");
	seen = watch("/var/log/a", NULL);
	expect(seen.records == 0, "only_cgroups: %d records", seen.records);
	set("only_cgroups", "N");
	finish();
}

static void test_ignored(void)
{
	struct seen seen = {};
	char word[32];
	int fds[2];

	begin("a process can be ignored");
	drain(NULL, NULL);
	if (pipe(fds) < 0)
		give_up("pipe");
	seen.tgid = fork();
	if (seen.tgid == 0) {
		char byte;

		if (read(fds[0], &byte, 1) == 1)
			act("/var/log/a", NULL);
	}
	snprintf(word, sizeof(word), "+%u", seen.tgid);
	set("ignored", word);
	drain(NULL, NULL);
	if (write(fds[1], "", 1) != 1)
		fail("could not wake it");
	drain_while(seen.tgid, count, &seen);
	expect(seen.records == 0, "%d records", seen.records);
	expect_refused("ignored", "+0");
	word[0] = '-';
	set("ignored", word);
	expect(file_text(PARAMETERS "ignored")[0] == 0, "ignored reads %s", file_text(PARAMETERS "ignored"));
	close(fds[0]);
	close(fds[1]);
	finish();
}

void test_settings(void)
{
	mkdir("/tmp/logs", 0755);
	test_prefixes();
	test_cgroups();
	test_only();
	test_ignored();
}
