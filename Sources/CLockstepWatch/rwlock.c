/// Read-write locks: glibc keeps who writes, and how many read; which threads read, we do.
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "watch.h"

static uint64_t reading(const pthread_rwlock_t *lock) { return (uint64_t)lock | LKW_READING; }
static uint64_t writing(const pthread_rwlock_t *lock) { return (uint64_t)lock | LKW_WRITING; }

/// A call that takes the lock: `name` with the parameters and arguments after the lock.
#define LKW_TAKING(name, object, parameters, arguments)                     \
  LKW_EXPORT int name parameters {                                          \
    LKWThread *self = lkw_self();                                           \
    if (self) lkw_goTo(self, object(lock), LKW_FRAME);                      \
    int result = LKW_REAL(name) arguments;                                  \
    if (self && result == 0) lkw_hold(self, object(lock), LKW_FRAME);       \
    return result;                                                          \
  }

LKW_TAKING(pthread_rwlock_rdlock, reading, (pthread_rwlock_t * lock), (lock))
LKW_TAKING(pthread_rwlock_wrlock, writing, (pthread_rwlock_t * lock), (lock))
LKW_TAKING(pthread_rwlock_tryrdlock, reading, (pthread_rwlock_t * lock), (lock))
LKW_TAKING(pthread_rwlock_trywrlock, writing, (pthread_rwlock_t * lock), (lock))
LKW_TAKING(pthread_rwlock_timedrdlock, reading,
           (pthread_rwlock_t * lock, const struct timespec *time), (lock, time))
LKW_TAKING(pthread_rwlock_timedwrlock, writing,
           (pthread_rwlock_t * lock, const struct timespec *time), (lock, time))
LKW_TAKING(pthread_rwlock_clockrdlock, reading,
           (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *time),
           (lock, clock, time))
LKW_TAKING(pthread_rwlock_clockwrlock, writing,
           (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *time),
           (lock, clock, time))

LKW_EXPORT int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
  LKWThread *self = lkw_self();
  bool isOurs = true;
  if (self) {
    uint32_t lost = self->lost;
    self->lost = 0;
    isOurs = lkw_letGo(self, writing(lock)) || lkw_letGo(self, reading(lock));
    self->lost = !isOurs && lost > 0 ? lost - 1 : lost;
    isOurs |= lost > 0;
  }
  int result = LKW_REAL(pthread_rwlock_unlock)(lock);
  if (!isOurs && result == 0) lkw_markHandedOver((uint64_t)lock | LKW_WRITING);
  return result;
}

LKW_EXPORT int pthread_rwlock_init(
    pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
  lkw_unmarkHandedOver(writing(lock));
  return LKW_REAL(pthread_rwlock_init)(lock, attributes);
}

LKW_EXPORT int pthread_rwlock_destroy(pthread_rwlock_t *lock) {
  int result = LKW_REAL(pthread_rwlock_destroy)(lock);
  if (result == 0) lkw_unmarkHandedOver(writing(lock));
  return result;
}
