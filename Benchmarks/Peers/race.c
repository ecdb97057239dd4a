// Threads that read a total and write it plus one. SIZE1: threads, SIZE2: increments of each.
#include "peer.h"

static shared_int total;

static void *increment(void *argument) {
  for (int i = 0; i < SIZE2; i++)
    WRITE(total, READ(total) + 1);
  return argument;
}

int main(void) {
  pthread_t threads[SIZE1];
  for (int i = 0; i < SIZE1; i++)
    pthread_create(&threads[i], 0, increment, 0);
  for (int i = 0; i < SIZE1; i++)
    pthread_join(threads[i], 0);
  return 0;
}
