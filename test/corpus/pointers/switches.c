/* A switch that is compiled to a table: cases that end, fall through, return and leave the program. */
#include <stdio.h>
#include <stdlib.h>

static void answer(int number) {
  switch (number) {
    case 0: puts("zero"); break;
    case 1: puts("one"); /* and so on */
    case 2: puts("two"); break;
    case 3: puts("three"); return;
    case 4: exit(4);
    case 5: puts("five"); break;
    default: printf("other %d\n", number);
  }
  puts("answered");
}

int main(int argc, char **argv) {
  puts("begin");
  answer(argc);
  puts("end");
  return 0;
}
