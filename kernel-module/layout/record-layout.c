// SPDX-License-Identifier: GPL-2.0-only
/* Prints the layout of a record, a line for each member: name, offset, bytes. A test compares it with the reader's. */
#include "../abi.h"

#include <stddef.h>
#include <stdio.h>

#define MEMBER(member)                                                                   \
	printf("%s %zu %zu\n", #member, offsetof(struct dpt_record, member),              \
	       sizeof(((struct dpt_record *)0)->member));

#define HEADER(member)                                                                   \
	printf("file_header.%s %zu %zu\n", #member, offsetof(struct dpt_file_header, member), \
	       sizeof(((struct dpt_file_header *)0)->member));

#define OBJECT(object) MEMBER(object) MEMBER(object.inode) MEMBER(object.device) MEMBER(object.mode)
#define ADDRESS(address) MEMBER(address) MEMBER(address.family) MEMBER(address.port) MEMBER(address.scope) MEMBER(address.ip)

int main(void)
{
	MEMBER(magic) MEMBER(version) MEMBER(kind) MEMBER(size) MEMBER(flags) MEMBER(cpu) MEMBER(piece)
	MEMBER(sequence) MEMBER(monotonic_ns) MEMBER(real_ns) MEMBER(start_ns) MEMBER(cgroup_v2) MEMBER(cgroup_v1)
	MEMBER(tgid) MEMBER(tid) MEMBER(namespace_tgid) MEMBER(namespace_tid) MEMBER(ppid) MEMBER(uid) MEMBER(euid)
	MEMBER(login_uid) MEMBER(session) MEMBER(pid_namespace) MEMBER(mount_namespace) MEMBER(net_namespace)
	MEMBER(syscall) MEMBER(arch) MEMBER(result) MEMBER(args)
	OBJECT(object) OBJECT(object2)
	MEMBER(socket) MEMBER(socket.cookie) ADDRESS(socket.local) ADDRESS(socket.remote) MEMBER(socket.type) MEMBER(socket.protocol)
	MEMBER(socket.peer_inode)
	MEMBER(fds) MEMBER(child_tgid) MEMBER(child_tid) MEMBER(child_namespace_tgid) MEMBER(child_namespace_tid)
	MEMBER(child_start_ns) MEMBER(payload_bytes) MEMBER(comm)
	MEMBER(lengths) MEMBER(lengths.path) MEMBER(lengths.path2) MEMBER(lengths.exe) MEMBER(lengths.argv) MEMBER(lengths.cgroup)
	MEMBER(lengths.payload)
	HEADER(magic) HEADER(version) HEADER(record_bytes) HEADER(arch) HEADER(source) HEADER(real_ns)
	HEADER(monotonic_ns) HEADER(boot_id) HEADER(host)
	printf("record 0 %zu\n", sizeof(struct dpt_record));
	printf("file_header 0 %zu\n", sizeof(struct dpt_file_header));
	return 0;
}
