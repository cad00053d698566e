// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

static void test_alone(void)
{
	struct stat status;

	begin("the device is for one reader, and root");
	stat(DEVICE, &status);
	expect((status.st_mode & 07777) == 0600 && status.st_uid == 0, "mode is %o", status.st_mode);
	expect(open(DEVICE, O_RDONLY) < 0 && errno == EBUSY, "a second one gets %s", strerror(errno));
	expect(unload_module() == EWOULDBLOCK, "unloading while it is open: %s", strerror(errno));
	finish();
}

static void make_records(int count)
{
	pid_t pid = fork();

	if (pid == 0) {
		while (count-- > 0)
			close(open("/tmp/record", O_WRONLY | O_CREAT, 0600));
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void test_small_reads(void)
{
	char bytes[2000] __attribute__((aligned(8)));
	unsigned int reads = 0;
	ssize_t size;
	int fd;

	begin("a small buffer gets whole records");
	drain(NULL, NULL);
	close_records();
	fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	make_records(50);
	expect(read(fd, bytes, 100) < 0 && errno == EMSGSIZE, "100 bytes are enough");
	while ((size = read(fd, bytes, sizeof(bytes))) > 0) {
		const struct dpt_record *record = (const void *)bytes;
		ssize_t at = 0;

		for (; at < size; at += record->size) {
			record = (const void *)(bytes + at);
			if (record->magic != DPT_MAGIC || record->size == 0)
				give_up("a small read begins amid a record");
		}
		expect(at == size, "a read ends amid a record");
		reads++;
	}
	expect(reads > 5, "only %u reads", reads);
	close(fd);
	finish();
}

static void test_poll(void)
{
	struct pollfd waiting = { .events = POLLIN };
	struct timespec before, after;
	int ready;
	pid_t pid;

	begin("poll waits for a record, and no longer");
	waiting.fd = open(DEVICE, O_RDONLY | O_NONBLOCK);
	pid = fork();
	if (pid == 0) {
		usleep(300000);
		close(open("/tmp/record", O_WRONLY | O_CREAT, 0600));
		pause();
	}
	usleep(100000);
	{
		static char bytes[1 << 20];

		while (read(waiting.fd, bytes, sizeof(bytes)) > 0)
			;
	}
	expect(poll(&waiting, 1, 0) == 0, "there is something to read at once");
	clock_gettime(CLOCK_MONOTONIC, &before);
	ready = poll(&waiting, 1, 10000);
	clock_gettime(CLOCK_MONOTONIC, &after);
	expect(ready == 1 && waiting.revents == POLLIN, "poll gives %d", ready);
	expect(after.tv_sec - before.tv_sec < 5, "it took %ld s", (long)(after.tv_sec - before.tv_sec));
	kill(pid, 9);
	waitpid(pid, NULL, 0);
	close(waiting.fd);
	finish();
}

static void test_hotplug(void)
{
	static const char cpu[] = "/sys/devices/system/cpu/cpu1/online";

	begin("a cpu that goes keeps its records, and may come back");
	make_records(100);
	expect(write_text(cpu, "0") == 0, "it does not go");
	make_records(100);
	expect(write_text(cpu, "1") == 0, "it does not come");
	make_records(100);
	expect(drain(NULL, NULL) > 300, "records are missing");
	expect(holes() == 0, "%llu holes", (unsigned long long)holes());
	finish();
}

void test_device(void)
{
	test_alone();
	test_small_reads();
	test_poll();
	/* Sequences went on while others read. */
	unload_module();
	if (load_module("") != 0)
		give_up("can't load the module again");
	open_records();
	test_hotplug();
}
