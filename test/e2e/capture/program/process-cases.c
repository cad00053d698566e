#define _GNU_SOURCE
#include "fact.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>

static char here[4096];

static void ended(const char *name, long number_, long pid)
{
	int status;

	did(name, number_, pid);
	number("kind", 2);
	number("child", pid);
	waitpid(pid, &status, 0);
	did("exit", SYS_exit_group, status);
	number("kind", 4);
	number("of", pid);
}

static void forks(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	long pid;

#ifdef SYS_fork
	if ((pid = call(SYS_fork)) == 0)
		_exit(3);
	ended("fork", SYS_fork, pid);
	if ((pid = vfork()) == 0)
		_exit(4);
	ended("vfork", SYS_vfork, pid);
#endif
	if ((pid = call(SYS_clone, SIGCHLD, 0, 0, 0, 0)) == 0)
		_exit(5);
	ended("clone", SYS_clone, pid);
	if ((pid = call(SYS_clone3, &args, sizeof(args))) == 0)
		kill(getpid(), SIGKILL);
	ended("clone3", SYS_clone3, pid);
	/* Failures have no child, and are records of the call. */
	DID(clone, CLONE_THREAD, 0, 0, 0, 0);
	DID(clone3, &args, 1L);
}

static void executed(long pid, const char *exe, const char *argv)
{
	waitpid(pid, NULL, 0);
	did("execve", SYS_execve, 0);
	number("kind", 3);
	number("of", pid);
	text("exe", exe);
	text("argv", argv);
}

static void execs(void)
{
	char path[4400], argv[4500], *words[] = { "words", "two words", NULL };
	int script = open("script", O_RDWR | O_CREAT, 0755), plain;
	long pid;

	realpath("/bin/true", path);
	if ((pid = fork()) == 0) {
		execve("/bin/true", words, NULL);
		_exit(1);
	}
	executed(pid, path, "words|two words|");
	if (write(script, "#!/bin/true -x\n", 15) != 15)
		abort();
	close(script);
	if ((pid = fork()) == 0) {
		execve("script", words, NULL);
		_exit(1);
	}
	snprintf(argv, sizeof(argv), "/bin/true|-x|script|two words|");
	executed(pid, path, argv);
	snprintf(path, sizeof(path), "%s/script", here);
	text("path2", path);
	plain = open("plain", O_RDWR | O_CREAT, 0644);
	DID(execve, "plain", words, NULL);
	snprintf(path, sizeof(path), "%s/plain", here);
	text("path", path);
	DID(execveat, AT_FDCWD, "plain", words, NULL, 0L);
	text("path", path);
	close(plain);
}

static void signals(void)
{
	char bytes[8];
	struct iovec to = { bytes, 8 }, from = { here, 8 };
	int pidfd = call(SYS_pidfd_open, getpid(), 0);

	DID(kill, getpid(), 0);
	DID(tkill, gettid(), 0);
	DID(tgkill, getpid(), gettid(), 0);
	DID(pidfd_send_signal, pidfd, 0, NULL, 0L);
	DID(ptrace, PTRACE_ATTACH, -1L, NULL, NULL);
	DID(process_vm_readv, (long)getpid(), &to, 1L, &from, 1L, 0L);
	DID(process_vm_writev, (long)getpid(), &to, 1L, &from, 1L, 0L);
}

/* The last cases: nothing works as before. */
void identity_cases(void)
{
	DID(setuid, 0);
	DID(setgid, 0);
	DID(setreuid, 0, 0);
	DID(setregid, 0, 0);
	DID(setresuid, 0, 0, 0);
	DID(setresgid, 0, 0, 0);
	DID(setfsuid, 0);
	DID(setfsgid, 0);
	DID(setgroups, 0L, NULL);
	DID(setuid, 4711);
	number("uid", 4711);
}

static void places(void)
{
	char path[4400];
	int folder = open(".", O_RDONLY | O_DIRECTORY), space = open("/proc/self/ns/uts", O_RDONLY);

	DID(chdir, "folder2");
	snprintf(path, sizeof(path), "%s/folder2", here);
	text("path", path);
	DID(fchdir, folder);
	object(folder);
	text("path", here);
	DID(unshare, CLONE_NEWNS);
	DID(setns, space, 0);
	object(space);
	DID(chroot, "/");
	snprintf(path, sizeof(path), "/");
	text("path", path);
}

void process_cases(void)
{
	if (getcwd(here, sizeof(here)) == NULL)
		abort();
	forks();
	execs();
	signals();
	places();
}
