// SPDX-License-Identifier: GPL-2.0-only
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

const char usage[] =
	"usage: disprotrack-capture ebpf|kernel-module|audit [OPTION]…   records on standard output\n"
	"       disprotrack-capture probe                               what this kernel can run, as JSON\n"
	"       disprotrack-capture keep SOCKET -- PROGRAM [WORD]…      holds records until their reader has kept them\n"
	"       disprotrack-capture syscalls                            names and numbers of what is recorded\n"
	"       disprotrack-capture unwind FILE                         by what rules callers are found in a program\n"
	"\n"
	"  --prefix PATH        log files are PATH, or below it; may be repeated (default /var/log)\n"
	"  --cgroup CGROUP      what this container writes to descriptors 1 and 2 is a log: a directory of\n"
	"                       /sys/fs/cgroup, its inode, or v1:INODE; may be repeated\n"
	"  --all-cgroups        every container's, and every service's\n"
	"  --only-cgroups       record nothing of processes outside of these\n"
	"  --ignore-tgid PID    record nothing of this process, or of the helper's `parent`; may be repeated. The\n"
	"                       helper ignores itself\n"
	"  --no-syscalls A,B    do not record these\n"
	"  --only-logs          of calls that write, record those that write logs\n"
	"  --no-payloads        do not record what is written to logs\n"
	"  --stacks             eBPF: record who called for what is written to logs, down to the thread's first function\n"
	"  --no-snapshot        do not begin with the processes and descriptors that are there\n"
	"  --portable           eBPF: the programs for kernels before 6.2, on any kernel\n"
	"  --lossy              audit: lose records rather than hold applications back\n"
	"  --ring-bytes N       of each processor's ring, a power of two\n"
	"  --duration S         end after S seconds\n"
	"  --status-fd N        write a line of JSON to descriptor N every second\n"
	"\n"
	"Lines on standard input: cgroup + CGROUP, cgroup - CGROUP, ignore PID.\n"
	"Ends, with what there still is, by SIGINT, SIGTERM or when nobody reads.\n";

enum { PREFIX = 256, CGROUP, ALL_CGROUPS, ONLY_CGROUPS, IGNORE_TGID, NO_SYSCALLS, ONLY_LOGS, NO_PAYLOADS, NO_SNAPSHOT,
       PORTABLE, STACKS, LOSSY, RING_BYTES, DURATION, STATUS_FD };

static const struct option known[] = {
	{ "prefix", required_argument, NULL, PREFIX },
	{ "cgroup", required_argument, NULL, CGROUP },
	{ "all-cgroups", no_argument, NULL, ALL_CGROUPS },
	{ "only-cgroups", no_argument, NULL, ONLY_CGROUPS },
	{ "ignore-tgid", required_argument, NULL, IGNORE_TGID },
	{ "no-syscalls", required_argument, NULL, NO_SYSCALLS },
	{ "only-logs", no_argument, NULL, ONLY_LOGS },
	{ "no-payloads", no_argument, NULL, NO_PAYLOADS },
	{ "no-snapshot", no_argument, NULL, NO_SNAPSHOT },
	{ "stacks", no_argument, NULL, STACKS },
	{ "portable", no_argument, NULL, PORTABLE },
	{ "lossy", no_argument, NULL, LOSSY },
	{ "ring-bytes", required_argument, NULL, RING_BYTES },
	{ "duration", required_argument, NULL, DURATION },
	{ "status-fd", required_argument, NULL, STATUS_FD },
	{ NULL, 0, NULL, 0 },
};

static int refuse(const char *format, ...)
{
	va_list values;

	fputs("disprotrack-capture: ", stderr);
	va_start(values, format);
	vfprintf(stderr, format, values);
	va_end(values);
	fputc('\n', stderr);
	return -1;
}

/* False where it is no number from `least` to `most`. */
static bool number(const char *text, double least, double most, double *to)
{
	char *end;

	*to = strtod(text, &end);
	return end != text && *end == 0 && *to >= least && *to <= most;
}

static int add_prefix(struct options *options, const char *path)
{
	if (path[0] != '/' || strlen(path) > OPTION_PREFIX_BYTES_MAX)
		return refuse("--prefix %s: an absolute path of at most %d bytes is wanted", path, OPTION_PREFIX_BYTES_MAX);
	if (options->prefix_count == OPTION_PREFIXES_MAX)
		return refuse("--prefix: at most %d", OPTION_PREFIXES_MAX);
	options->prefixes[options->prefix_count++] = path;
	return 0;
}

static int add_cgroup(struct options *options, const char *text)
{
	if (options->cgroup_count == OPTION_CGROUPS_MAX)
		return refuse("--cgroup: at most %d; more can be added on standard input", OPTION_CGROUPS_MAX);
	if (!cgroup_parse(text, &options->cgroups[options->cgroup_count]))
		return refuse("--cgroup %s: neither a cgroup's directory nor its inode", text);
	options->cgroup_count++;
	return 0;
}

static int add_ignored(struct options *options, const char *text)
{
	double tgid = getppid();

	if (strcmp(text, "parent") != 0 && !number(text, 1, 1 << 22, &tgid))
		return refuse("--ignore-tgid %s: not a pid", text);
	if (options->ignored_count == OPTION_IGNORED_MAX)
		return refuse("--ignore-tgid: at most %d", OPTION_IGNORED_MAX);
	options->ignored[options->ignored_count++] = tgid;
	return 0;
}

static int add_unwanted(struct options *options, char *list)
{
	for (char *name = strtok(list, ","); name != NULL; name = strtok(NULL, ",")) {
		if (options->unwanted_count == OPTION_SYSCALL_NAMES_MAX)
			return refuse("--no-syscalls: at most %d", OPTION_SYSCALL_NAMES_MAX);
		options->unwanted[options->unwanted_count++] = name;
	}
	return 0;
}

static int set_number(struct options *options, int option, const char *text)
{
	double value;

	if (option == DURATION && number(text, 0.001, 1e9, &value))
		options->duration_s = value;
	else if (option == STATUS_FD && number(text, 2, 1 << 20, &value))
		options->status_fd = value;
	else if (option == RING_BYTES && number(text, 4096, 1 << 30, &value) && ((uint32_t)value & ((uint32_t)value - 1)) == 0)
		options->ring_bytes = value;
	else
		return refuse("%s: not a number that is possible here", text);
	return 0;
}

static int apply(struct options *options, int option, char *value)
{
	switch (option) {
	case PREFIX:
		return add_prefix(options, value);
	case CGROUP:
		return add_cgroup(options, value);
	case IGNORE_TGID:
		return add_ignored(options, value);
	case NO_SYSCALLS:
		return add_unwanted(options, value);
	case RING_BYTES:
	case DURATION:
	case STATUS_FD:
		return set_number(options, option, value);
	case ALL_CGROUPS:
		options->all_cgroups = true;
		return 0;
	case ONLY_CGROUPS:
		options->only_cgroups = true;
		return 0;
	case ONLY_LOGS:
		options->only_logs = true;
		return 0;
	case NO_PAYLOADS:
		options->payloads = false;
		return 0;
	case NO_SNAPSHOT:
		options->snapshot = false;
		return 0;
	case STACKS:
		options->stacks = true;
		return 0;
	case PORTABLE:
		options->portable = true;
		return 0;
	case LOSSY:
		options->lossless = false;
		return 0;
	default:
		return refuse("--help says what there is");
	}
}

int options_parse(struct options *options, int count, char **words)
{
	int option;

	*options = (struct options){ .source = words[0], .payloads = true, .lossless = true, .snapshot = true, .status_fd = -1 };
	opterr = 0;
	while ((option = getopt_long(count, words, "+", known, NULL)) != -1)
		if (apply(options, option, optarg) != 0)
			return -1;
	if (optind < count)
		return refuse("%s: not expected", words[optind]);
	if (options->prefix_count == 0)
		options->prefixes[options->prefix_count++] = "/var/log";
	return 0;
}
