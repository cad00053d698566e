/* Starting the parts of the workload and waiting for them. */
#include "workload.h"

#include <sys/wait.h>
#include <unistd.h>

long check(long result)
{
	if (result < 0) {
		perror("workload");
		exit(1);
	}
	return result;
}

int start(const char *part, int as, int fd)
{
	int pid = check(fork());

	if (pid != 0)
		return pid;
	if (as >= 0)
		check(dup2(fd, as));
	for (int other = 3; other < 8; other++)
		close(other);
	execl("/bin/workload", "workload", part, NULL);
	_exit(127);
}

void await(int pid)
{
	int status;

	check(waitpid(pid, &status, 0));
	if (status != 0)
		exit(1);
}

void exchange(const char *serving, const char *asking)
{
	int ready[2], server;
	char byte;

	check(pipe(ready));
	server = start(serving, 1, ready[1]);
	close(ready[1]);
	check(read(ready[0], &byte, 1));
	close(ready[0]);
	await(start(asking, -1, -1));
	await(server);
}
