// Two threads add i to j and j to i; the main thread reads both at any time. SIZE1: additions.
#include "peer.h"

static shared_int i = 1;
static shared_int j = 1;

static void *add_to_i(void *argument) {
  for (int k = 0; k < SIZE1; k++) {
    int left = READ(i);
    WRITE(i, left + READ(j));
  }
  return argument;
}

static void *add_to_j(void *argument) {
  for (int k = 0; k < SIZE1; k++) {
    int left = READ(j);
    WRITE(j, left + READ(i));
  }
  return argument;
}

int main(void) {
  pthread_t first, second;
  pthread_create(&first, 0, add_to_i, 0);
  pthread_create(&second, 0, add_to_j, 0);
  int read = READ(i);
  read += READ(j);
  pthread_join(first, 0);
  pthread_join(second, 0);
  return read < 0;
}
