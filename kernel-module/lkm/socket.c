// SPDX-License-Identifier: GPL-2.0-only
#include "socket.h"

#include <linux/in.h>
#include <linux/net.h>
#include <linux/un.h>
#include <net/af_unix.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "kernel-version.h"
#include "user-text.h"

#define SYSLOG_PORT 514

static void fill_ipv4(struct dpt_address *address, __be32 ip, __be16 port)
{
	address->family = AF_INET;
	address->port = ntohs(port);
	memcpy(address->ip, &ip, sizeof(ip));
}

static void fill_ipv6(struct dpt_address *address, const struct in6_addr *ip, __be16 port, u32 scope)
{
	if (ipv6_addr_v4mapped(ip)) {
		fill_ipv4(address, ip->s6_addr32[3], port);
		return;
	}
	address->family = AF_INET6;
	address->port = ntohs(port);
	address->scope = ipv6_addr_type(ip) & IPV6_ADDR_LINKLOCAL ? scope : 0;
	memcpy(address->ip, ip, sizeof(*ip));
}

/* Ports without a lock: a socket that is being connected just now has the one or the other. */
static void fill_internet(struct dpt_socket *socket, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	__be16 local = READ_ONCE(inet->inet_sport), remote = READ_ONCE(inet->inet_dport);

	/* Without a port an end is not there yet. */
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6) {
		const struct in6_addr *own = &sk->sk_v6_rcv_saddr;

		if (local)
			fill_ipv6(&socket->local, own, local, sk->sk_bound_dev_if);
		if (remote && socket->remote.family == 0)
			fill_ipv6(&socket->remote, &sk->sk_v6_daddr, remote, sk->sk_bound_dev_if);
		return;
	}
#endif
	if (local)
		fill_ipv4(&socket->local, inet->inet_rcv_saddr ?: inet->inet_saddr, local);
	if (remote && socket->remote.family == 0)
		fill_ipv4(&socket->remote, inet->inet_daddr, remote);
}

static void add_unix_text(struct dpt_draft *draft, const char *name, int bytes)
{
	char *room = (char *)dpt_draft_room(draft);

	if (bytes <= 0 || draft->record.lengths.path2 > 0)
		return;
	if (name[0] == 0) {
		memcpy(room, name, bytes);
		room[0] = '@';
	} else {
		bytes = strnlen(name, bytes);
		memcpy(room, name, bytes);
	}
	dpt_draft_add(draft, &draft->record.lengths.path2, bytes);
}

static void add_unix_name(struct dpt_draft *draft, struct sock *sk)
{
	/* Set once, and kept as long as the socket. */
	const struct unix_address *address = smp_load_acquire(&unix_sk(sk)->addr);

	if (address)
		add_unix_text(draft, address->name->sun_path, address->len - (int)sizeof(sa_family_t));
}

/* As the kernel's unix_peer_get, which not every kernel's headers tell of. */
static struct sock *get_peer(struct sock *sk)
{
	struct sock *peer;

	spin_lock(&unix_sk(sk)->lock);
	peer = unix_sk(sk)->peer;
	if (peer)
		sock_hold(peer);
	spin_unlock(&unix_sk(sk)->lock);
	return peer;
}

/* Its peer's name, since that is what a client connected to; a server's own, whose clients have none. */
static void add_unix(struct dpt_draft *draft, struct sock *sk)
{
	struct sock *peer = draft->record.socket.remote.family == 0 ? get_peer(sk) : NULL;

	draft->record.socket.local.family = AF_UNIX;
	if (peer) {
		draft->record.socket.remote.family = AF_UNIX;
		draft->record.socket.peer_inode = sock_i_ino(peer);
		add_unix_name(draft, peer);
		sock_put(peer);
	}
	add_unix_name(draft, sk);
}

void dpt_socket_add(struct dpt_draft *draft, struct file *file)
{
	struct dpt_socket *record = &draft->record.socket;
	struct socket *socket = dpt_socket_of_file(file);
	struct sock *sk = socket ? READ_ONCE(socket->sk) : NULL;

	if (!sk)
		return;
	/* Where something else has asked for one: making one is not for modules. */
	record->cookie = atomic64_read(&sk->sk_cookie);
	record->type = sk->sk_type;
	record->protocol = sk->sk_protocol;
	if (sk->sk_family == AF_UNIX)
		add_unix(draft, sk);
	else if (sk->sk_family == AF_INET || sk->sk_family == AF_INET6)
		fill_internet(record, sk);
	else
		record->local.family = sk->sk_family;
}

static void add_address(struct dpt_draft *draft, struct dpt_address *to, const void __user *from, u32 bytes)
{
	union {
		struct sockaddr_storage any;
		struct sockaddr_in ipv4;
		struct sockaddr_in6 ipv6;
		struct sockaddr_un unix_name;
	} address = {};

	bytes = min_t(u32, bytes, sizeof(address));
	if (bytes < sizeof(sa_family_t) || !dpt_user_get(&address, from, bytes))
		return;
	if (address.any.ss_family == AF_INET)
		fill_ipv4(to, address.ipv4.sin_addr.s_addr, address.ipv4.sin_port);
	else if (address.any.ss_family == AF_INET6)
		fill_ipv6(to, &address.ipv6.sin6_addr, address.ipv6.sin6_port, address.ipv6.sin6_scope_id);
	else
		to->family = address.any.ss_family;
	if (address.any.ss_family == AF_UNIX)
		add_unix_text(draft, address.unix_name.sun_path, min_t(int, bytes - sizeof(sa_family_t), UNIX_PATH_MAX));
}

void dpt_socket_add_remote(struct dpt_draft *draft, const void __user *address, u32 bytes)
{
	if (address && draft->record.socket.remote.family == 0)
		add_address(draft, &draft->record.socket.remote, address, bytes);
}

void dpt_socket_add_local(struct dpt_draft *draft, const void __user *address, u32 bytes)
{
	if (address && draft->record.socket.local.port == 0)
		add_address(draft, &draft->record.socket.local, address, bytes);
}

static bool begins(const u8 *name, u32 bytes, const char *start)
{
	return bytes >= strlen(start) && memcmp(name, start, strlen(start)) == 0;
}

static bool ends(const u8 *name, u32 bytes, const char *end)
{
	return bytes >= strlen(end) && memcmp(name + bytes - strlen(end), end, strlen(end)) == 0;
}

bool dpt_socket_is_log(const struct dpt_draft *draft)
{
	const struct dpt_address *remote = &draft->record.socket.remote;
	/* The name is path2, which is the last text so far. */
	const u32 bytes = draft->record.lengths.path2;
	const u8 *name = draft->text + draft->used - bytes;

	if (remote->family == AF_INET || remote->family == AF_INET6)
		return remote->port == SYSLOG_PORT;
	/* A container's own may lie elsewhere; journald's all lie together. */
	return remote->family == AF_UNIX &&
	       (begins(name, bytes, "/run/systemd/journal/") || ends(name, bytes, "/dev/log") ||
		ends(name, bytes, "/syslog") || ends(name, bytes, "/run/log"));
}
