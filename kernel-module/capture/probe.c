// SPDX-License-Identifier: GPL-2.0-only
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "audit-netlink.h"
#include "ebpf-program.h"
#include "proc-file.h"

#define DEVICE "/dev/disprotrack"

/* Names the capabilities that capture needs and this process lacks. */
static const struct {
	const char *name;
	int number;
} wanted_capabilities[] = {
	{ "CAP_SYS_ADMIN", 21 },    { "CAP_SYS_PTRACE", 19 }, { "CAP_AUDIT_CONTROL", 30 },
	{ "CAP_AUDIT_READ", 37 },   { "CAP_PERFMON", 38 },    { "CAP_BPF", 39 },
	{ "CAP_SYS_RESOURCE", 24 },
};

static void print_text(const char *text)
{
	putchar('"');
	for (; *text != 0; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar((unsigned char)*text < ' ' ? ' ' : *text);
	}
	putchar('"');
}

static void print_member(const char *name, const char *text)
{
	printf(",\"%s\":", name);
	print_text(text);
}

static void print_verdict(const char *name, int result, const struct complaint *complaint)
{
	printf("\"%s\":{\"ok\":%s", name, result == 0 ? "true" : "false");
	if (result != 0) {
		print_member("code", complaint->code);
		print_member("text", complaint->text);
		print_member("hint", complaint->hint);
	}
}

/* The programs are really loaded: no list of versions and options is as true. */
static void probe_ebpf(void)
{
	struct complaint complaint = { 0 };
	struct ebpf_program program;
	int result = ebpf_load(&program, 1, false, true, &complaint);

	print_verdict("ebpf", result, &complaint);
	if (result == 0) {
		print_member("programs", program.portable ? "portable" : "fast");
		printf(",\"stacks\":%s", program.has_stacks ? "true" : "false");
	}
	putchar('}');
	ebpf_unload(&program);
}

static void probe_audit(void)
{
	struct complaint complaint = { 0 };
	struct audit_status status = { 0 };
	char owner[64];
	int fd = audit_open(0), result = 0;

	if (fd < 0)
		result = complain(&complaint, "no-audit", "a kernel with CONFIG_AUDIT=y", "%s", strerror(errno));
	else if ((errno = audit_get_status(fd, &status)) != 0)
		result = complain(&complaint, "not-permitted", "run as root", "%s", strerror(errno));
	else if (status.enabled == 2)
		result = complain(&complaint, "audit-locked", "audit's rules are locked until the next boot (auditctl -e 2)",
				  "rules can't be added");
	close(fd);
	print_verdict("audit", result, &complaint);
	if (result == 0) {
		printf(",\"owner\":%u,\"enabled\":%s", status.pid, status.enabled != 0 ? "true" : "false");
		proc_read(status.pid, "comm", owner, sizeof(owner));
		owner[strcspn(owner, "\n")] = 0;
		print_member("owner_name", status.pid != 0 ? owner : "");
	}
	putchar('}');
}

static void probe_module(void)
{
	struct complaint complaint = { 0 };
	int result = access(DEVICE, R_OK) == 0 ? 0 : -1;

	if (result != 0 && access("/proc/modules", F_OK) != 0)
		complain(&complaint, "no-modules", "another source", "this kernel loads no modules");
	else if (result != 0 && access(DEVICE, F_OK) == 0)
		complain(&complaint, "not-permitted", "run as root", "can't read " DEVICE);
	else if (result != 0)
		complain(&complaint, "not-loaded", "modprobe disprotrack; kernel-module/lkm is built and installed by DKMS",
			 "the module is not loaded");
	print_verdict("kernel-module", result, &complaint);
	putchar('}');
}

static void print_file(const char *name, const char *path)
{
	char text[256] = "";
	FILE *file = fopen(path, "re");

	if (file != NULL) {
		if (fgets(text, sizeof(text), file) == NULL)
			text[0] = 0;
		fclose(file);
	}
	text[strcspn(text, "\n")] = 0;
	print_member(name, text);
}

static void print_capabilities(void)
{
	char status[4096];
	const char *line, *comma = "";
	unsigned long long effective = 0;

	proc_read(getpid(), "status", status, sizeof(status));
	line = strstr(status, "\nCapEff:");
	if (line != NULL)
		effective = strtoull(line + 8, NULL, 16);
	printf(",\"missing_capabilities\":[");
	for (unsigned int i = 0; i < sizeof(wanted_capabilities) / sizeof(wanted_capabilities[0]); i++) {
		if (effective & 1ull << wanted_capabilities[i].number)
			continue;
		printf("%s\"%s\"", comma, wanted_capabilities[i].name);
		comma = ",";
	}
	printf("]");
}

/* Where version 2 and version 1's controller of pids are mounted; empty where they are not. */
static void print_cgroup_mounts(void)
{
	char line[1024], place[512], type[64], options[512], unified[512] = "", pids[512] = "";
	FILE *mounts = fopen("/proc/self/mounts", "re");

	while (mounts != NULL && fgets(line, sizeof(line), mounts) != NULL) {
		if (sscanf(line, "%*s %511s %63s %511s", place, type, options) != 3)
			continue;
		if (strcmp(type, "cgroup2") == 0 && unified[0] == 0)
			strcpy(unified, place);
		if (strcmp(type, "cgroup") == 0 && strstr(options, ",pids") != NULL && pids[0] == 0)
			strcpy(pids, place);
	}
	if (mounts != NULL)
		fclose(mounts);
	print_member("cgroup_v2", unified);
	print_member("cgroup_v1_pids", pids);
}

int probe(void)
{
	struct utsname name;

	uname(&name);
	printf("{\"sources\":{");
	probe_ebpf();
	putchar(',');
	probe_audit();
	putchar(',');
	probe_module();
	printf("},\"btf\":%s", access("/sys/kernel/btf/vmlinux", R_OK) == 0 ? "true" : "false");
	print_member("kernel", name.release);
	print_member("machine", name.machine);
	/* [none] integrity confidentiality; empty where the kernel has no lockdown. */
	print_file("lockdown", "/sys/kernel/security/lockdown");
	/* 0: everybody may make rings, 1: some, 2: nobody; empty where the kernel does not say. */
	print_file("io_uring_disabled", "/proc/sys/kernel/io_uring_disabled");
	print_capabilities();
	print_cgroup_mounts();
	printf("}\n");
	return 0;
}
