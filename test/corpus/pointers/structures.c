/* Two structures that hold a function at one distance, in memory that one wrapper gets. */
#include <stdio.h>
#include <stdlib.h>

#define APART __attribute__((noinline, noclone))

struct reader {
  void *data;
  void (*run)(struct reader *);
};

struct writer {
  void *data;
  void (*run)(struct writer *);
};

APART static void *get(size_t bytes) {
  void *memory = malloc(bytes);
  if (memory == NULL) abort();
  return memory;
}

APART static struct reader *new_reader(void (*run)(struct reader *)) {
  struct reader *reader = get(sizeof *reader);
  reader->run = run;
  return reader;
}

APART static struct writer *new_writer(void (*run)(struct writer *)) {
  struct writer *writer = get(sizeof *writer);
  writer->run = run;
  return writer;
}

static void read_one(struct reader *reader) {
  reader->data = NULL;
  puts("read one");
}

static void write_one(struct writer *writer) {
  writer->data = NULL;
  puts("write one");
}

APART static void read_all(struct reader *reader) {
  puts("reading");
  reader->run(reader);
}

APART static void write_all(struct writer *writer) {
  puts("writing");
  writer->run(writer);
}

int main(void) {
  read_all(new_reader(read_one));
  write_all(new_writer(write_one));
  puts("end");
  return 0;
}
