// A way out of a function that forgets the lock.
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t bank = PTHREAD_MUTEX_INITIALIZER;

static int transfer(const char *to) {
  pthread_mutex_lock(&bank);
  if (strcmp(to, "w") == 0) return -1;
  pthread_mutex_unlock(&bank);
  return 0;
}

static void *toNobody(void *argument) {
  transfer("w");
  return argument;
}

static void *toB(void *argument) {
  usleep(100000);
  transfer("b");
  return argument;
}

int main(void) {
  pthread_t threads[3];
  pthread_create(&threads[0], NULL, toNobody, NULL);
  pthread_create(&threads[1], NULL, toB, NULL);
  pthread_create(&threads[2], NULL, toB, NULL);
  for (int index = 0; index < 3; index++) pthread_join(threads[index], NULL);
}
