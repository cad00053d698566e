// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "records.h"
#include "report.h"
#include "scenario.h"

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM)

/* What the process knows about itself, or a relative of it. */
struct self {
	pid_t host_tgid; /* found out by the tester */
	pid_t namespace_tgid, namespace_tid;
	uint64_t pid_namespace, mount_namespace, net_namespace, cgroup;
	uint64_t began_after_ns, began_before_ns;
	uid_t uid, euid;
	bool seen;
};

static uint64_t inode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) < 0 ? 0 : status.st_ino;
}

static uint64_t now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void mark(void)
{
	int fd = open("/var/log/identity.log", O_WRONLY | O_CREAT, 0644);

	if (write(fd, "it is me", 8) != 8)
		_exit(1);
}

static void compare(const struct dpt_record *record, void *context)
{
	struct self *self = context;
	uint64_t mono = now(CLOCK_MONOTONIC), real = now(CLOCK_REALTIME);

	if (!text_is(record, TEXT_PAYLOAD, "it is me"))
		return;
	self->seen = true;
	expect(record->tgid == (uint32_t)self->host_tgid, "tgid is %u, not %d", record->tgid, self->host_tgid);
	expect(record->namespace_tgid == (uint32_t)self->namespace_tgid, "namespace_tgid is %u, not %d",
	       record->namespace_tgid, self->namespace_tgid);
	expect(record->namespace_tid == (uint32_t)self->namespace_tid, "namespace_tid is %u, not %d",
	       record->namespace_tid, self->namespace_tid);
	expect(record->pid_namespace == self->pid_namespace, "pid namespace is %u", record->pid_namespace);
	expect(record->mount_namespace == self->mount_namespace, "mount namespace is %u", record->mount_namespace);
	expect(record->net_namespace == self->net_namespace, "net namespace is %u", record->net_namespace);
	expect(record->cgroup_v2 == self->cgroup, "cgroup is %llu, not %llu", (unsigned long long)record->cgroup_v2,
	       (unsigned long long)self->cgroup);
	expect(record->uid == self->uid && record->euid == self->euid, "uid is %u, euid %u", record->uid, record->euid);
	expect(record->login_uid == (uint32_t)-1 && record->session == (uint32_t)-1, "login_uid is %u, session %u",
	       record->login_uid, record->session);
	expect(record->start_ns >= self->began_after_ns && record->start_ns <= self->began_before_ns,
	       "start is %llu", (unsigned long long)record->start_ns);
	expect(record->monotonic_ns <= mono && mono - record->monotonic_ns < 20000000000ull, "monotonic is %llu",
	       (unsigned long long)record->monotonic_ns);
	expect(record->real_ns <= real && real - record->real_ns < 20000000000ull, "real is %llu",
	       (unsigned long long)record->real_ns);
	expect(record->arch == AUDIT_ARCH_X86_64, "arch is %x", record->arch);
	expect(strncmp((const char *)record->comm, "who-am-i", 16) == 0, "comm is %.16s", record->comm);
}

static void *thread_stack(void)
{
	return (char *)mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) + 65536;
}

static int in_thread(void *context)
{
	struct self *self = context;

	self->namespace_tid = syscall(SYS_gettid);
	mark();
	syscall(SYS_exit, 0);
	return 0;
}

static void enter_cgroup(void)
{
	mkdir("/sys/fs/cgroup/box", 0755);
	mkdir("/sys/fs/cgroup/box/inner", 0755);
	if (write_text("/sys/fs/cgroup/box/inner/cgroup.procs", "0") != 0)
		_exit(2);
}

/* The first process of a pid namespace, in a cgroup, a mount and a net namespace of its own, as another user. */
static void be_contained(struct self *self)
{
	int fd = open("/proc/self/comm", O_WRONLY);
	pid_t thread;

	self->began_before_ns = now(CLOCK_BOOTTIME);
	if (write(fd, "who-am-i", 8) != 8)
		_exit(3);
	self->namespace_tgid = getpid();
	/* /proc is the host's, and shows the host's number of the process. */
	self->host_tgid = atoi(file_text("/proc/self/stat"));
	self->pid_namespace = inode_of("/proc/self/ns/pid");
	self->mount_namespace = inode_of("/proc/self/ns/mnt");
	self->net_namespace = inode_of("/proc/self/ns/net");
	self->cgroup = inode_of("/sys/fs/cgroup/box/inner");
	self->uid = 1000;
	self->euid = 1001;
	if (chmod("/var/log", 0777) < 0 || setresuid(1000, 1001, -1) < 0)
		_exit(4);
	thread = clone(in_thread, thread_stack(), THREAD, self);
	if (thread < 0)
		_exit(5);
	while (syscall(SYS_tgkill, getpid(), thread, 0) == 0)
		usleep(1000);
	_exit(0);
}

static void contain(struct self *self)
{
	int status;
	pid_t pid;

	enter_cgroup();
	if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET) < 0)
		_exit(6);
	self->began_after_ns = now(CLOCK_BOOTTIME);
	pid = fork();
	if (pid == 0)
		be_contained(self);
	waitpid(pid, &status, 0);
	_exit(WEXITSTATUS(status));
}

static void test_contained(void)
{
	struct self *self = mmap(NULL, sizeof(*self), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int status;

	begin("a thread of a contained process is who it is");
	drain(NULL, NULL);
	pid = fork();
	if (pid == 0)
		contain(self);
	waitpid(pid, &status, 0);
	expect(status == 0, "the process ended with %x", status);
	drain(compare, self);
	expect(self->seen, "its record is missing");
	expect(self->namespace_tgid == 1 && self->namespace_tid == 2, "it has no pid namespace of its own");
	expect(self->pid_namespace != inode_of("/proc/self/ns/pid"), "it has the tester's pid namespace");
	chmod("/var/log", 0755);
	munmap(self, sizeof(*self));
	finish();
}

struct life {
	uint32_t parent;
	uint32_t forked, ended; /* the child, as its fork and its end name it */
	int execs;
};

/* The child's records come by another way where it ran on another cpu, and perhaps earlier. */
static void follow_life(const struct dpt_record *record, void *context)
{
	struct life *life = context;

	if (record->kind == DPT_FORK && record->tgid == life->parent) {
		life->forked = record->child_tgid;
		expect(record->child_tid == record->child_tgid && record->child_start_ns > 0, "the child has no start");
		expect(record->child_namespace_tgid == 1 && record->result == record->child_tgid,
		       "the child is %u in its namespace, %lld in its parent's", record->child_namespace_tgid,
		       (long long)record->result);
		expect(text_is(record, TEXT_CGROUP, "/box/inner"), "the fork's cgroup is another");
	}
	if (record->ppid != life->parent)
		return;
	if (record->kind == DPT_EXEC) {
		life->execs++;
		expect(text_is(record, TEXT_CGROUP, "/box/inner"), "the exec's cgroup is another");
		expect(strncmp((const char *)record->comm, "init", 16) == 0, "comm is %.16s", record->comm);
	}
	if (record->kind == DPT_EXIT) {
		life->ended = record->tgid;
		expect(record->result == 7 << 8, "the exit's result is %lld", (long long)record->result);
	}
}

static void live(void)
{
	pid_t pid;

	enter_cgroup();
	if (unshare(CLONE_NEWPID) < 0)
		_exit(1);
	pid = fork();
	if (pid == 0) {
		execl("/init", "init", "exit with 7", NULL);
		_exit(1);
	}
	waitpid(pid, NULL, 0);
	_exit(0);
}

static void test_life(void)
{
	struct life life = {};

	begin("fork, exec and exit tell of one process");
	drain(NULL, NULL);
	life.parent = fork();
	if (life.parent == 0)
		live();
	waitpid(life.parent, NULL, 0);
	drain(follow_life, &life);
	expect(life.forked != 0 && life.forked == life.ended && life.execs == 1, "%u was forked, %u ended, %d execs",
	       life.forked, life.ended, life.execs);
	finish();
}

struct exits {
	uint32_t tgid;
	int count;
	int64_t result;
};

static void count_exits(const struct dpt_record *record, void *context)
{
	struct exits *exits = context;

	if (record->kind == DPT_EXIT && record->tgid == exits->tgid) {
		exits->count++;
		exits->result = record->result;
	}
}

static int wait_for_death(void *unused)
{
	for (;;)
		pause();
	return unused != NULL;
}

static void test_threads_end(void)
{
	struct exits exits = {};
	int i;

	begin("a process of many threads ends once");
	drain(NULL, NULL);
	exits.tgid = fork();
	if (exits.tgid == 0) {
		for (i = 0; i < 8; i++)
			clone(wait_for_death, thread_stack(), THREAD, NULL);
		kill(getpid(), SIGKILL);
	}
	waitpid(exits.tgid, NULL, 0);
	drain(count_exits, &exits);
	expect(exits.count == 1 && exits.result == SIGKILL, "%d ends with %lld", exits.count, (long long)exits.result);
	finish();
}

static void see_io_uring(const struct dpt_record *record, void *context)
{
	uint32_t *flags = context;

	if (record->tgid == flags[0] && record->flags & DPT_FLAG_LOG)
		flags[1] = record->flags;
}

static void test_io_uring(void)
{
	uint32_t flags[2] = {};

	begin("a process that has an io_uring is marked");
	drain(NULL, NULL);
	flags[0] = fork();
	if (flags[0] == 0) {
		static char parameters[256];

		if (syscall(SYS_io_uring_setup, 4, parameters) < 0)
			_exit(1);
		mark();
		_exit(0);
	}
	drain_while(flags[0], see_io_uring, flags);
	expect(flags[1] & DPT_FLAG_IO_URING, "flags are %x", flags[1]);
	finish();
}

struct beginning {
	uint32_t tgid;
	uint64_t start_ns;
};

static void see_beginning(const struct dpt_record *record, void *context)
{
	struct beginning *beginning = context;

	if (record->tgid == beginning->tgid && record->flags & DPT_FLAG_LOG)
		beginning->start_ns = record->start_ns;
}

static void test_beginning(void)
{
	struct beginning beginning = {};
	uint64_t asked = 0;
	int error;

	begin("the device says of a process when it began, as its records do");
	drain(NULL, NULL);
	beginning.tgid = fork();
	if (beginning.tgid == 0) {
		mark();
		pause();
	}
	while (beginning.start_ns == 0) {
		drain(see_beginning, &beginning);
		usleep(1000);
	}
	error = start_of(beginning.tgid, &asked);
	expect(error == 0 && asked == beginning.start_ns, "it is %llu, not %llu", (unsigned long long)asked,
	       (unsigned long long)beginning.start_ns);
	kill(beginning.tgid, SIGKILL);
	waitpid(beginning.tgid, NULL, 0);
	error = start_of(beginning.tgid, &asked);
	expect(error == ESRCH, "of one that is gone: %s", strerror(error));
	error = start_of(1ull << 32 | getpid(), &asked);
	expect(error == ESRCH, "of what is no pid: %s", strerror(error));
	finish();
}

void test_identity(void)
{
	test_contained();
	test_life();
	test_beginning();
	test_threads_end();
	test_io_uring();
}
