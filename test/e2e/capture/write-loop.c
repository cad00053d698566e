/* Writes lines to files: write-loop COUNT BYTES FILE…; each file gets COUNT lines, by turns. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
	long lines = count > 3 ? atol(words[1]) : 0, bytes = count > 3 ? atol(words[2]) : 0;
	char *line = malloc(bytes + 32);
	int fds[16];

	if (lines <= 0 || count > 3 + 16)
		return 2;
	memset(line, 'x', bytes);
	for (int file = 3; file < count; file++)
		fds[file - 3] = open(words[file], O_WRONLY | O_CREAT | O_APPEND, 0644);
	for (long i = 0; i < lines; i++) {
		line[snprintf(line, 32, "%ld ", i)] = 'x';
		line[bytes - 1] = '\n';
		for (int file = 3; file < count; file++)
			if (write(fds[file - 3], line, bytes) != bytes)
				return 1;
	}
	return 0;
}
