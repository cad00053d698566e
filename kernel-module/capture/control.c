// SPDX-License-Identifier: GPL-2.0-only
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup.h"

#define LINE_BYTES_MAX 4352

static char line[LINE_BYTES_MAX];
static size_t used;

static bool parse(const char *text, struct control *control)
{
	struct cgroup_id cgroup;
	char *end;

	if (strncmp(text, "ignore ", 7) == 0) {
		*control = (struct control){ .verb = CONTROL_IGNORE, .id = strtoul(text + 7, &end, 10) };
		return end != text + 7 && *end == 0;
	}
	if (strncmp(text, "cgroup + ", 9) != 0 && strncmp(text, "cgroup - ", 9) != 0)
		return false;
	if (!cgroup_parse(text + 9, &cgroup))
		return false;
	control->verb = text[7] == '+' ? CONTROL_CGROUP_ADD : CONTROL_CGROUP_REMOVE;
	control->id = cgroup.id;
	control->version = cgroup.version;
	return true;
}

static void follow(const struct source *source, const char *text)
{
	struct control control;

	if (!parse(text, &control))
		fprintf(stderr, "disprotrack-capture: can't follow: %s\n", text);
	else if (source->control(&control) != 0)
		fprintf(stderr, "disprotrack-capture: the source can't do that: %s\n", text);
}

bool control_read(const struct source *source)
{
	ssize_t count = read(STDIN_FILENO, line + used, sizeof(line) - used - 1);
	char *start = line, *end;

	if (count <= 0)
		return count < 0 && (errno == EINTR || errno == EAGAIN);
	used += count;
	line[used] = 0;
	while ((end = strchr(start, '\n')) != NULL) {
		*end = 0;
		follow(source, start);
		start = end + 1;
	}
	used -= start - line;
	memmove(line, start, used);
	if (used == sizeof(line) - 1) {
		fprintf(stderr, "disprotrack-capture: a line of more than %zu bytes\n", used);
		used = 0;
	}
	return true;
}
