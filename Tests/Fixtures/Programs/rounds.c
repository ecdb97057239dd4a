// Loops that come to an end by what their registers and their stack do not show.
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static atomic_int go;
static sem_t tokens;
static _Thread_local int tries;
static pthread_key_t key;
static pthread_mutex_t recursive;
static const char *numbers[2];
static int file;
static unsigned seeds[2];
static atomic_int wants[2];

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

static int readsOn(long self) {
  const char *before = numbers[self];
  strtol(before, (char **)&numbers[self], 10);
  return numbers[self] == before;
}

static int isAtEnd(long self) { return lseek(file, 1, SEEK_CUR) > 8 + self; }

static int failedLater(long self) {
  errno++;
  return errno > 8 + self;
}

static int drawsEighth(long self) { return rand() % 8 == self; }

static int drawsOwnEighth(long self) { return rand_r(&seeds[self]) % 8 == self; }

/// Until the other wants no more, or until it has tried long enough by what nobody sees.
static int (*isOver)(long self);
static void *isPolite(void *place) {
  long self = (long)place;
  do {
    wants[self] = 1;
    if (!wants[1 - self]) break;
    wants[self] = 0;
  } while (!isOver(self));
  wants[self] = 0;
  return NULL;
}

static void beBothPolite(int (*ends)(long)) {
  isOver = ends;
  pthread_t threads[2];
  for (long index = 0; index < 2; index++)
    pthread_create(&threads[index], NULL, isPolite, (void *)index);
  for (int index = 0; index < 2; index++) pthread_join(threads[index], NULL);
}

static int never(long self) { return self > 1; }

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
  numbers[0] = numbers[1] = "1 2 3 4 5 6 7 8";
  file = open("/dev/zero", O_RDONLY);
  errno = 0;
  if (!strcmp(what, "number")) beBothPolite(readsOn);
  if (!strcmp(what, "place")) beBothPolite(isAtEnd);
  if (!strcmp(what, "errno")) beBothPolite(failedLater);
  if (!strcmp(what, "rand")) beBothPolite(drawsEighth);
  if (!strcmp(what, "rand_r")) beBothPolite(drawsOwnEighth);
  if (!strcmp(what, "never")) beBothPolite(never);
  return 0;
}
