// SPDX-License-Identifier: GPL-2.0-only
#include "audit-names.h"

#include <stddef.h>

static const struct {
	int type;
	const char *name;
} names[] = {
	{ 1000, "GET" },	   { 1001, "SET" },	       { 1005, "USER" },	  { 1006, "LOGIN" },
	{ 1300, "SYSCALL" },	   { 1302, "PATH" },	       { 1303, "IPC" },		  { 1304, "SOCKETCALL" },
	{ 1305, "CONFIG_CHANGE" }, { 1306, "SOCKADDR" },       { 1307, "CWD" },		  { 1309, "EXECVE" },
	{ 1311, "IPC_SET_PERM" },  { 1312, "MQ_OPEN" },	       { 1313, "MQ_SENDRECV" },	  { 1314, "MQ_NOTIFY" },
	{ 1315, "MQ_GETSETATTR" }, { 1316, "KERNEL_OTHER" },   { 1317, "FD_PAIR" },	  { 1318, "OBJ_PID" },
	{ 1319, "TTY" },	   { 1320, "EOE" },	       { 1321, "BPRM_FCAPS" },	  { 1322, "CAPSET" },
	{ 1323, "MMAP" },	   { 1324, "NETFILTER_PKT" },  { 1325, "NETFILTER_CFG" }, { 1326, "SECCOMP" },
	{ 1327, "PROCTITLE" },	   { 1328, "FEATURE_CHANGE" }, { 1329, "REPLACE" },	  { 1330, "KERN_MODULE" },
	{ 1331, "FANOTIFY" },	   { 1332, "TIME_INJOFFSET" }, { 1333, "TIME_ADJNTPVAL" }, { 1334, "BPF" },
	{ 1335, "EVENT_LISTENER" }, { 1336, "URINGOP" },       { 1337, "OPENAT2" },	  { 1338, "DM_CTRL" },
	{ 1339, "DM_EVENT" },	   { 1400, "AVC" },	       { 1401, "SELINUX_ERR" },	  { 1403, "MAC_POLICY_LOAD" },
	{ 1404, "MAC_STATUS" },	   { 1700, "ANOM_PROMISCUOUS" }, { 1701, "ANOM_ABEND" },  { 1702, "ANOM_LINK" },
};

const char *audit_type_name(int type)
{
	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == type)
			return names[i].name;
	return NULL;
}
