// Programs that hang, each in its own way.
#define _GNU_SOURCE
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static pthread_t threads[3];

static void *waitForCondition(void *argument) {
  pthread_mutex_lock(&mutex);
  for (;;) pthread_cond_wait(&condition, &mutex);
  return argument;
}

static void *keepRunning(void *argument) {
  for (;;) usleep(1000);
  return argument;
}

static void *hold(void *argument) {
  pthread_mutex_lock(&mutex);
  for (;;) sleep(1000);
  return argument;
}

static void *upgrade(void *argument) {
  pthread_rwlock_rdlock(&rwlock);
  usleep(200000);
  pthread_rwlock_wrlock(&rwlock);
  return argument;
}

static void *keepWriting(void *argument) {
  pthread_rwlock_wrlock(&rwlock);
  pthread_exit(argument);
}

static void *keepSemaphore(void *argument) {
  sem_wait(&semaphore);
  return argument;
}

static void start(int index, void *(*body)(void *)) {
  pthread_create(&threads[index], NULL, body, NULL);
}

static void lockTwice(void) {
  start(0, keepRunning);
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&mutex);
}

static void missSignal(void) {
  start(0, waitForCondition);
  start(1, waitForCondition);
  pthread_join(threads[0], NULL);
}

static void upgradeTwice(void) {
  start(0, upgrade);
  start(1, upgrade);
  pthread_join(threads[0], NULL);
}

static void endWriting(void) {
  start(0, keepWriting);
  usleep(100000);
  start(1, keepRunning);
  pthread_rwlock_rdlock(&rwlock);
}

static void forkWhileHeld(void) {
  start(0, hold);
  usleep(100000);
  pid_t child = fork();
  if (child == 0) {
    pthread_mutex_lock(&mutex);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

static void endWithSemaphore(void) {
  start(0, keepSemaphore);
  pthread_join(threads[0], NULL);
  sem_wait(&semaphore);
}

static void joinWhileHolding(void) {
  pthread_mutex_lock(&mutex);
  start(0, waitForCondition);
  start(1, keepRunning);
  pthread_join(threads[0], NULL);
}

int main(int count, char **arguments) {
  const char *kind = count > 1 ? arguments[1] : "";
  sem_init(&semaphore, 0, 1);
  if (!strcmp(kind, "self")) lockTwice();
  else if (!strcmp(kind, "condition")) missSignal();
  else if (!strcmp(kind, "upgrade")) upgradeTwice();
  else if (!strcmp(kind, "writer")) endWriting();
  else if (!strcmp(kind, "fork")) forkWhileHeld();
  else if (!strcmp(kind, "semaphore")) endWithSemaphore();
  else if (!strcmp(kind, "join")) joinWhileHolding();
  puts("ended");
  return 5;
}
