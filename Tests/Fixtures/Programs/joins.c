// Threads that are joined or detached more than once: one of the two is an error (pthread_join,
// pthread_detach of POSIX.1-2017), or undefined.
#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <string.h>

static sem_t go;
static pthread_t worker;

static void *work(void *argument) {
  sem_wait(&go);
  return argument;
}

static void *joins(void *argument) {
  pthread_join(worker, NULL);
  return argument;
}

int main(int count, char **arguments) {
  const char *how = count > 1 ? arguments[1] : "";
  sem_init(&go, 0, 0);
  pthread_create(&worker, NULL, work, NULL);
  if (strcmp(how, "detached") == 0) {
    assert(pthread_detach(worker) == 0);
    assert(pthread_detach(worker) == EINVAL);
    assert(pthread_join(worker, NULL) == EINVAL);
    sem_post(&go);
    return 0;
  }
  sem_post(&go);
  if (strcmp(how, "by two") == 0) {
    pthread_t first, second;
    pthread_create(&first, NULL, joins, NULL);
    pthread_create(&second, NULL, joins, NULL);
    pthread_join(first, NULL);
    pthread_join(second, NULL);
    return 0;
  }
  pthread_join(worker, NULL);
  if (strcmp(how, "again") == 0) pthread_join(worker, NULL);
  return 0;
}
