// Two threads, two increments each, each under a lock: right in every schedule.
#include <assert.h>
#include <pthread.h>
#include <stdio.h>

static int total;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *increment(void *unused) {
  for (int left = 2; left > 0; left--) {
    pthread_mutex_lock(&lock);
    total++;
    pthread_mutex_unlock(&lock);
  }
  return unused;
}

int main(void) {
  pthread_t threads[2];
  for (int index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, increment, NULL);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
  assert(total == 4);
  printf("%d\n", total);
  return 0;
}
