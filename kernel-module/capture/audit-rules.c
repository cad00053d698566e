// SPDX-License-Identifier: GPL-2.0-only
#include "audit-rules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "audit-netlink.h"
#include "syscalls.h"

#define KEY_STEM "disprotrack-capture-"
#define KEY_BYTES_MAX 48
#define FOUND_RULES_MAX 64

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

struct rule {
	struct audit_rule_data data;
	char key[KEY_BYTES_MAX];
};

static void add_field(struct rule *rule, unsigned int field, unsigned int operator, unsigned int value)
{
	unsigned int at = rule->data.field_count++;

	rule->data.fields[at] = field;
	rule->data.fieldflags[at] = operator;
	rule->data.values[at] = value;
}

/* What every rule has: this machine's calls, not ours, and none of the failures with which programs wait. */
static struct rule new_rule(const struct options *options)
{
	static const int noise[] = { -ENOENT, -EINTR, -EBADF, -EAGAIN };
	struct rule rule = { .data = { .flags = AUDIT_FILTER_EXIT, .action = AUDIT_ALWAYS } };

	add_field(&rule, AUDIT_ARCH, AUDIT_EQUAL, NATIVE_ARCH);
	for (unsigned int i = 0; i < options->ignored_count && i < 32; i++)
		add_field(&rule, AUDIT_PID, AUDIT_NOT_EQUAL, options->ignored[i]);
	for (unsigned int i = 0; i < sizeof(noise) / sizeof(noise[0]); i++)
		add_field(&rule, AUDIT_EXIT, AUDIT_NOT_EQUAL, noise[i]);
	return rule;
}

static void add_syscall(struct rule *rule, int number)
{
	rule->data.mask[AUDIT_WORD(number)] |= AUDIT_BIT(number);
}

static int send_rule(int fd, struct rule *rule)
{
	rule->data.buflen = snprintf(rule->key, sizeof(rule->key), KEY_STEM "%d", getpid());
	add_field(rule, AUDIT_FILTERKEY, AUDIT_EQUAL, rule->data.buflen);
	return audit_request(fd, AUDIT_ADD_RULE, &rule->data, sizeof(rule->data) + rule->data.buflen);
}

static bool is_wanted(const struct options *options, unsigned int index)
{
	for (unsigned int i = 0; i < options->unwanted_count; i++)
		if (strcmp(options->unwanted[i], listed_syscalls[index].name) == 0)
			return false;
	return syscall_numbers[index] >= 0;
}

/* A call that matters only where an argument is such. */
static int send_narrow(int fd, const struct options *options, const char *name, unsigned int argument,
		       unsigned int operator, unsigned int value)
{
	int index = find_syscall(name);
	struct rule rule = new_rule(options);

	if (!is_wanted(options, index))
		return 0;
	add_syscall(&rule, syscall_numbers[index]);
	add_field(&rule, AUDIT_ARG0 + argument, operator, value);
	return send_rule(fd, &rule);
}

static bool is_narrow(const struct listed_syscall *listed)
{
	return listed->plan.action == ACTION_MAP || listed->plan.action == ACTION_PROTECT ||
	       listed->plan.action == ACTION_DUP_COMMAND;
}

static int send_wide(int fd, const struct options *options)
{
	struct rule rule = new_rule(options);

	for (unsigned int i = 0; i < listed_syscall_count; i++)
		if (is_wanted(options, i) && !is_narrow(&listed_syscalls[i]))
			add_syscall(&rule, syscall_numbers[i]);
	/* They never return, and so have no plan. */
	add_syscall(&rule, SYS_exit);
	add_syscall(&rule, SYS_exit_group);
	return send_rule(fd, &rule);
}

int audit_rules_add(int fd, const struct options *options)
{
	int error = send_wide(fd, options);

	if (error == 0)
		error = send_narrow(fd, options, "mmap", 2, AUDIT_BIT_TEST, PROT_EXEC);
	if (error == 0)
		error = send_narrow(fd, options, "mprotect", 2, AUDIT_BIT_TEST, PROT_EXEC);
	if (error == 0)
		error = send_narrow(fd, options, "fcntl", 1, AUDIT_EQUAL, F_DUPFD);
	if (error == 0)
		error = send_narrow(fd, options, "fcntl", 1, AUDIT_EQUAL, F_DUPFD_CLOEXEC);
	if (error != 0)
		audit_rules_remove(fd);
	return error;
}

struct found {
	struct audit_message rules[FOUND_RULES_MAX];
	unsigned int count;
};

/* Of this helper, or of one that is no more. */
static bool is_ours(const struct audit_rule_data *rule)
{
	char key[KEY_BYTES_MAX] = "";
	pid_t owner;

	if (rule->buflen >= sizeof(key))
		return false;
	memcpy(key, rule->buf, rule->buflen);
	if (strncmp(key, KEY_STEM, strlen(KEY_STEM)) != 0)
		return false;
	owner = strtol(key + strlen(KEY_STEM), NULL, 10);
	return owner == getpid() || (owner > 0 && kill(owner, 0) != 0 && errno == ESRCH);
}

static int keep_own(const struct audit_message *message, void *context)
{
	struct found *found = context;

	if (is_ours((const void *)message->data))
		found->rules[found->count++] = *message;
	return found->count < FOUND_RULES_MAX;
}

void audit_rules_remove(int fd)
{
	struct found *found = calloc(1, sizeof(*found));

	if (found == NULL)
		return;
	audit_ask(fd, AUDIT_LIST_RULES, keep_own, found);
	for (unsigned int i = 0; i < found->count; i++) {
		const struct audit_rule_data *rule = (const void *)found->rules[i].data;

		audit_request(fd, AUDIT_DEL_RULE, rule, sizeof(*rule) + rule->buflen);
	}
	free(found);
}
