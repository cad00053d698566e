/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `disprotrack-capture keep SOCKET -- PROGRAM …`: runs the program, whose standard output are records, and holds what it
 * gives until whoever reads it says that it is kept. A reader comes by the unix socket; where one is killed, the next
 * goes on at the byte that the former kept. It must not know what is in a record.
 */
#ifndef DISPROTRACK_KEEP_H
#define DISPROTRACK_KEEP_H

/* An exit code: the program's. */
int keep(int count, char **words);

#endif
