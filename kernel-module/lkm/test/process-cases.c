// SPDX-License-Identifier: GPL-2.0-only
/* Forks, execs, exits, signals, identities, namespaces and the kernel's own doors. */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "case.h"

static char *arguments[] = { "second", "argument with spaces", "", NULL };

static void forked(struct wanted *wanted, long child)
{
	if (child == 0)
		_exit(0);
	wanted->kind = DPT_FORK;
	wanted->child_tgid = child;
	wanted->result = child;
	waitpid(child, NULL, 0);
}

static void act_fork(struct wanted *wanted)
{
	forked(wanted, ACT(wanted, fork, 0));
}

static void act_vfork(struct wanted *wanted)
{
	pid_t child = vfork();

	if (child == 0)
		_exit(0);
	wanted->number = SYS_vfork;
	wanted->any_args = true;
	forked(wanted, child);
}

static void act_clone(struct wanted *wanted)
{
	forked(wanted, ACT(wanted, clone, SIGCHLD, 0, 0, 0, 0));
}

static void act_clone3(struct wanted *wanted)
{
	static struct clone_args args = { .exit_signal = SIGCHLD };

	forked(wanted, ACT(wanted, clone3, &args, sizeof(args)));
}

static void act_clone_denied(struct wanted *wanted)
{
	if (setuid(1000) < 0)
		problem(wanted, "becoming a user");
	ACT(wanted, clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
}

static void act_execve(struct wanted *wanted)
{
	want_object(wanted, open("/init", O_RDONLY | O_CLOEXEC));
	want_image(wanted, "/init", "second\0argument with spaces\0", 29);
	execve("/init", arguments, NULL);
	problem(wanted, "execve");
}

static void act_execve_script(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/script", "#!/init of scripts\n");

	fchmod(fd, 0755);
	close(fd);
	want_image(wanted, "/init", "/init\0of scripts\0./script\0argument with spaces\0", 48);
	want_path2(wanted, "/tmp/./script");
	execve("./script", arguments, NULL);
	problem(wanted, "execve");
}

static void act_execveat(struct wanted *wanted)
{
	int folder;

	want_image(wanted, "/init", "second\0argument with spaces\0", 29);
	folder = open("/", O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		problem(wanted, "/");
	syscall(SYS_execveat, folder, "init", arguments, NULL, 0);
	problem(wanted, "execveat");
}

static void act_execve_denied(struct wanted *wanted)
{
	need_file(wanted, "/tmp/not-executable", "");
	ACT(wanted, execve, "/tmp/not-executable", arguments, 0);
	want_path(wanted, "/tmp/not-executable");
}

static void act_exit(struct wanted *wanted)
{
	wanted->kind = DPT_EXIT;
	wanted->any_args = true;
	_exit(0);
}

static pid_t sleeper(struct wanted *wanted)
{
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	wanted->child_tgid = child;
	return child;
}

static void done_with(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

#define AT_CHILD(call, ...)                                                                                            \
	static void act_##call(struct wanted *wanted)                                                                  \
	{                                                                                                              \
		pid_t child = sleeper(wanted);                                                                         \
                                                                                                                       \
		ACT(wanted, call, __VA_ARGS__);                                                                        \
		done_with(child);                                                                                      \
	}
AT_CHILD(ptrace, PTRACE_SEIZE, child, 0, 0)
AT_CHILD(kill, child, SIGCONT)
AT_CHILD(tkill, child, SIGCONT)
AT_CHILD(tgkill, child, child, SIGCONT)

static void act_pidfd_send_signal(struct wanted *wanted)
{
	int fd = syscall(SYS_pidfd_open, getpid(), 0);

	ACT(wanted, pidfd_send_signal, fd, 0, 0, 0);
	want_object(wanted, fd);
}

static void act_pidfd_getfd(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/taken", "");

	ACT(wanted, pidfd_getfd, syscall(SYS_pidfd_open, getpid(), 0), fd, 0);
	want_object(wanted, fd);
}

static void act_process_vm(struct wanted *wanted, long number)
{
	static char here[8], there[8];
	static struct iovec local = { here, 8 }, remote = { there, 8 };

	act_call(wanted, number, getpid(), (long)&local, 1, (long)&remote, 1, 0);
}

static void act_process_vm_readv(struct wanted *wanted)
{
	act_process_vm(wanted, SYS_process_vm_readv);
}

static void act_process_vm_writev(struct wanted *wanted)
{
	act_process_vm(wanted, SYS_process_vm_writev);
}

#define PLAIN(call, ...)                                                                                               \
	static void act_##call(struct wanted *wanted)                                                                  \
	{                                                                                                              \
		ACT(wanted, call, __VA_ARGS__);                                                                        \
	}
PLAIN(setuid, 12)
PLAIN(setgid, 13)
PLAIN(setreuid, -1, 14)
PLAIN(setregid, -1, 15)
PLAIN(setresuid, -1, 16, -1)
PLAIN(setresgid, -1, 17, -1)
PLAIN(setfsuid, 18)
PLAIN(setfsgid, 19)
PLAIN(setgroups, 0, 0)
PLAIN(unshare, CLONE_NEWUTS)

static void act_setns(struct wanted *wanted)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY);

	ACT(wanted, setns, fd, 0);
	want_object(wanted, fd);
}

static void as_user(struct wanted *wanted)
{
	if (setuid(1000) < 0)
		problem(wanted, "becoming a user");
}

static void act_init_module(struct wanted *wanted)
{
	as_user(wanted);
	ACT(wanted, init_module, "", 0, "");
}

static void act_finit_module(struct wanted *wanted)
{
	int fd = open("/disprotrack.ko", O_RDONLY);

	as_user(wanted);
	ACT(wanted, finit_module, fd, "", 0);
	want_object(wanted, fd);
}

static void act_delete_module(struct wanted *wanted)
{
	as_user(wanted);
	ACT(wanted, delete_module, "disprotrack", O_NONBLOCK);
	want_path2(wanted, "disprotrack");
}

static void act_bpf(struct wanted *wanted)
{
	static union bpf_attr attributes = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 4, .max_entries = 1,
	};

	(void)(ACT(wanted, bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes)));
}

static void act_io_uring_setup(struct wanted *wanted)
{
	static char parameters[256];

	want_object(wanted, ACT(wanted, io_uring_setup, 4, parameters));
}

const struct test_case process_cases[] = {
	{ "fork", "the child", act_fork },
	{ "vfork", "the child", act_vfork },
	{ "clone", "the child", act_clone },
	{ "clone", "not permitted", act_clone_denied },
	{ "clone3", "the child", act_clone3 },
	{ "execve", "image", act_execve },
	{ "execve", "a script and its interpreter", act_execve_script },
	{ "execve", "permission denied", act_execve_denied },
	{ "execveat", "image", act_execveat },
	{ "exit_group", "the end of a process", act_exit },
	{ "ptrace", "the other process", act_ptrace },
	{ "kill", "the other process", act_kill },
	{ "tkill", "the other process", act_tkill },
	{ "tgkill", "the other process", act_tgkill },
	{ "pidfd_send_signal", "by descriptor", act_pidfd_send_signal },
	{ "pidfd_getfd", "another's descriptor", act_pidfd_getfd },
	{ "process_vm_readv", "arguments", act_process_vm_readv },
	{ "process_vm_writev", "arguments", act_process_vm_writev },
	{ "setuid", "arguments", act_setuid },
	{ "setgid", "arguments", act_setgid },
	{ "setreuid", "arguments", act_setreuid },
	{ "setregid", "arguments", act_setregid },
	{ "setresuid", "arguments", act_setresuid },
	{ "setresgid", "arguments", act_setresgid },
	{ "setfsuid", "arguments", act_setfsuid },
	{ "setfsgid", "arguments", act_setfsgid },
	{ "setgroups", "arguments", act_setgroups },
	{ "unshare", "arguments", act_unshare },
	{ "setns", "the namespace", act_setns },
	{ "init_module", "not permitted", act_init_module },
	{ "finit_module", "not permitted", act_finit_module },
	{ "delete_module", "not permitted", act_delete_module },
	{ "bpf", "a map", act_bpf },
	{ "io_uring_setup", "a ring", act_io_uring_setup },
	{},
};
