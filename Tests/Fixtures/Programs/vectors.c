// Two threads add to one array without a lock, in loops that an optimiser makes vectors of.
#include <pthread.h>
#include <stdio.h>

int numbers[8];

static void *adds(void *unused) {
  for (int index = 0; index < 8; index++) numbers[index] += 1;
  return unused;
}

int main(void) {
  pthread_t threads[2];
  for (int index = 0; index < 2; index++) pthread_create(&threads[index], NULL, adds, NULL);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  printf("%d\n", numbers[3]);
  return 0;
}
