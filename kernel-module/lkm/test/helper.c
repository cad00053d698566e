// SPDX-License-Identifier: GPL-2.0-only
/* The capture helper with the module as its source: merged records, honest counters, and nothing lost by its death. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

#define WRITES 2000
#define CPUS_MAX 64
#define OUTPUT_BYTES_MAX (64u << 20)

struct output {
	pid_t helper;
	int control; /* its standard input */
	char *bytes;
	size_t size;
};

struct sums {
	bool begun[CPUS_MAX];
	uint64_t last[CPUS_MAX], holes, known_lost[CPUS_MAX], lost;
	uint64_t time, backwards;
	unsigned long logs, outputs, counters;
};

/* Its output goes to a file, so that nobody has to read while it runs. */
static struct output start(void)
{
	struct output output = {};
	int control[2], fd = open("/tmp/output", O_RDWR | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || pipe(control) < 0)
		give_up("no output for the helper");
	output.helper = fork();
	if (output.helper == 0) {
		dup2(control[0], 0);
		dup2(fd, 1);
		close(control[1]);
		execl("/disprotrack-capture", "disprotrack-capture", "kernel-module", "--prefix", "/var/log",
		      "--ignore-tgid", "1", "--no-snapshot", NULL);
		_exit(127);
	}
	close(control[0]);
	close(fd);
	output.control = control[1];
	/* Its first counters say that it runs. */
	for (int tries = 0; tries < 1000; tries++) {
		struct stat status;

		if (stat("/tmp/output", &status) == 0 && status.st_size > 0)
			return output;
		usleep(10000);
	}
	fail("the helper wrote nothing");
	return output;
}

static void end(struct output *output, int signal)
{
	int status, fd;
	ssize_t size;

	kill(output->helper, signal);
	waitpid(output->helper, &status, 0);
	expect(signal == SIGKILL || status == 0, "the helper ended with %x", status);
	close(output->control);
	output->bytes = malloc(OUTPUT_BYTES_MAX);
	fd = open("/tmp/output", O_RDONLY);
	while ((size = read(fd, output->bytes + output->size, OUTPUT_BYTES_MAX - output->size)) > 0)
		output->size += size;
	close(fd);
}

/* The first ones of a cpu say where it begins. What is behind the last record is a loss that only they show. */
static void add_counters(struct sums *sums, const struct dpt_record *record)
{
	sums->counters++;
	if (sums->begun[record->cpu]) {
		sums->lost += record->result - sums->known_lost[record->cpu];
		if (record->sequence > sums->last[record->cpu])
			sums->holes += record->sequence - sums->last[record->cpu];
	}
	if (record->sequence > sums->last[record->cpu])
		sums->last[record->cpu] = record->sequence;
	sums->known_lost[record->cpu] = record->result;
	sums->begun[record->cpu] = true;
}

static struct sums sum(const struct output *output)
{
	struct sums sums = {};
	size_t at = 0;

	while (at + sizeof(struct dpt_record) <= output->size) {
		const struct dpt_record *record = (const void *)(output->bytes + at);

		if (record->magic != DPT_MAGIC || record->size < sizeof(*record) || record->cpu >= CPUS_MAX)
			give_up("the helper wrote what is no record");
		at += record->size;
		if (record->kind == DPT_COUNTERS)
			add_counters(&sums, record);
		if (record->kind > DPT_EXIT)
			continue;
		sums.backwards += record->monotonic_ns < sums.time;
		sums.time = record->monotonic_ns;
		sums.holes += record->sequence - sums.last[record->cpu] - 1;
		sums.last[record->cpu] = record->sequence;
		sums.logs += text_is(record, TEXT_PAYLOAD, "seen");
		sums.outputs += text_is(record, TEXT_PAYLOAD, "output");
	}
	return sums;
}

static void write_seen(void)
{
	pid_t pids[2];

	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			int fd = open("/var/log/seen.log", O_WRONLY | O_CREAT, 0644);

			for (int n = 0; n < WRITES / 2; n++)
				if (pwrite(fd, "seen", 4, 0) != 4)
					_exit(1);
			_exit(0);
		}
	}
	waitpid(pids[0], NULL, 0);
	waitpid(pids[1], NULL, 0);
}

static void write_output(void)
{
	pid_t pid = fork();
	int fds[2];

	if (pid == 0) {
		if (write_text("/sys/fs/cgroup/box/inner/cgroup.procs", "0") != 0 || pipe(fds) < 0 ||
		    dup2(fds[1], 1) < 0 || write(1, "output", 6) != 6)
			_exit(1);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void track_box(const struct output *output)
{
	struct stat status;
	char command[64];
	int bytes;

	stat("/sys/fs/cgroup/box", &status);
	bytes = snprintf(command, sizeof(command), "cgroup + %lu\n", status.st_ino);
	expect(write(output->control, command, bytes) == bytes, "it takes no commands");
	for (int tries = 0; tries < 500 && file_text(PARAMETERS "cgroups")[0] == 0; tries++)
		usleep(10000);
}

static void test_merged(void)
{
	struct output output;
	struct sums sums;

	begin("the helper merges its records and counts what is lost");
	output = start();
	write_seen();
	write_output();
	track_box(&output);
	write_output();
	end(&output, SIGTERM);
	sums = sum(&output);
	expect(sums.logs == WRITES, "%lu log writes of %d", sums.logs, WRITES);
	expect(sums.outputs == 1, "%lu of a container's output, not 1", sums.outputs);
	expect(sums.holes == 0 && sums.lost == 0, "%llu holes, %llu lost", (unsigned long long)sums.holes,
	       (unsigned long long)sums.lost);
	expect(sums.backwards == 0, "time goes back %llu times", (unsigned long long)sums.backwards);
	expect(sums.counters >= 2, "%lu counters", sums.counters);
	free(output.bytes);
	finish();
}

static void test_killed(void)
{
	struct output output;
	struct sums sums;

	begin("a helper that was killed finds what came since");
	output = start();
	end(&output, SIGKILL);
	free(output.bytes);
	write_seen();
	output = start();
	end(&output, SIGTERM);
	sums = sum(&output);
	expect(sums.logs == WRITES, "%lu log writes of %d", sums.logs, WRITES);
	expect(sums.holes == 0 && sums.lost == 0, "%llu holes, %llu lost", (unsigned long long)sums.holes,
	       (unsigned long long)sums.lost);
	free(output.bytes);
	finish();
}

void test_helper(void)
{
	if (load_module("") != 0)
		give_up("can't load the module");
	test_merged();
	test_killed();
	expect(unload_module() == 0, "can't unload");
}
