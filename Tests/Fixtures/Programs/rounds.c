// Loops that come to an end by what their registers and their stack do not show.
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

static atomic_int go;
static sem_t tokens;
static _Thread_local int tries;
static pthread_key_t key;
static pthread_mutex_t recursive;

static void *drains(void *unused) {
  while (sem_trywait(&tokens) == 0) {}
  return unused;
}

static void *counts(void *unused) {
  while (!go && ++tries < 5) {}
  return unused;
}

static void *keeps(void *unused) {
  while (!go) {
    long value = (long)pthread_getspecific(key) + 1;
    pthread_setspecific(key, (void *)value);
    if (value == 5) break;
  }
  pthread_setspecific(key, NULL);
  return unused;
}

static void *locks(void *unused) {
  for (int index = 0; index < 6; index++) pthread_mutex_lock(&recursive);
  while (!go && pthread_mutex_unlock(&recursive) == 0) {}
  while (pthread_mutex_unlock(&recursive) == 0) {}
  return unused;
}

static void *draws(void *unused) {
  unsigned char byte = 1;
  while (!go && byte % 8 != 0) getrandom(&byte, 1, 0);
  return unused;
}

static void *sets(void *unused) {
  go = 1;
  return unused;
}

static void both(void *(*left)(void *), void *(*right)(void *)) {
  pthread_t threads[2];
  pthread_create(&threads[0], NULL, left, NULL);
  pthread_create(&threads[1], NULL, right, NULL);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  pthread_mutex_init(&recursive, &attributes);
  pthread_key_create(&key, NULL);
  sem_init(&tokens, 0, 5);
  if (!strcmp(what, "tokens")) both(drains, drains);
  if (!strcmp(what, "tries")) both(counts, sets);
  if (!strcmp(what, "key")) both(keeps, sets);
  if (!strcmp(what, "recursive")) both(locks, sets);
  if (!strcmp(what, "random")) both(draws, sets);
  return 0;
}
