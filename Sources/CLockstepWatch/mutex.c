/// Mutexes: who holds one, glibc keeps in the mutex; where it was taken, we do.
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "fast_mutex.h"
#include "watch.h"

static uint64_t object(const pthread_mutex_t *mutex) { return (uint64_t)mutex | LKW_MUTEX; }

/// Apart, so that the common way saves no registers.
static __attribute__((noinline)) int lockSlowly(pthread_mutex_t *mutex, uint64_t *frame) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, object(mutex), frame);
  int result = LKW_REAL(pthread_mutex_lock)(mutex);
  if (self && (result == 0 || result == EOWNERDEAD)) lkw_hold(self, object(mutex), frame);
  return result;
}

LKW_EXPORT int pthread_mutex_lock(pthread_mutex_t *mutex) {
  LKWThread *self = lkw_current;
  if (LKW_UNLIKELY(!self || !lkw_takeFast(self, mutex))) return lockSlowly(mutex, LKW_FRAME);
  lkw_hold(self, object(mutex), LKW_FRAME);
  return 0;
}

LKW_EXPORT int pthread_mutex_trylock(pthread_mutex_t *mutex) {
  LKWThread *self = lkw_self();
  int result = LKW_REAL(pthread_mutex_trylock)(mutex);
  if (self && (result == 0 || result == EOWNERDEAD)) lkw_hold(self, object(mutex), LKW_FRAME);
  return result;
}

LKW_EXPORT int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, object(mutex), LKW_FRAME);
  int result = LKW_REAL(pthread_mutex_timedlock)(mutex, time);
  if (self && (result == 0 || result == EOWNERDEAD)) lkw_hold(self, object(mutex), LKW_FRAME);
  return result;
}

LKW_EXPORT int pthread_mutex_clocklock(
    pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, object(mutex), LKW_FRAME);
  int result = LKW_REAL(pthread_mutex_clocklock)(mutex, clock, time);
  if (self && (result == 0 || result == EOWNERDEAD)) lkw_hold(self, object(mutex), LKW_FRAME);
  return result;
}

LKW_EXPORT int pthread_mutex_unlock(pthread_mutex_t *mutex) {
  LKWThread *self = lkw_self();
  if (LKW_UNLIKELY(!self)) return LKW_REAL(pthread_mutex_unlock)(mutex);
  uint32_t depth = self->depth;
  if (LKW_LIKELY(depth > 0 && self->holds[depth - 1].object == object(mutex)) &&
      lkw_isPlain(mutex)) {
    // Given back first, so that nobody waits for our notes.
    lkw_giveBackFast(mutex);
    self->depth = depth - 1;
    return 0;
  }
  if (lkw_letGo(self, object(mutex))) return LKW_REAL(pthread_mutex_unlock)(mutex);
  int result = LKW_REAL(pthread_mutex_unlock)(mutex);
  // Another thread took it: this is no lock of the thread that holds it, but a signal.
  if (result == 0) lkw_markHandedOver(object(mutex));
  return result;
}

LKW_EXPORT int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  lkw_unmarkHandedOver(object(mutex));
  return LKW_REAL(pthread_mutex_init)(mutex, attributes);
}

LKW_EXPORT int pthread_mutex_destroy(pthread_mutex_t *mutex) {
  LKWThread *self = lkw_self();
  int result = LKW_REAL(pthread_mutex_destroy)(mutex);
  if (result == 0) {
    if (self && self->lost == 0) lkw_release(self, object(mutex), NULL);
    lkw_unmarkHandedOver(object(mutex));
  }
  return result;
}
