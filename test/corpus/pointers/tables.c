/* Two tables of commands with one layout, each walked for a name. */
#include <stdio.h>
#include <string.h>

#define APART __attribute__((noinline, noclone))

struct command {
  const char *name;
  void (*run)(const char *);
};

APART static void get(const char *name) { printf("get %s\n", name); }
APART static void set(const char *name) { printf("set %s\n", name); }
APART static void drop(const char *name) { printf("drop %s\n", name); }
APART static void start(const char *name) { printf("start %s\n", name); }
APART static void stop(const char *name) { printf("stop %s\n", name); }
APART static void halt(const char *name) { printf("halt %s\n", name); }

static const struct command data[] = {{"get", get}, {"set", set}, {"drop", drop}, {NULL, NULL}};
static const struct command control[] = {{"start", start}, {"stop", stop}, {"halt", halt}, {NULL, NULL}};

APART static void run(const struct command *command, const char *name) {
  while (command->name != NULL && strcmp(command->name, name) != 0) command++;
  if (command->name != NULL) command->run(name);
}

APART static void on_data(const char *name) {
  puts("data");
  for (int i = 0; i < 3; i++)
    if (strcmp(data[i].name, name) == 0) data[i].run(name);
}

int main(int count, char **arguments) {
  if (count < 2) return 1;
  on_data(arguments[1]);
  puts("control");
  run(control, arguments[1]);
  puts("end");
  return 0;
}
