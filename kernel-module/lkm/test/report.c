// SPDX-License-Identifier: GPL-2.0-only
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <unistd.h>

static char name[128];
static bool failed;

static void line(const char *head, const char *format, va_list list)
{
	char text[1024];
	int bytes = snprintf(text, sizeof(text), "%s", head);

	bytes += vsnprintf(text + bytes, sizeof(text) - bytes - 1, format, list);
	if (bytes > (int)sizeof(text) - 2)
		bytes = sizeof(text) - 2;
	text[bytes++] = '\n';
	if (write(STDOUT_FILENO, text, bytes) < 0)
		reboot(RB_POWER_OFF);
}

void give_up(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	line("gave up: ", format, list);
	va_end(list);
	reboot(RB_POWER_OFF);
	_exit(1);
}

void say(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	line("# ", format, list);
	va_end(list);
}

void begin(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(name, sizeof(name), format, list);
	va_end(list);
	failed = false;
}

void fail(const char *format, ...)
{
	char head[160];
	va_list list;

	snprintf(head, sizeof(head), "not ok %s: ", name);
	va_start(list, format);
	line(head, format, list);
	va_end(list);
	failed = true;
}

void finish(void)
{
	char text[160];
	int bytes = snprintf(text, sizeof(text), "ok %s\n", name);

	if (!failed && write(STDOUT_FILENO, text, bytes) < 0)
		reboot(RB_POWER_OFF);
}

const char *file_text(const char *path)
{
	static char text[8192];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t bytes = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (bytes < 0)
		bytes = 0;
	if (bytes > 0 && text[bytes - 1] == '\n')
		bytes--;
	text[bytes] = 0;
	return text;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), error = 0;

	if (fd < 0)
		return errno;
	if (write(fd, text, strlen(text)) < 0)
		error = errno;
	close(fd);
	return error;
}
