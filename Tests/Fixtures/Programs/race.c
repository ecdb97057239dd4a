// Two threads, so many increments each as the first argument says, no lock.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int total;

static void *increment(void *count) {
  for (long left = (long)count; left > 0; left--) total++;
  return NULL;
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 3;
  pthread_t threads[2];
  for (int index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, increment, (void *)count);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  printf("%d\n", total);
  return 0;
}
