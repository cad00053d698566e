#define _GNU_SOURCE
#include "fact.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static char here[4096];

static void path(const char *member, const char *name)
{
	char whole[4400];

	snprintf(whole, sizeof(whole), "%s/%s", here, name);
	text(member, whole);
}

static void make(const char *name)
{
	close(open(name, O_RDWR | O_CREAT, 0644));
}

#define NAMES(from, to) (path("path", from), path("path2", to))

static void moves(int at)
{
	make("a");
#ifdef SYS_rename
	DID(rename, "a", "b");
	NAMES("a", "b");
	DID(rename, "b", "a");
	NAMES("b", "a");
#endif
	DID(renameat, at, "a", AT_FDCWD, "b");
	NAMES("a", "b");
	DID(renameat2, AT_FDCWD, "b", at, "c", 0);
	NAMES("b", "c");
#ifdef SYS_link
	DID(link, "c", "d");
	NAMES("c", "d");
#endif
	DID(linkat, at, "c", at, "e", 0);
	NAMES("c", "e");
#ifdef SYS_unlink
	DID(unlink, "d");
	path("path", "d");
	DID(symlink, "/somewhere/else", "f");
	path("path", "f");
	text("path2", "/somewhere/else");
#endif
	DID(unlinkat, at, "e", 0);
	path("path", "e");
	DID(symlinkat, "else", at, "g");
	path("path", "g");
	text("path2", "else");
}

static void makes(int at)
{
#ifdef SYS_mkdir
	DID(mkdir, "folder", 0755);
	path("path", "folder");
	DID(rmdir, "folder");
	path("path", "folder");
	DID(mknod, "node", S_IFIFO | 0600, 0);
	path("path", "node");
#endif
	DID(mkdirat, at, "folder2", 0755);
	path("path", "folder2");
	DID(mknodat, at, "node2", S_IFIFO | 0600, 0);
	path("path", "node2");
}

static void changes(int at)
{
	DID(truncate, "c", 5L);
	path("path", "c");
#ifdef SYS_chmod
	DID(chmod, "c", 0600);
	path("path", "c");
	DID(chown, "c", 0, 0);
	path("path", "c");
	DID(lchown, "g", 0, 0);
	path("path", "g");
#endif
	DID(fchmodat, at, "c", 0644);
	path("path", "c");
	did("fchmodat2", 452, call(452, at, "c", 0644, 0));
	path("path", "c");
	DID(fchownat, at, "c", 0, 0, 0);
	path("path", "c");
}

void name_cases(void)
{
	int at = open(".", O_RDONLY | O_DIRECTORY);

	if (getcwd(here, sizeof(here)) == NULL)
		abort();
	moves(at);
	makes(at);
	changes(at);
}
