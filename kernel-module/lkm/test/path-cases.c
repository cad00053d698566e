// SPDX-License-Identifier: GPL-2.0-only
/* Calls that name files. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "case.h"

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

static int folder(struct wanted *wanted)
{
	int fd;

	mkdir("/tmp/folder", 0755);
	fd = open("/tmp/folder", O_DIRECTORY);
	if (fd < 0)
		problem(wanted, "/tmp/folder");
	return fd;
}

static void act_rename(struct wanted *wanted)
{
	need_file(wanted, "/tmp/old", "");
	ACT(wanted, rename, "old", "/tmp/new");
	want_path(wanted, "/tmp/old");
	want_path2(wanted, "/tmp/new");
}

static void act_renameat(struct wanted *wanted)
{
	need_file(wanted, "/tmp/old", "");
	ACT(wanted, renameat, AT_FDCWD, "old", folder(wanted), "new");
	want_path(wanted, "/tmp/old");
	want_path2(wanted, "/tmp/folder/new");
}

static void act_renameat2(struct wanted *wanted)
{
	need_file(wanted, "/tmp/old", "");
	ACT(wanted, renameat2, AT_FDCWD, "old", folder(wanted), "newer", 1 /* RENAME_NOREPLACE */);
	want_path(wanted, "/tmp/old");
	want_path2(wanted, "/tmp/folder/newer");
}

static void act_link(struct wanted *wanted)
{
	need_file(wanted, "/tmp/one-name", "");
	unlink("/tmp/two-names");
	ACT(wanted, link, "/tmp/one-name", "two-names");
	want_path(wanted, "/tmp/one-name");
	want_path2(wanted, "/tmp/two-names");
}

static void act_linkat_fd(struct wanted *wanted)
{
	int fd = need_file(wanted, "/tmp/one-name", "");

	unlink("/tmp/folder/linked");
	ACT(wanted, linkat, fd, "", folder(wanted), "linked", AT_EMPTY_PATH);
	want_object(wanted, fd);
	want_path(wanted, "/tmp/one-name");
	want_path2(wanted, "/tmp/folder/linked");
}

static void act_symlink(struct wanted *wanted)
{
	unlink("/tmp/symbolic");
	ACT(wanted, symlink, "../tmp/target", "symbolic");
	want_path(wanted, "/tmp/symbolic");
	want_path2(wanted, "../tmp/target");
}

static void act_symlinkat(struct wanted *wanted)
{
	int at = folder(wanted);

	unlinkat(at, "symbolic", 0);
	ACT(wanted, symlinkat, "/etc", at, "symbolic");
	want_path(wanted, "/tmp/folder/symbolic");
	want_path2(wanted, "/etc");
}

static void act_unlink(struct wanted *wanted)
{
	need_file(wanted, "/tmp/unlinked", "");
	ACT(wanted, unlink, "unlinked");
	want_path(wanted, "/tmp/unlinked");
}

static void act_unlinkat(struct wanted *wanted)
{
	int at = folder(wanted);

	need_file(wanted, "/tmp/folder/unlinked", "");
	ACT(wanted, unlinkat, at, "unlinked", 0);
	want_path(wanted, "/tmp/folder/unlinked");
}

#define ON_FILE(call, ...)                                                                                             \
	static void act_##call(struct wanted *wanted)                                                                  \
	{                                                                                                              \
		need_file(wanted, "/tmp/changed", "content");                                                          \
		ACT(wanted, call, __VA_ARGS__);                                                                        \
		want_path(wanted, "/tmp/changed");                                                                     \
	}
ON_FILE(truncate, "changed", 3)
ON_FILE(chmod, "/tmp/changed", 0600)
ON_FILE(fchmodat, AT_FDCWD, "changed", 0640)
ON_FILE(fchmodat2, AT_FDCWD, "changed", 0640, 0)
ON_FILE(chown, "changed", 5, 6)
ON_FILE(lchown, "changed", 7, 8)
ON_FILE(fchownat, AT_FDCWD, "/tmp/changed", 9, 10, 0)

static void act_mkdir(struct wanted *wanted)
{
	rmdir("/tmp/made-folder");
	ACT(wanted, mkdir, "made-folder", 0755);
	want_path(wanted, "/tmp/made-folder");
}

static void act_mkdirat(struct wanted *wanted)
{
	rmdir("/tmp/folder/made");
	ACT(wanted, mkdirat, folder(wanted), "made", 0755);
	want_path(wanted, "/tmp/folder/made");
}

static void act_rmdir(struct wanted *wanted)
{
	mkdir("/tmp/made-folder", 0755);
	ACT(wanted, rmdir, "/tmp/made-folder");
	want_path(wanted, "/tmp/made-folder");
}

static void act_mknod(struct wanted *wanted)
{
	unlink("/tmp/node");
	ACT(wanted, mknod, "node", S_IFIFO | 0600, 0);
	want_path(wanted, "/tmp/node");
}

static void act_mknodat(struct wanted *wanted)
{
	unlink("/tmp/folder/node");
	ACT(wanted, mknodat, folder(wanted), "node", S_IFIFO | 0600, 0);
	want_path(wanted, "/tmp/folder/node");
}

static void act_chdir(struct wanted *wanted)
{
	folder(wanted);
	ACT(wanted, chdir, "../tmp/./folder");
	want_path(wanted, "/tmp/folder");
}

static void act_fchdir(struct wanted *wanted)
{
	int fd = folder(wanted);

	ACT(wanted, fchdir, fd);
	want_object(wanted, fd);
	want_path(wanted, "/tmp/folder");
}

static void act_chroot_call(struct wanted *wanted)
{
	folder(wanted);
	ACT(wanted, chroot, "/tmp/folder");
	want_path(wanted, "/tmp/folder");
}

static void act_mount(struct wanted *wanted)
{
	mkdir("/tmp/mounted", 0755);
	if (unshare(CLONE_NEWNS) < 0)
		problem(wanted, "unshare");
	ACT(wanted, mount, "some-source", "mounted", "tmpfs", 0, 0);
	want_path(wanted, "/tmp/mounted");
	want_path2(wanted, "some-source");
}

static void act_umount(struct wanted *wanted)
{
	mkdir("/tmp/mounted", 0755);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/tmp/mounted", "tmpfs", 0, NULL) < 0)
		problem(wanted, "mount");
	ACT(wanted, umount2, "mounted", MNT_DETACH);
	want_path(wanted, "/tmp/mounted");
}

static void own_mounts(struct wanted *wanted)
{
	mkdir("/tmp/mounted", 0755);
	mkdir("/tmp/moved", 0755);
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/tmp/mounted", "tmpfs", 0, NULL) < 0)
		problem(wanted, "mount");
}

static void act_move_mount(struct wanted *wanted)
{
	own_mounts(wanted);
	ACT(wanted, move_mount, AT_FDCWD, "/tmp/mounted", AT_FDCWD, "moved", 0);
	want_path(wanted, "/tmp/mounted");
	want_path2(wanted, "/tmp/moved");
}

static void act_pivot_root(struct wanted *wanted)
{
	own_mounts(wanted);
	/* The first root can't be moved away, and says so with EINVAL. */
	ACT(wanted, pivot_root, "/tmp/mounted", "/tmp/mounted");
	want_path(wanted, "/tmp/mounted");
	want_path2(wanted, "/tmp/mounted");
}

static void act_chroot(struct wanted *wanted)
{
	folder(wanted);
	need_file(wanted, "/tmp/folder/inside", "");
	if (chroot("/tmp/folder") < 0 || chdir("/") < 0)
		problem(wanted, "chroot");
	want_object(wanted, ACT(wanted, open, "inside", O_RDONLY));
	want_path(wanted, "/inside");
}

const struct test_case path_cases[] = {
	{ "rename", "both names", act_rename },
	{ "renameat", "into a directory", act_renameat },
	{ "renameat2", "into a directory", act_renameat2 },
	{ "link", "both names", act_link },
	{ "linkat", "an open file by an empty name", act_linkat_fd },
	{ "symlink", "target as written", act_symlink },
	{ "symlinkat", "in a directory", act_symlinkat },
	{ "unlink", "by name", act_unlink },
	{ "unlinkat", "in a directory", act_unlinkat },
	{ "truncate", "by name", act_truncate },
	{ "chmod", "by name", act_chmod },
	{ "fchmodat", "by name", act_fchmodat },
	{ "fchmodat2", "by name", act_fchmodat2, .may_lack = true },
	{ "chown", "by name", act_chown },
	{ "lchown", "by name", act_lchown },
	{ "fchownat", "by name", act_fchownat },
	{ "mkdir", "by name", act_mkdir },
	{ "mkdirat", "in a directory", act_mkdirat },
	{ "rmdir", "by name", act_rmdir },
	{ "mknod", "by name", act_mknod },
	{ "mknodat", "in a directory", act_mknodat },
	{ "chdir", "where it leads", act_chdir },
	{ "fchdir", "by descriptor", act_fchdir },
	{ "chroot", "by name", act_chroot_call },
	{ "move_mount", "both names", act_move_mount },
	{ "pivot_root", "both names", act_pivot_root },
	{ "mount", "source and target", act_mount },
	{ "umount2", "target", act_umount },
	{ "open", "in a changed root the path is the process's", act_chroot },
	{},
};
