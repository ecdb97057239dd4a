/// Waits for a condition, during which the thread does not hold the mutex.
#include <pthread.h>
#include <time.h>

#include "watch.h"

/// The version of today's conditions: that of 2.2.5 is another type behind the same name.
#define VERSION "GLIBC_2.3.2"

/// Lets the mutex go and remembers where it was taken.
static bool before(
    LKWThread *self, pthread_cond_t *condition, pthread_mutex_t *mutex, uint64_t *frame,
    LKWHold *held) {
  if (!self) return false;
  lkw_goTo(self, (uint64_t)condition | LKW_CONDITION, frame);
  held->object = 0;
  return lkw_release(self, (uint64_t)mutex | LKW_MUTEX, held);
}

/// The wait has taken the mutex again, whatever its result.
static void after(LKWThread *self, const LKWHold *held) {
  if (held->object == 0 || self->depth >= LKW_HOLDS) {
    self->lost++;
    return;
  }
  self->holds[self->depth] = *held;
  atomic_signal_fence(memory_order_seq_cst);
  self->depth++;
}

LKW_EXPORT int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  LKWThread *self = lkw_self();
  LKWHold held;
  bool isHeld = before(self, condition, mutex, LKW_FRAME, &held);
  int result = LKW_REAL_VERSION(pthread_cond_wait, VERSION)(condition, mutex);
  if (isHeld) after(self, &held);
  return result;
}

LKW_EXPORT int pthread_cond_timedwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time) {
  LKWThread *self = lkw_self();
  LKWHold held;
  bool isHeld = before(self, condition, mutex, LKW_FRAME, &held);
  int result = LKW_REAL_VERSION(pthread_cond_timedwait, VERSION)(condition, mutex, time);
  if (isHeld) after(self, &held);
  return result;
}

LKW_EXPORT int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
    const struct timespec *time) {
  LKWThread *self = lkw_self();
  LKWHold held;
  bool isHeld = before(self, condition, mutex, LKW_FRAME, &held);
  int result = LKW_REAL(pthread_cond_clockwait)(condition, mutex, clock, time);
  if (isHeld) after(self, &held);
  return result;
}
