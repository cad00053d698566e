// SPDX-License-Identifier: GPL-2.0-only
#include "user-text.h"

#include <linux/uaccess.h>

size_t dpt_user_read(void *to, const void __user *from, size_t bytes)
{
	size_t left;

	if (!access_ok(from, bytes))
		return 0;
	pagefault_disable();
	left = __copy_from_user_inatomic(to, from, bytes);
	pagefault_enable();
	return bytes - left;
}

bool dpt_user_get(void *to, const void __user *from, size_t bytes)
{
	return dpt_user_read(to, from, bytes) == bytes;
}

long dpt_user_string(char *to, const char __user *from, long max)
{
	long length;

	/* As strncpy_from_user_nofault does, which modules can't call. */
	pagefault_disable();
	length = strncpy_from_user(to, from, max);
	pagefault_enable();
	return length;
}
