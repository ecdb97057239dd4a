// One thread writes what several others read once. SIZE1: readers.
#include "peer.h"

static shared_int value;

static void *write_once(void *argument) {
  WRITE(value, 1);
  return argument;
}

static void *read_once(void *argument) {
  return READ(value) < 0 ? argument : 0;
}

int main(void) {
  pthread_t threads[SIZE1 + 1];
  pthread_create(&threads[0], 0, write_once, 0);
  for (int i = 1; i <= SIZE1; i++)
    pthread_create(&threads[i], 0, read_once, 0);
  for (int i = 0; i <= SIZE1; i++)
    pthread_join(threads[i], 0);
  return 0;
}
