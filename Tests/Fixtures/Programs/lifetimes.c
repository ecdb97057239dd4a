// What may be done to a lock and the like, and when: lifetimes WHAT, where
//   held      a mutex is destroyed that another thread may hold
//   other     a thread gives up the mutex that another took
//   nobody    a thread gives up a mutex that nobody holds
//   waited    a condition is destroyed that another thread may wait for
//   semaphore a semaphore is destroyed that another thread may wait for
//   rwlock    a read-write lock is destroyed that another thread may hold
//   inside    a block is freed in which there is a mutex that another thread may hold
//   leaked    a thread ends that holds a mutex which nobody else wants
//   right     all of these are destroyed when nobody else uses them any more
//   signalled a condition is destroyed once each thread that waits for it was sent a signal
//   twice     each of these is destroyed by one thread, and destroyed again by the same or another: twice WHAT
//   again     a mutex is made anew where one was destroyed, and a read-write lock without a call
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct account {
  pthread_mutex_t lock;
  int balance;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t shared = PTHREAD_RWLOCK_INITIALIZER;
static sem_t semaphore;
static struct account *account;
static const char *what, *which;
static int total, isReady, waiting;

static int is(const char *name) { return strcmp(what, name) == 0; }

static void add(void) {
  pthread_mutex_lock(&lock);
  total++;
  pthread_mutex_unlock(&lock);
}

static void awaitReady(void) {
  pthread_mutex_lock(&guard);
  waiting++;
  while (!isReady) pthread_cond_wait(&condition, &guard);
  waiting--;
  pthread_mutex_unlock(&guard);
}

static void local(void) {
  pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&own);
  pthread_mutex_unlock(&own);
  pthread_mutex_destroy(&own);
}

static void end(const char *which) {
  if (strcmp(which, "mutex") == 0) pthread_mutex_destroy(&lock);
  if (strcmp(which, "condition") == 0) pthread_cond_destroy(&condition);
  if (strcmp(which, "rwlock") == 0) pthread_rwlock_destroy(&shared);
  if (strcmp(which, "semaphore") == 0) sem_destroy(&semaphore);
}

static void *work(void *argument) {
  if (is("twice")) end(which);
  if (is("late")) add();
  if (is("late condition")) awaitReady();
  if (is("late semaphore")) sem_wait(&semaphore);
  if (is("held") || is("right") || is("again")) add();
  if (is("other") || is("leaked")) pthread_mutex_lock(&lock);
  if (is("waited") || is("signalled")) awaitReady();
  if (is("semaphore") || is("right")) sem_wait(&semaphore);
  if (is("rwlock") || is("right")) {
    pthread_rwlock_rdlock(&shared);
    pthread_rwlock_unlock(&shared);
  }
  if (is("inside")) {
    pthread_mutex_lock(&account->lock);
    pthread_mutex_unlock(&account->lock);
  }
  if (is("again")) {
    local();
    local();
  }
  return argument;
}

static void wakeAndDestroy(void) {
  pthread_mutex_lock(&guard);
  isReady = 1;
  for (int count = waiting; count; count--) pthread_cond_signal(&condition);
  pthread_mutex_unlock(&guard);
  pthread_cond_destroy(&condition);
}

int main(int argc, char **argv) {
  what = argc > 1 ? argv[1] : "right";
  which = argc > 2 ? argv[2] : "";
  int isLater = argc > 3 && argv[3][0];
  sem_init(&semaphore, 0, is("right") ? 1 : 0);
  account = malloc(sizeof *account);
  pthread_mutex_init(&account->lock, NULL);
  pthread_t worker, another;
  pthread_create(&worker, NULL, work, NULL);
  if (is("signalled")) pthread_create(&another, NULL, work, NULL);
  if (is("late")) pthread_mutex_init(&lock, NULL);
  if (is("late condition")) {
    pthread_cond_init(&condition, NULL);
    pthread_mutex_lock(&guard);
    isReady = 1;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&guard);
  }
  if (is("late semaphore")) sem_init(&semaphore, 0, 1);
  if (is("twice") && !isLater) end(which);
  if (is("held")) pthread_mutex_destroy(&lock);
  if (is("other") || is("nobody")) pthread_mutex_unlock(&lock);
  if (is("signalled")) wakeAndDestroy();
  if (is("waited")) pthread_cond_destroy(&condition);
  if (is("semaphore")) sem_destroy(&semaphore);
  if (is("rwlock")) pthread_rwlock_destroy(&shared);
  if (is("inside")) free(account);
  pthread_join(worker, NULL);
  if (is("twice") && isLater) end(which);
  if (is("signalled")) pthread_join(another, NULL);
  if (is("right") || is("again")) {
    pthread_mutex_destroy(&lock);
    pthread_cond_destroy(&condition);
    pthread_rwlock_destroy(&shared);
    sem_destroy(&semaphore);
    free(account);
  }
  if (is("again")) {
    pthread_mutex_init(&lock, NULL);
    add();
    shared = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    pthread_rwlock_wrlock(&shared);
    pthread_rwlock_unlock(&shared);
    pthread_rwlock_destroy(&shared);
  }
  printf("%d\n", total);
  return 0;
}
