// SPDX-License-Identifier: GPL-2.0-only
#include "module-settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of all prefixes, or all names of syscalls. */
#define VALUE_BYTES_MAX 8192

int module_read(const char *path, char *text, size_t bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return -1;
	size = read(fd, text, bytes - 1);
	close(fd);
	text[size > 0 ? size : 0] = 0;
	return size < 0 ? -1 : 0;
}

static int write_parameter(const char *name, const char *value)
{
	char path[128];
	int fd, error = 0;

	snprintf(path, sizeof(path), MODULE_PARAMETERS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	if (write(fd, value, strlen(value)) < 0)
		error = errno;
	close(fd);
	return error;
}

static int set(const char *name, const char *value, struct complaint *complaint)
{
	int error = write_parameter(name, value);

	if (error == 0)
		return 0;
	return complain(complaint, "parameter", "the kernel's log says why", "the module does not take %s=%.100s: %s", name,
			value, strerror(error));
}

/* A line end of its own says nothing, where an empty value would not even reach the module. */
static int set_list(const char *name, const char *const *words, unsigned int count, char between,
		    struct complaint *complaint)
{
	char value[VALUE_BYTES_MAX];
	size_t bytes = 0;

	for (unsigned int i = 0; i < count && bytes < sizeof(value); i++)
		bytes += snprintf(value + bytes, sizeof(value) - bytes, "%s%c", words[i], between);
	if (bytes >= sizeof(value) - 1)
		return complain(complaint, "parameter", "", "%s is too long", name);
	value[bytes] = '\n';
	value[bytes + 1] = 0;
	return set(name, value, complaint);
}

static void cgroup_word(char *word, size_t bytes, char sign, uint64_t id, int version)
{
	snprintf(word, bytes, "%c%s%llu", sign, version == 1 ? "v1:" : "", (unsigned long long)id);
}

static int set_cgroups(const struct options *options, struct complaint *complaint)
{
	char word[40];

	if (set("cgroups", options->all_cgroups ? "none,all" : "none", complaint) != 0)
		return -1;
	for (unsigned int i = 0; i < options->cgroup_count; i++) {
		cgroup_word(word, sizeof(word), '+', options->cgroups[i].id, options->cgroups[i].version);
		if (set("cgroups", word, complaint) != 0)
			return -1;
	}
	return 0;
}

static int set_ignored(const struct options *options, struct complaint *complaint)
{
	char before[VALUE_BYTES_MAX], *rest = before, *word;
	char value[40];

	if (module_read(MODULE_PARAMETERS "ignored", before, sizeof(before)) != 0)
		before[0] = 0;
	while ((word = strsep(&rest, "\n")) != NULL) {
		snprintf(value, sizeof(value), "-%.20s", word);
		if (*word != 0 && set("ignored", value, complaint) != 0)
			return -1;
	}
	for (unsigned int i = 0; i < options->ignored_count; i++) {
		snprintf(value, sizeof(value), "+%u", options->ignored[i]);
		if (set("ignored", value, complaint) != 0)
			return -1;
	}
	return 0;
}

static int check_ring_bytes(const struct options *options, struct complaint *complaint)
{
	char text[32];

	if (options->ring_bytes == 0 || module_read(MODULE_PARAMETERS "ring_bytes", text, sizeof(text)) != 0 ||
	    strtoul(text, NULL, 10) == options->ring_bytes)
		return 0;
	return complain(complaint, "ring-bytes", "modprobe -r disprotrack, and modprobe disprotrack ring_bytes=…",
			"the module was loaded with rings of another size: %s", strtok(text, "\n"));
}

int module_set(const struct options *options, struct complaint *complaint)
{
	if (check_ring_bytes(options, complaint) != 0 ||
	    set_list("prefixes", options->prefixes, options->prefix_count, ':', complaint) != 0 ||
	    set_list("skipped", options->unwanted, options->unwanted_count, ',', complaint) != 0 ||
	    set_cgroups(options, complaint) != 0 || set_ignored(options, complaint) != 0)
		return -1;
	if (set("only_logs", options->only_logs ? "Y" : "N", complaint) != 0 ||
	    set("only_cgroups", options->only_cgroups ? "Y" : "N", complaint) != 0)
		return -1;
	return set("payloads", options->payloads ? "Y" : "N", complaint);
}

int module_control(const struct control *control)
{
	char word[40];

	switch (control->verb) {
	case CONTROL_CGROUP_ADD:
	case CONTROL_CGROUP_REMOVE:
		cgroup_word(word, sizeof(word), control->verb == CONTROL_CGROUP_ADD ? '+' : '-', control->id,
			    control->version);
		return write_parameter("cgroups", word) == 0 ? 0 : -1;
	case CONTROL_IGNORE:
		snprintf(word, sizeof(word), "+%u", (unsigned int)control->id);
		return write_parameter("ignored", word) == 0 ? 0 : -1;
	}
	return -1;
}
