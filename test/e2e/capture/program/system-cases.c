#define _GNU_SOURCE
#include "fact.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

void system_cases(void)
{
	struct io_uring_params params;
	int fd = open("from", O_RDONLY);

	memset(&params, 0, sizeof(params));
	/* In a mount namespace of its own by now. */
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	DID(mount, "disprotrack-test", "/mnt", "tmpfs", 0L, NULL);
	text("path", "/mnt");
	text("path2", "disprotrack-test");
	DID(umount2, "/mnt", 0L);
	text("path", "/mnt");
	DID(move_mount, AT_FDCWD, "/mnt", AT_FDCWD, "/tmp", 0L);
	text("path", "/mnt");
	text("path2", "/tmp");
	DID(pivot_root, "/mnt", "/mnt");
	text("path", "/mnt");
	text("path2", "/mnt");
	DID(init_module, "no module", 9L, "");
	DID(finit_module, fd, "", 0L);
	/* No text: a name that no module has would be a search, and is not recorded. */
	DID(delete_module, NULL, 0L);
	DID(bpf, -1L, NULL, 0L);
	DID(io_uring_setup, 4L, &params);
}
