// SPDX-License-Identifier: GPL-2.0-only
#include "proc-sockets.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SOCKETS_MAX (1u << 20)

struct listed {
	__u64 inode;
	struct dpt_socket socket;
	char name[UNIX_NAME_BYTES_MAX + 1];
};

static struct listed *list;
static unsigned int count, room;
static __u32 listed_namespace;

void proc_sockets_forget(void)
{
	free(list);
	list = NULL;
	count = room = 0;
	listed_namespace = 0;
}

static struct listed *add(__u64 inode)
{
	if (count == room) {
		unsigned int more = room == 0 ? 64 : room * 2;
		struct listed *longer = more <= SOCKETS_MAX ? realloc(list, more * sizeof(*list)) : NULL;

		if (longer == NULL)
			return NULL;
		list = longer;
		room = more;
	}
	list[count] = (struct listed){ .inode = inode };
	return &list[count++];
}

/* "0100007F:0050", or four such words: each is a number in the machine's order of bytes. */
static void parse_address(const char *text, struct dpt_address *address)
{
	const char *colon = strchr(text, ':');
	unsigned int words = (colon - text) / 8;
	__u32 ip[4] = { 0 };

	for (unsigned int i = 0; i < words && i < 4; i++)
		sscanf(text + i * 8, "%8x", &ip[i]);
	address->port = strtoul(colon + 1, NULL, 16);
	if (address->port == 0)
		return;
	address->family = words == 4 ? AF_INET6 : AF_INET;
	if (words == 4 && ip[0] == 0 && ip[1] == 0 && ip[2] == htonl(0xffff)) {
		address->family = AF_INET;
		ip[0] = ip[3];
		ip[2] = ip[3] = 0;
	}
	memcpy(address->ip, ip, sizeof(address->ip));
}

static void parse_inet(const char *line, int protocol)
{
	char local[48], remote[48];
	unsigned long long inode;
	struct listed *one;

	if (sscanf(line, " %*d: %47s %47s %*x %*x:%*x %*x:%*x %*x %*u %*d %llu", local, remote, &inode) != 3 || inode == 0)
		return;
	if (strchr(local, ':') == NULL || strchr(remote, ':') == NULL || (one = add(inode)) == NULL)
		return;
	one->socket.type = protocol == IPPROTO_TCP ? SOCK_STREAM : SOCK_DGRAM;
	one->socket.protocol = protocol;
	parse_address(local, &one->socket.local);
	parse_address(remote, &one->socket.remote);
}

static void parse_unix(const char *line)
{
	unsigned long long inode;
	unsigned int type;
	int name = 0;
	struct listed *one;

	if (sscanf(line, "%*s %*x %*x %*x %x %*x %llu %n", &type, &inode, &name) != 2 || (one = add(inode)) == NULL)
		return;
	one->socket.type = type;
	one->socket.local.family = AF_UNIX;
	if (name > 0)
		snprintf(one->name, sizeof(one->name), "%.*s", (int)strcspn(line + name, "\n"), line + name);
}

static void read_list(__u32 pid, const char *name, int protocol)
{
	char path[64], line[512];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/net/%s", pid, name);
	file = fopen(path, "re");
	if (file == NULL)
		return;
	while (fgets(line, sizeof(line), file) != NULL)
		protocol != 0 ? parse_inet(line, protocol) : parse_unix(line);
	fclose(file);
}

static int by_inode(const void *a, const void *b)
{
	__u64 left = ((const struct listed *)a)->inode, right = ((const struct listed *)b)->inode;

	return (left > right) - (left < right);
}

static void read_lists(__u32 pid)
{
	count = 0;
	read_list(pid, "tcp", IPPROTO_TCP);
	read_list(pid, "tcp6", IPPROTO_TCP);
	read_list(pid, "udp", IPPROTO_UDP);
	read_list(pid, "udp6", IPPROTO_UDP);
	read_list(pid, "unix", 0);
	if (count > 0)
		qsort(list, count, sizeof(*list), by_inode);
}

bool proc_socket(__u32 pid, __u32 namespace, __u64 inode, struct dpt_socket *socket, char name[UNIX_NAME_BYTES_MAX + 1])
{
	struct listed wanted = { .inode = inode }, *found;

	if (namespace != listed_namespace) {
		read_lists(pid);
		listed_namespace = namespace;
	}
	found = count > 0 ? bsearch(&wanted, list, count, sizeof(*list), by_inode) : NULL;
	if (found == NULL)
		return false;
	*socket = found->socket;
	memcpy(name, found->name, sizeof(found->name));
	return true;
}
