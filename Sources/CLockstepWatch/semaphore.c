/// POSIX semaphores, which CPython makes its locks of.
///
/// A semaphore has no owner. One that was only ever posted by the thread that had taken it is used as
/// a lock, and its taker as good as an owner; the first post by another thread ends that.
#include <semaphore.h>
#include <time.h>

#include "watch.h"

static uint64_t object(const sem_t *semaphore) { return (uint64_t)semaphore | LKW_SEMAPHORE; }

static void took(LKWThread *self, uint64_t taken, uint64_t *frame) {
  // Dispatch's own semaphores count in user space first, and come here only to sleep.
  if (!self || lkw_isDispatch(frame[1]) || lkw_isHandedOver(taken)) return;
  for (uint32_t index = self->depth; index-- > 0;) {
    if (self->holds[index].object != taken) continue;
    // Twice without a post of its own in between: it counts, or others post it.
    lkw_markHandedOver(taken);
    lkw_release(self, taken, NULL);
    return;
  }
  uint32_t depth = self->depth;
  lkw_hold(self, taken, frame);
  if (lkw_table.pythonVersion && self->depth > depth) lkw_notePythonPlace(&self->holds[depth]);
}

LKW_EXPORT int sem_wait(sem_t *semaphore) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, object(semaphore), LKW_FRAME);
  int result = LKW_REAL(sem_wait)(semaphore);
  if (result == 0) took(self, object(semaphore), LKW_FRAME);
  return result;
}

LKW_EXPORT int sem_trywait(sem_t *semaphore) {
  LKWThread *self = lkw_self();
  int result = LKW_REAL(sem_trywait)(semaphore);
  if (result == 0) took(self, object(semaphore), LKW_FRAME);
  return result;
}

LKW_EXPORT int sem_timedwait(sem_t *semaphore, const struct timespec *time) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, object(semaphore), LKW_FRAME);
  int result = LKW_REAL(sem_timedwait)(semaphore, time);
  if (result == 0) took(self, object(semaphore), LKW_FRAME);
  return result;
}

LKW_EXPORT int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *time) {
  LKWThread *self = lkw_self();
  if (self) lkw_goTo(self, object(semaphore), LKW_FRAME);
  int result = LKW_REAL(sem_clockwait)(semaphore, clock, time);
  if (result == 0) took(self, object(semaphore), LKW_FRAME);
  return result;
}

LKW_EXPORT int sem_post(sem_t *semaphore) {
  LKWThread *self = lkw_self();
  uint64_t posted = object(semaphore);
  // Before the post: the thread that it wakes may free the semaphore.
  if (self && !lkw_isDispatch(LKW_FRAME[1]) && !lkw_letGo(self, posted)) lkw_markHandedOver(posted);
  return LKW_REAL(sem_post)(semaphore);
}

LKW_EXPORT int sem_init(sem_t *semaphore, int isShared, unsigned value) {
  lkw_unmarkHandedOver(object(semaphore));
  // With nothing in it, somebody else has to post first; with more than one, it counts.
  if (value != 1) lkw_markHandedOver(object(semaphore));
  return LKW_REAL(sem_init)(semaphore, isShared, value);
}

LKW_EXPORT int sem_destroy(sem_t *semaphore) {
  LKWThread *self = lkw_self();
  if (self && self->lost == 0) lkw_release(self, object(semaphore), NULL);
  lkw_unmarkHandedOver(object(semaphore));
  return LKW_REAL(sem_destroy)(semaphore);
}
