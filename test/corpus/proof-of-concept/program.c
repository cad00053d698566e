/* Two branches: a function that appends to a file and can fail twice, and a macro that prints one line. */
#include <stdio.h>
#include <stdlib.h>

#define record_nothing() ({ printf("Nothing to record\n"); })

int record_line(void) {
  FILE *file = fopen("record.txt", "a");
  if (file == NULL) {
    printf("Could not open the record\n");
    return -1;
  }
  if (fprintf(file, "One line for the record\n") < 24) {
    fprintf(stderr, "Could not write the record\n");
    return -1;
  }
  return 0;
}

int main(void) {
  printf("Begin\n");
  int number = rand();
  if (number % 2 == 0) {
    printf("To the function, number = %d\n", number);
    record_line();
  } else {
    printf("To the macro, number = %d\n", number);
    record_nothing();
  }
  printf("Finish\n");
  return 0;
}
