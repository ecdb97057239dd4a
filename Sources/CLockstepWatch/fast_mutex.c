/// The trial of the mutex's fast path, and its slow end.
#include "fast_mutex.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

bool lkw_hasFastMutex;

static bool isFree(const pthread_mutex_t *mutex) {
  return mutex->__data.__lock == 0 && mutex->__data.__owner == 0 && mutex->__data.__nusers == 0;
}

static bool isOurs(const pthread_mutex_t *mutex) {
  return mutex->__data.__lock == 1 && mutex->__data.__owner == (int)gettid() &&
         mutex->__data.__nusers == 1 && mutex->__data.__count == 0;
}

/// What glibc writes, and that it takes what we write for its own.
static bool agrees(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  LKWThread self = {.thread = (uint32_t)gettid()};
  if (!isFree(&mutex) || mutex.__data.__kind != 0) return false;
  if (LKW_REAL(pthread_mutex_lock)(&mutex) != 0 || !isOurs(&mutex)) return false;
  // An elided mutex shows itself by another kind after its first use.
  if (mutex.__data.__kind != 0) return false;
  lkw_giveBackFast(&mutex);
  if (!isFree(&mutex) || !lkw_takeFast(&self, &mutex) || !isOurs(&mutex)) return false;
  if (LKW_REAL(pthread_mutex_trylock)(&mutex) == 0) return false;
  return LKW_REAL(pthread_mutex_unlock)(&mutex) == 0 && isFree(&mutex);
}

void lkw_tryFastMutex(void) {
  lkw_hasFastMutex = true;
  lkw_hasFastMutex = agrees();
}

void lkw_wakeMutexWaiter(int *lock) {
  LKW_REAL(syscall)(SYS_futex, (long)lock, (long)(FUTEX_WAKE | FUTEX_PRIVATE_FLAG), 1l, 0l, 0l, 0l);
}
