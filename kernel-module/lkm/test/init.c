// SPDX-License-Identifier: GPL-2.0-only
/* The guest's first and only program: sets the machine up, tests the module, says what it found, ends the machine. */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "case.h"
#include "records.h"
#include "report.h"
#include "scenario.h"

static void mount_or_give_up(const char *type, const char *at)
{
	mkdir(at, 0755);
	if (mount(type, at, type, 0, NULL) < 0)
		give_up("can't mount %s: %s", type, strerror(errno));
}

static void bring_up_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		give_up("no loopback: %s", strerror(errno));
	close(fd);
}

static void set_up(void)
{
	static const char *const folders[] = {
		"/tmp", "/var", "/var/log", "/run", "/run/systemd", "/run/systemd/journal",
	};
	size_t i;
	int console;

	mount_or_give_up("devtmpfs", "/dev");
	console = open("/dev/console", O_RDWR);
	for (i = 0; i < 3; i++)
		dup2(console, i);
	mount_or_give_up("proc", "/proc");
	mount_or_give_up("sysfs", "/sys");
	mount_or_give_up("cgroup2", "/sys/fs/cgroup");
	mount_or_give_up("tmpfs", "/tmp");
	chmod("/tmp", 01777);
	for (i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		mkdir(folders[i], 0755);
	/* A security module of 5.10 looks up what execveat is given by descriptor. */
	if (symlink("/proc/self/fd", "/dev/fd") < 0)
		give_up("no /dev/fd: %s", strerror(errno));
	bring_up_loopback();
}

/* Tests of single calls run in a cgroup that is tracked. */
static void test_calls(void)
{
	mkdir("/sys/fs/cgroup/tests", 0755);
	if (write_text("/sys/fs/cgroup/tests/cgroup.procs", "0") != 0 || write_text(PARAMETERS "cgroups", "all") != 0)
		give_up("can't be tracked");
	run_cases();
	write_text("/sys/fs/cgroup/cgroup.procs", "0");
}

int main(int count, char **arguments)
{
	struct utsname kernel;
	int error;

	/* What tests execute. */
	if (getpid() != 1 || strcmp(arguments[0], "/init") != 0)
		return count > 1 && strcmp(arguments[1], "exit with 7") == 0 ? 7 : 0;
	set_up();
	uname(&kernel);
	say("kernel %s", kernel.release);
	/* Rings that hold all that a test writes: a busy host may keep the reader from its processor. */
	error = load_module("ring_bytes=67108864");
	if (error != 0)
		give_up("can't load the module: %s", strerror(error));
	open_records();
	test_calls();
	test_identity();
	test_cgroup_v1();
	test_settings();
	test_device();
	test_counting();
	close_records();
	begin("unloads");
	expect(unload_module() == 0, "can't unload");
	finish();
	test_helper();
	test_loss();
	test_lifecycle();
	if (write(STDOUT_FILENO, "done\n", 5) != 5)
		return 1;
	sync();
	reboot(RB_POWER_OFF);
}
