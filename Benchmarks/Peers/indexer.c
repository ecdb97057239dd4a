// Threads insert four keys each into a hash table with a lock a slot. SIZE1: threads.
#include "peer.h"

#define TABLE 128

static int table[TABLE];
static pthread_mutex_t locks[TABLE];
static int numbers[SIZE1];

static int compare_and_swap(int slot, int key) {
  int is_free = 0;
  pthread_mutex_lock(&locks[slot]);
  if (table[slot] == 0) {
    table[slot] = key;
    is_free = 1;
  }
  pthread_mutex_unlock(&locks[slot]);
  return is_free;
}

static void *insert(void *argument) {
  int number = *(int *)argument;
  for (int m = 1; m <= 4; m++) {
    int key = m * 11 + number;
    int slot = 7 * key % TABLE;
    while (!compare_and_swap(slot, key))
      slot = (slot + 1) % TABLE;
  }
  return 0;
}

int main(void) {
  pthread_t threads[SIZE1];
  for (int i = 0; i < TABLE; i++)
    pthread_mutex_init(&locks[i], 0);
  for (int i = 0; i < SIZE1; i++) {
    numbers[i] = i;
    pthread_create(&threads[i], 0, insert, &numbers[i]);
  }
  for (int i = 0; i < SIZE1; i++)
    pthread_join(threads[i], 0);
  return 0;
}
