/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets: both ends' addresses from the kernel's structures, or from what the process gave or got. It must not know
 * which of several calls that was.
 */
#ifndef DISPROTRACK_SOCKET_H
#define DISPROTRACK_SOCKET_H

#include "object.h"

#define FAMILY_UNIX 1
#define FAMILY_INET 2
#define FAMILY_INET6 10
#define UNIX_NAME_MAX 128

static __always_inline __u16 host_order(__u16 port)
{
	return __builtin_bswap16(port);
}

/* An IPv4 address in IPv6's clothes is given as what it is. */
static __always_inline void unmap(struct dpt_address *address)
{
	__u32 *words = (__u32 *)address->ip;

	if (words[0] == 0 && words[1] == 0 && words[2] == __builtin_bswap32(0xffff)) {
		words[0] = words[3];
		words[2] = 0;
		words[3] = 0;
		address->family = FAMILY_INET;
	}
}

/* Family, port and scope are one word. */
static __always_inline void fill_head(struct dpt_address *to, __u64 family, __u64 port, __u64 scope)
{
	*(__u64 *)to = family | port << 16 | scope << 32;
}

static __always_inline void fill_ip6(struct dpt_address *to, const struct in6_addr *from)
{
	bpf_probe_read_kernel(to->ip, 16, from);
	unmap(to);
}

/* An end that has no port yet is not told. */
static __always_inline void fill_inet(struct dpt_socket *to, struct sock *sk)
{
	__u16 family = READ(sk, __sk_common.skc_family);
	__u16 local = READ(sk, __sk_common.skc_num);
	__u16 remote = host_order(READ(sk, __sk_common.skc_dport));
	__u32 scope = family == FAMILY_INET ? 0 : READ(sk, __sk_common.skc_bound_dev_if);

	fill_head(&to->local, local != 0 ? family : 0, local, scope);
	fill_head(&to->remote, remote != 0 ? family : 0, remote, scope);
	if (family == FAMILY_INET) {
		if (local != 0)
			*(__u64 *)to->local.ip = READ(sk, __sk_common.skc_rcv_saddr);
		if (remote != 0)
			*(__u64 *)to->remote.ip = READ(sk, __sk_common.skc_daddr);
		return;
	}
	if (local != 0)
		fill_ip6(&to->local, &sk->__sk_common.skc_v6_rcv_saddr);
	if (remote != 0)
		fill_ip6(&to->remote, &sk->__sk_common.skc_v6_daddr);
}

/* Appends a unix socket's name; an abstract one begins with @ in place of its zero byte. */
static __always_inline __u32 append_unix_name(struct scratch *scratch, struct sock *sk)
{
	struct unix_address *address = READ(TYPED(struct unix_sock, sk), addr);
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);
	__u32 length;

	if (address == NULL)
		return 0;
	address = TYPED(struct unix_address, address);
	length = READ(address, len) - 2;
	if (length == 0 || length > 108 || append(scratch, &address->name[0].sun_path, length, UNIX_NAME_MAX) == 0)
		return 0;
	if (scratch->bytes[used] == 0) {
		scratch->bytes[used] = '@';
		return length;
	}
	/* A path ends in a zero byte that counts. */
	if (scratch->bytes[BOUNDED(used + length - 1, TEXT_MASK)] == 0) {
		scratch->used--;
		length--;
	}
	return length;
}

static __always_inline void fill_unix(struct scratch *scratch, struct sock *sk)
{
	struct dpt_record *record = &scratch->record;
	struct sock *peer = READ(TYPED(struct unix_sock, sk), peer);
	struct socket *other;

	record->socket.local.family = FAMILY_UNIX;
	record->lengths.path2 = append_unix_name(scratch, sk);
	if (peer == NULL)
		return;
	peer = TYPED(struct sock, peer);
	record->socket.remote.family = FAMILY_UNIX;
	if (record->lengths.path2 == 0)
		record->lengths.path2 = append_unix_name(scratch, peer);
	other = READ(peer, sk_socket);
	if (other != NULL)
		record->socket.peer_inode = READ(TYPED(struct socket, other), file, f_inode, i_ino);
}

/* Of an open file that is a socket; NULL where there is nothing behind it yet. */
static __always_inline struct sock *sock_of(struct file *file)
{
	struct socket *socket = READ(file, private_data);
	struct sock *sk = socket != NULL ? READ(TYPED(struct socket, socket), sk) : NULL;

	return sk != NULL ? TYPED(struct sock, sk) : NULL;
}

/* What every family has. */
static __always_inline void fill_common(struct dpt_socket *to, struct sock *sk)
{
	__u64 type = READ(sk, sk_type), protocol = READ(sk, sk_protocol);

	__builtin_memset(to, 0, sizeof(*to));
	to->cookie = READ(sk, __sk_common.skc_cookie.counter);
	*(__u64 *)&to->type = type | protocol << 16;
}

static __always_inline bool is_inet(struct sock *sk)
{
	__u16 family = READ(sk, __sk_common.skc_family);

	return family == FAMILY_INET || family == FAMILY_INET6;
}

/* Of the descriptor `file`, which is a socket. Appends path2 for a unix socket, so the path is there by then. */
static __noinline int fill_socket(struct scratch *scratch, struct file *file)
{
	struct dpt_socket *to = &scratch->record.socket;
	struct sock *sk = sock_of(file);

	__builtin_memset(to, 0, sizeof(*to));
	scratch->parts |= 1 << WIRE_SOCKET;
	if (sk == NULL)
		return 0;
	fill_common(to, sk);
	if (is_inet(sk))
		fill_inet(to, sk);
	else if (READ(sk, __sk_common.skc_family) == FAMILY_UNIX)
		fill_unix(scratch, sk);
	else
		to->local.family = READ(sk, __sk_common.skc_family);
	return 0;
}

/* From a socket address of the process. A unix name goes to path2 where nothing is there yet. */
static __noinline int fill_given_address(struct scratch *scratch, struct dpt_address *to, __u64 from, __u32 length)
{
	struct dpt_record *record = &scratch->record;
	__u32 used = BOUNDED(scratch->used, TEXT_MASK);
	struct {
		__u16 family;
		__u16 port;
		__u32 word; /* IPv4 address or IPv6 flow */
		__u8 ip[16];
		__u32 scope;
	} given = {};

	if (from == 0 || length < 2 || length > 128)
		return 0;
	if (bpf_probe_read_user(&given, length < sizeof(given) ? 8 : sizeof(given), (const void *)from) != 0)
		return 0;
	to->family = given.family;
	if (given.family == FAMILY_INET) {
		to->port = host_order(given.port);
		*(__u32 *)to->ip = given.word;
	} else if (given.family == FAMILY_INET6) {
		to->port = host_order(given.port);
		to->scope = given.scope;
		__builtin_memcpy(to->ip, given.ip, sizeof(to->ip));
		unmap(to);
	} else if (given.family == FAMILY_UNIX && record->lengths.path2 == 0 && length > 2 && length <= 110) {
		long read;

		if ((given.port & 0xff) == 0) {
			/* Abstract: every byte counts. */
			if (bpf_probe_read_user(scratch->bytes + used, BOUNDED(length - 2, 127), (const void *)from + 2) != 0)
				return 0;
			scratch->bytes[used] = '@';
			read = length - 2;
		} else {
			read = bpf_probe_read_user_str(scratch->bytes + used, BOUNDED(length - 1, 127),
						       (const void *)from + 2) - 1;
		}
		if (read <= 0)
			return 0;
		record->lengths.path2 = read;
		scratch->used = used + read;
	}
	return 0;
}

#endif
