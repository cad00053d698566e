/* What a case did, as a line of JSON: the test looks for the record that says the same. */
#ifndef FACT_H
#define FACT_H

#include <sys/syscall.h>
#include <unistd.h>

/* Makes the call by number, so that no library chooses another one; a failure is -errno. */
long call(long number, ...);

/* Each call begins a fact or adds to the last one. */
long did(const char *name, long number, long result); /* returns the result */
void object(int fd);            /* the descriptor's inode, device and mode */
void object2(int fd);
void text(const char *member, const char *value);
void number(const char *member, long long value);
void address(const char *member, int fd, int peer); /* of an inet socket, as IP:PORT */
/* Writes every fact to standard output. */
void tell(void);

/* A call with its result, at once. */
#define DID(name, ...) did(#name, SYS_##name, call(SYS_##name, ##__VA_ARGS__))

void file_cases(void);
void name_cases(void);
void copy_cases(void);
void socket_cases(void);
void process_cases(void);
void system_cases(void);
void identity_cases(void); /* the last ones */

#endif
