// Two threads add without a lock: lines WHAT. Of 'none', no instruction but the first has a line of the
// source, of 'some', the additions have none; 'split' adds to an array of which the compiler makes variables.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int total, sums[3];

static inline __attribute__((always_inline)) void add(int amount) {
#line 0
  total += amount;
#line 13
}

static void *none(void *argument) {
#line 0
  add(1); return argument; }
#line 19

static void *some(void *argument) {
  if (argument) {
#line 0
    add(1);
#line 25
  }
  return argument;
}

static void *split(void *argument) {
  sums[1]++;
  return argument;
}

int main(int argc, char **argv) {
  const char *what = argv[argc > 1 ? 1 : 0];
  void *(*start)(void *) = strcmp(what, "none") == 0 ? none : strcmp(what, "split") == 0 ? split : some;
  sums[2] = argc;
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, start, &threads);
  pthread_create(&threads[1], NULL, start, &threads);
  pthread_join(threads[0], NULL);
  pthread_join(threads[1], NULL);
  printf("%d %d %d", total, sums[1], sums[2]);
  return strcmp(what, "failing") == 0;
}
