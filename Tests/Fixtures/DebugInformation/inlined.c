// Functions that are inlined into each other, once and more than once.
#include <stdio.h>
#include <stdlib.h>

static inline __attribute__((always_inline)) int twice(int number) {
  return number * 2 + rand();
}

static inline int sum(int count) {
  int result = 0;
  for (int i = 0; i < count; i++) result += twice(i);
  return result;
}

int outer(int number) { return sum(number) + twice(number); }

struct call {
  int (*function)(int);
};

int main(int argc, char **argv) {
  struct call call = {outer};
  printf("%d %s\n", call.function(argc) + sum(argc), argv[0]);
  return 0;
}
