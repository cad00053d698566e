/* SPDX-License-Identifier: GPL-2.0-only */
/* What is tested besides single calls. Each begins with the module loaded and open, unless said otherwise. */
#ifndef TEST_SCENARIO_H
#define TEST_SCENARIO_H

/* Exact counts, one writer and two; long lines in pieces. */
void test_counting(void);
/* Pids, namespaces, cgroups, users, times. */
void test_identity(void);
/* Cgroups of version 1 beside those of version 2. */
void test_cgroup_v1(void);
/* What can be set while it runs. */
void test_settings(void);
/* The device: one reader, whole records, poll. */
void test_device(void);
/* A full ring. Begins with the module unloaded. */
void test_loss(void);
/* Wrong parameters, refusals, and load and unload under load. Begins with the module unloaded. */
void test_lifecycle(void);

/* What reads the module in earnest. Begins with the module unloaded. */
void test_helper(void);

#endif
