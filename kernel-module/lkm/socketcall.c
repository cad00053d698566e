// SPDX-License-Identifier: GPL-2.0-only
/* Old 32-bit programs make all socket calls by one number. */
#include <linux/net.h>

#include "call-number.h"
#include "call.h"
#include "user-text.h"

#ifdef DPT_HAS_COMPAT_NUMBERS
static const struct {
	int number;
	u8 arguments;
} socketcalls[] = {
	[SYS_SOCKET] = { __NR_ia32_socket, 3 },
	[SYS_BIND] = { __NR_ia32_bind, 3 },
	[SYS_CONNECT] = { __NR_ia32_connect, 3 },
	[SYS_LISTEN] = { __NR_ia32_listen, 2 },
	[SYS_ACCEPT] = { __NR_ia32_accept4, 3 },
	[SYS_SOCKETPAIR] = { __NR_ia32_socketpair, 4 },
	[SYS_SEND] = { __NR_ia32_sendto, 4 },
	[SYS_RECV] = { __NR_ia32_recvfrom, 4 },
	[SYS_SENDTO] = { __NR_ia32_sendto, 6 },
	[SYS_RECVFROM] = { __NR_ia32_recvfrom, 6 },
	[SYS_SENDMSG] = { __NR_ia32_sendmsg, 3 },
	[SYS_RECVMSG] = { __NR_ia32_recvmsg, 3 },
	[SYS_ACCEPT4] = { __NR_ia32_accept4, 4 },
	[SYS_RECVMMSG] = { __NR_ia32_recvmmsg, 5 },
	[SYS_SENDMMSG] = { __NR_ia32_sendmmsg, 4 },
};

bool dpt_socketcall_resolve(struct dpt_return *ret)
{
	unsigned long call = ret->args[0];
	u32 arguments[6] = {};
	int i;

	if (call >= ARRAY_SIZE(socketcalls) || socketcalls[call].arguments == 0)
		return false;
	if (!dpt_user_get(arguments, dpt_pointer(ret, ARG1), socketcalls[call].arguments * sizeof(u32)))
		return false;
	for (i = 0; i < 6; i++)
		ret->args[i] = arguments[i];
	ret->number = socketcalls[call].number;
	ret->call = dpt_call_find(ret->number, true);
	return ret->call;
}
#else
bool dpt_socketcall_resolve(struct dpt_return *ret)
{
	return false;
}
#endif
