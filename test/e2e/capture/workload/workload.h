/* What the parts of the workload share. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A call that must not fail; gives what it gave. */
long check(long result);

/* This program anew, as the part; `fd` becomes its `as` unless that is negative. Gives its pid. */
int start(const char *part, int as, int fd);

/* Waits for a child, or any, that must end well. */
void await(int pid);

/* Starts the part that serves, and once that listens the one that asks. Waits for both. */
void exchange(const char *serving, const char *asking);

void serve_tcp(void);
void ask_tcp(void);
void serve_unix(void);
void ask_unix(void);
void hear_unix(void);
void tell_unix(void);
void hear_udp(void);
void tell_udp(void);
