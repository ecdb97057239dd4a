// Waits by futexes, and the same by a mutex and a condition: futex WITH WHAT [WAITERS], where WITH is
//   futex, or condition
// and WHAT is
//   one       the waiters wait until a word is not 0; a thread changes it, and wakes them one by one
//   all       the same, and it wakes all of them at once
//   forgets   it wakes nobody
//   timed     as one, with a time limit
//   relaxed   as one; what else the thread wrote is in no order with the waiters' reads
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static _Atomic unsigned word;
static int data;
static int isFutex, waiters = 1;
static const char *what;
static pthread_mutex_t bucket = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sleepers = PTHREAD_COND_INITIALIZER;

static int is(const char *name) { return strcmp(what, name) == 0; }

static int waitForChange(void) {
  struct timespec limit = {.tv_sec = 1};
  if (isFutex) {
    long result =
        syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, is("timed") ? &limit : NULL, NULL, 0);
    return result == 0 ? 0 : errno;
  }
  int result = EAGAIN;
  pthread_mutex_lock(&bucket);
  if (atomic_load_explicit(&word, memory_order_relaxed) == 0) {
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec++;
    result = is("timed") ? pthread_cond_timedwait(&sleepers, &bucket, &limit)
                         : pthread_cond_wait(&sleepers, &bucket);
  }
  pthread_mutex_unlock(&bucket);
  return result;
}

static void wake(int count) {
  if (isFutex) {
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count);
    return;
  }
  pthread_mutex_lock(&bucket);
  if (count == INT_MAX) pthread_cond_broadcast(&sleepers);
  else pthread_cond_signal(&sleepers);
  pthread_mutex_unlock(&bucket);
}

static void *waiter(void *result) {
  *(int *)result = waitForChange();
  if (is("relaxed") && atomic_load_explicit(&word, memory_order_relaxed)) *(int *)result = data;
  return NULL;
}

static void change(void) {
  if (is("relaxed")) data = 42;
  atomic_store_explicit(&word, 1, memory_order_relaxed);
  if (is("forgets")) return;
  if (is("all")) return wake(INT_MAX);
  for (int count = 0; count < waiters; count++) wake(1);
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  isFutex = strcmp(argv[1], "futex") == 0;
  what = argv[2];
  if (argc > 3) waiters = atoi(argv[3]);
  pthread_t threads[4];
  int results[4];
  for (int index = 0; index < waiters; index++)
    pthread_create(&threads[index], NULL, waiter, &results[index]);
  change();
  for (int index = 0; index < waiters; index++) pthread_join(threads[index], NULL);
  for (int index = 0; index < waiters; index++) printf("%d\n", results[index]);
  return 0;
}
