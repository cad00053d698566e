// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

#define CYCLES 50
#define BUSY 3

static char kernel_log[1 << 20];

static const char *read_kernel_log(void)
{
	int bytes = klogctl(3 /* SYSLOG_ACTION_READ_ALL */, kernel_log, sizeof(kernel_log) - 1);

	kernel_log[bytes > 0 ? bytes : 0] = 0;
	return kernel_log;
}

static void test_refused(void)
{
	static const struct {
		const char *parameters, *said;
	} wrong[] = {
		{ "ring_bytes=1000000", "ring_bytes=1000000 is not a power of two" },
		{ "ring_bytes=4096", "ring_bytes=4096 is not a power of two from" },
		{ "prefixes=var/log", "\"var/log\" is not an absolute path" },
		{ "prefixes=/a:/b:/c:/d:/e:/f:/g:/h:/i:/j:/k:/l:/m:/n:/o:/p:/q", "there are at most 16" },
		{ "prefixes=/ok cgroups=+12,x", "\"x\" is not +ID" },
		{ "skipped=nonsense", "no syscall \"nonsense\" is recorded" },
		{ "ignored=-", "\"-\" is not +TGID" },
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		int error;

		begin("refuses %s", wrong[i].parameters);
		error = load_module(wrong[i].parameters);
		expect(error == EINVAL, "it gives %s", strerror(error));
		expect(strstr(read_kernel_log(), wrong[i].said) != NULL, "the kernel's log has no \"%s\"",
		       wrong[i].said);
		if (error == 0)
			unload_module();
		finish();
	}
	begin("takes what is right at load");
	expect(load_module("ring_bytes=524288 prefixes=/a:/b/ cgroups=12,+v1:13 skipped=read ignored=7") == 0,
	       "it is refused");
	expect(strcmp(file_text(PARAMETERS "prefixes"), "/a:/b") == 0, "prefixes reads %s",
	       file_text(PARAMETERS "prefixes"));
	expect(strstr(file_text(PARAMETERS "cgroups"), "v1:13") != NULL, "cgroups reads %s",
	       file_text(PARAMETERS "cgroups"));
	expect(strcmp(file_text(PARAMETERS "skipped"), "read") == 0, "skipped reads %s",
	       file_text(PARAMETERS "skipped"));
	expect(unload_module() == 0, "can't unload");
	finish();
}

static void be_busy(int kind)
{
	int fd = open("/var/log/busy.log", O_WRONLY | O_CREAT, 0644);

	/* The load is to be met at any moment, not to keep the tester from its turn. */
	if (nice(19) < 0)
		_exit(1);
	for (;;) {
		if (kind < 2) {
			if (pwrite(fd, "busy", 4, 0) != 4)
				_exit(1);
		} else {
			pid_t pid = fork();

			if (pid == 0) {
				execl("/init", "busy", NULL);
				_exit(0);
			}
			waitpid(pid, NULL, 0);
		}
	}
}

static void test_cycles(void)
{
	pid_t busy[BUSY];
	int i, error;

	begin("%d times loaded and unloaded under load", CYCLES);
	for (i = 0; i < BUSY; i++) {
		busy[i] = fork();
		if (busy[i] == 0)
			be_busy(i);
	}
	for (i = 0; i < CYCLES; i++) {
		error = load_module("ring_bytes=262144");
		if (error != 0) {
			fail("load %d gives %s", i, strerror(error));
			break;
		}
		if (i % 10 == 0) {
			open_records();
			usleep(20000);
			expect(drain(NULL, NULL) > 0, "no records");
			close_records();
		}
		error = unload_module();
		if (error != 0) {
			fail("unload %d gives %s", i, strerror(error));
			break;
		}
	}
	for (i = 0; i < BUSY; i++) {
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
	finish();
}

static void test_clean(void)
{
	static const char *const bad[] = {
		"WARNING:", "BUG:", "Oops", "KASAN", "UBSAN", "Call Trace:", "possible recursive locking",
		"possible circular locking", "scheduling while atomic", "sleeping function", "rcu_sched self-detected",
		"general protection", "kmemleak:", "refcount_t:",
	};
	const char *log = read_kernel_log();
	size_t i;

	begin("the kernel complains of nothing");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		const char *at = strstr(log, bad[i]);

		expect(at == NULL, "%.400s", at);
	}
	finish();
}

void test_lifecycle(void)
{
	test_refused();
	test_cycles();
	test_clean();
}
