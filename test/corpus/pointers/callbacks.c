/* Functions given to the C library: one that it runs at once, one for a thread, and a pointer that it only frees. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int compare(const void *a, const void *b) {
  puts("compare");
  return *(const int *)a - *(const int *)b;
}

static void *work(void *data) {
  puts("work");
  return data;
}

struct task {
  void *(*run)(void *);
};

int main(int count, char **arguments) {
  int numbers[] = {3, count, 2};
  pthread_t thread;
  struct task *task = malloc(sizeof *task);
  (void)arguments;
  task->run = work;
  puts("sort");
  qsort(numbers, 3, sizeof numbers[0], compare);
  puts("start");
  pthread_create(&thread, NULL, task->run, NULL);
  puts("wait");
  pthread_join(thread, NULL);
  free(task);
  puts("end");
  return numbers[0];
}
