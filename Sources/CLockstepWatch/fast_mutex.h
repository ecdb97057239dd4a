/// A plain mutex taken and given back as glibc does it, without going there.
///
/// A recorder must not double the price of what it records. glibc's fast path for a mutex of the
/// default kind is a compare-and-swap of 1 over 0 and two stores (nptl/pthread_mutex_lock.c,
/// `lll_mutex_lock_optimized`); done here, that pays for the recording. Whether this glibc is one
/// that does it so is tried once, on a mutex of our own; if not, everything goes through it.
#ifndef CLOCKSTEP_FAST_MUTEX_H
#define CLOCKSTEP_FAST_MUTEX_H

#include <pthread.h>

#include "watch.h"

/// Whether the trial went well.
extern bool lkw_hasFastMutex LKW_HIDDEN;

LKW_HIDDEN void lkw_tryFastMutex(void);

/// Wakes one that sleeps for the mutex.
LKW_HIDDEN void lkw_wakeMutexWaiter(int *lock);

/// Neither recursive, error-checking, adaptive, robust, inheriting, shared nor elided: see
/// `PTHREAD_MUTEX_TIMED_NP` in nptl/pthreadP.h.
static inline bool lkw_isPlain(const pthread_mutex_t *mutex) {
  return LKW_LIKELY(mutex->__data.__kind == 0 && lkw_hasFastMutex);
}

/// Takes a mutex that is free.
static inline bool lkw_takeFast(LKWThread *self, pthread_mutex_t *mutex) {
  if (!lkw_isPlain(mutex)) return false;
  int free = 0;
  if (!__atomic_compare_exchange_n(
          &mutex->__data.__lock, &free, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    return false;
  mutex->__data.__owner = (int)self->thread;
  mutex->__data.__nusers++;
  return true;
}

/// Gives a plain mutex back.
static inline void lkw_giveBackFast(pthread_mutex_t *mutex) {
  mutex->__data.__owner = 0;
  mutex->__data.__nusers--;
  // More than 1: somebody sleeps for it.
  if (LKW_UNLIKELY(__atomic_exchange_n(&mutex->__data.__lock, 0, __ATOMIC_RELEASE) > 1))
    lkw_wakeMutexWaiter(&mutex->__data.__lock);
}

#endif
