// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

#define WRITES 20000

static void count(const struct dpt_record *record, void *context)
{
	unsigned long *records = context;

	*records += record->kind == DPT_SYSCALL && record->flags & DPT_FLAG_LOG;
}

static void write_much(void)
{
	int i, fd = open("/var/log/much.log", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	for (i = 0; i < WRITES; i++)
		if (pwrite(fd, "much", 4, 0) != 4)
			_exit(1);
	_exit(0);
}

static void run(void)
{
	pid_t pid = fork();

	if (pid == 0)
		write_much();
	waitpid(pid, NULL, 0);
}

void test_loss(void)
{
	unsigned long records = 0;
	uint64_t lost, attempts;

	begin("what a full ring loses is counted, and no writer waits");
	if (load_module("ring_bytes=262144") != 0)
		give_up("can't load the module");
	open_records();
	run();
	run();
	attempts = counter("attempts");
	lost = counter("lost_ring");
	expect(lost > WRITES, "only %llu are lost", (unsigned long long)lost);
	drain(count, &records);
	expect(records > 0 && records < 2 * WRITES, "%lu records", records);
	expect(holes() == lost + counter("lost_source"), "%llu holes, %llu lost", (unsigned long long)holes(),
	       (unsigned long long)lost);
	/* The first record behind the loss shows it. */
	records = 0;
	drain_while(fork() ?: (write_much(), 0), count, &records);
	expect(counter("attempts") > attempts + WRITES, "attempts went from %llu to %llu",
	       (unsigned long long)attempts, (unsigned long long)counter("attempts"));
	expect(holes() == counter("lost_ring") + counter("lost_source"), "%llu holes, %llu lost",
	       (unsigned long long)holes(), (unsigned long long)counter("lost_ring"));
	close_records();
	expect(unload_module() == 0, "can't unload");
	finish();
}
