// Writer j copies cell j-1 plus one to cell j; a reader walks down to a zero. SIZE1: writers.
#include "peer.h"

static shared_int cells[SIZE1 + 1];
static int numbers[SIZE1 + 1];

static void *read_down(void *argument) {
  int place = SIZE1;
  while (READ(cells[place]) != 0)
    place--;
  return argument;
}

static void *copy(void *argument) {
  int number = *(int *)argument;
  WRITE(cells[number], READ(cells[number - 1]) + 1);
  return 0;
}

int main(void) {
  pthread_t threads[SIZE1 + 1];
  pthread_create(&threads[0], 0, read_down, 0);
  for (int i = 1; i <= SIZE1; i++) {
    numbers[i] = i;
    pthread_create(&threads[i], 0, copy, &numbers[i]);
  }
  for (int i = 0; i <= SIZE1; i++)
    pthread_join(threads[i], 0);
  return 0;
}
