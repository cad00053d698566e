// SPDX-License-Identifier: GPL-2.0-only
/*
 * disprotrack-capture: what the kernel saw, as records on standard output. All of its privileges end here: the agent
 * that reads them needs none.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keep.h"
#include "probe.h"
#include "run.h"
#include "syscalls.h"
#include "unwind-table.h"

static const struct source *const sources[] = { &source_ebpf, &source_audit, &source_module };

static const struct source *find_source(const char *name)
{
	for (unsigned int i = 0; i < sizeof(sources) / sizeof(sources[0]); i++)
		if (strcmp(sources[i]->name, name) == 0)
			return sources[i];
	return NULL;
}

/* A line for each syscall of the list: its name and its number, -1 where this machine has none. */
static int print_syscalls(void)
{
	for (unsigned int i = 0; i < listed_syscall_count; i++)
		printf("%s %d\n", listed_syscalls[i].name, syscall_numbers[i]);
	return 0;
}

int main(int count, char **words)
{
	const struct source *source;
	struct options options;

	if (count == 2 && (strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0)) {
		fputs(usage, stdout);
		return 0;
	}
	if (count == 2 && strcmp(words[1], "probe") == 0)
		return probe();
	if (count == 2 && strcmp(words[1], "syscalls") == 0)
		return print_syscalls();
	if (count == 3 && strcmp(words[1], "unwind") == 0)
		return unwind_print(words[2]);
	if (count > 2 && strcmp(words[1], "keep") == 0)
		return keep(count - 2, words + 2);
	source = count < 2 ? NULL : find_source(words[1]);
	if (source == NULL) {
		fputs(usage, stderr);
		return 2;
	}
	if (options_parse(&options, count - 1, words + 1) != 0)
		return 2;
	if (options.ignored_count < OPTION_IGNORED_MAX)
		options.ignored[options.ignored_count++] = getpid();
	if (options.stacks && source != &source_ebpf)
		fprintf(stderr, "disprotrack-capture: %s does not tell who called for log writes\n", source->name);
	return run(source, &options);
}
