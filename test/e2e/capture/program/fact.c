#include "fact.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

static char facts[1 << 20];
static size_t used;

static void add(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	used += vsnprintf(facts + used, sizeof(facts) - used, format, values);
	va_end(values);
}

long call(long number, ...)
{
	long args[6], result;
	va_list values;

	va_start(values, number);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(values, long);
	va_end(values);
	result = syscall(number, args[0], args[1], args[2], args[3], args[4], args[5]);
	return result == -1 ? -errno : result;
}

long did(const char *name, long number, long result)
{
	add("%s{\"name\":\"%s\",\"syscall\":%ld,\"result\":%ld,\"tid\":%ld", used > 0 ? "}\n" : "", name, number, result,
	    syscall(SYS_gettid));
	return result;
}

static void add_object(const char *member, int fd)
{
	struct stat status;

	if (fstat(fd, &status) != 0)
		abort();
	add(",\"%s\":{\"inode\":%lu,\"device\":%u,\"mode\":%u}", member, status.st_ino,
	    major(status.st_dev) << 20 | minor(status.st_dev), status.st_mode);
}

void object(int fd)
{
	add_object("object", fd);
}

void object2(int fd)
{
	add_object("object2", fd);
}

void text(const char *member, const char *value)
{
	add(",\"%s\":\"%s\"", member, value);
}

void number(const char *member, long long value)
{
	add(",\"%s\":%lld", member, value);
}

void address(const char *member, int fd, int peer)
{
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} name;
	socklen_t length = sizeof(name);
	char ip[INET6_ADDRSTRLEN];

	if ((peer ? getpeername : getsockname)(fd, &name.any, &length) != 0)
		abort();
	if (name.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &name.v4.sin_addr, ip, sizeof(ip));
	else if (IN6_IS_ADDR_V4MAPPED(&name.v6.sin6_addr))
		inet_ntop(AF_INET, &name.v6.sin6_addr.s6_addr[12], ip, sizeof(ip));
	else
		inet_ntop(AF_INET6, &name.v6.sin6_addr, ip, sizeof(ip));
	/* The port lies at the same place in both. */
	add(",\"%s\":\"%s %d\"", member, ip, ntohs(name.v4.sin_port));
}

void tell(void)
{
	add("}\n");
	for (size_t done = 0; done < used;)
		done += write(1, facts + done, used - done);
}
