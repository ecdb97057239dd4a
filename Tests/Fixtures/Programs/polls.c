// A thread reads under a lock that others may read under, until it is told: polls [HOW]. With 'never', nobody
// tells it.
#include <pthread.h>
#include <stdio.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static int told, counted, isNever;

static void *await(void *argument) {
  int seen = 0;
  while (!seen) {
    pthread_rwlock_rdlock(&lock);
    seen = told;
    pthread_rwlock_unlock(&lock);
  }
  return argument;
}

static void *tell(void *argument) {
  pthread_rwlock_wrlock(&lock);
  told = !isNever;
  pthread_rwlock_unlock(&lock);
  return argument;
}

static void *count(void *argument) {
  pthread_rwlock_wrlock(&lock);
  counted++;
  pthread_rwlock_unlock(&lock);
  return argument;
}

int main(int argc, char **argv) {
  isNever = argc > 1 && argv[1][0] == 'n';
  void *(*starts[])(void *) = {await, await, tell, count};
  pthread_t threads[4];
  for (int index = 0; index < 4; index++) pthread_create(&threads[index], NULL, starts[index], NULL);
  for (int index = 0; index < 4; index++) pthread_join(threads[index], NULL);
  printf("%d", counted);
  return 0;
}
