/// Condition variables. Whom a signal wakes is a choice of the schedule: see conditions.c.
#include <errno.h>
#include <time.h>

#include "runtime.h"

/// A step in between, when the wait ends: by the signal that chose the thread before, or in vain, or for
/// nothing where it has no time limit.
static int endWait(
    LKSThread *thread, uintptr_t condition, const LKSDeadline *deadline, uintptr_t caller) {
  LKSPending *pending = lks_prepare(thread, LKS_WAIT_END, condition, 1, caller);
  if (!deadline) pending->expected = LKS_FOR_NOTHING;
  lks_timedStep(thread);
  if (thread->tookLock) return 0;
  if (!deadline) {
    thread->wokeForNothing = true;
    return 0;
  }
  lks_passUntil(thread, deadline->clock, lks_nanoseconds(deadline->time), caller);
  return ETIMEDOUT;
}

/// Announces that the thread is woken, then that it takes the mutex again: the first is a step only where
/// a signal could have woken another.
static void awaitSignal(LKSThread *thread, uintptr_t condition, uintptr_t caller) {
  thread->relock = thread->pending;
  lks_prepare(thread, LKS_WAKE, condition, 1, caller)->other = thread->relock.object;
  lks_setState(thread, LKS_WAITING);
  lks_step(thread);
  if (thread->pending.kind != LKS_WAKE) return;
  thread->pending = thread->relock;
  lks_step(thread);
}

int lks_conditionEndWait(
    LKSThread *thread, uintptr_t condition, uintptr_t mutex, bool isOfLibrary,
    const LKSDeadline *deadline, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  // Once for each thread: a loop around the wait has an end then.
  bool mayEnd = deadline || (exploration->plan.wakesForNothing && !thread->wokeForNothing);
  int error = mayEnd ? endWait(thread, condition, deadline, caller) : 0;
  LKSPending *pending = lks_prepare(thread, LKS_LOCK, mutex, 1, caller);
  pending->other = lks_objectName(exploration, condition);
  if (isOfLibrary) pending->flags |= LKS_LIBRARY;
  if (mayEnd)
    lks_step(thread);
  else
    awaitSignal(thread, condition, caller);
  return error;
}

/// Sees a condition that was made of one that was destroyed without a call, as a new local variable: it has
/// bit 2 of `__wrefs` no more, which glibc sets (nptl/pthread_cond_destroy.c).
static LKSObject *meetRemade(LKSThread *thread, const pthread_cond_t *condition) {
  LKSObject *model =
      lks_object(thread->exploration, (uintptr_t)condition, LKS_OBJECT_CONDITION);
  if (model->end == LKS_DESTROYED && !(condition->__data.__wrefs & 4)) model->end = LKS_ALIVE;
  return model;
}

/// After a step on a condition that must be one still.
static void meetEnded(LKSThread *thread, const pthread_cond_t *condition, uintptr_t caller) {
  LKSObject *model = meetRemade(thread, condition);
  model->isUsed = true;
  if (LKS_UNLIKELY(model->end)) lks_meetEndedObject(thread, (uintptr_t)condition, caller);
}

/// Waits until a signal wakes this thread, then takes the mutex again.
static int wait(
    LKSThread *thread, pthread_cond_t *condition, pthread_mutex_t *mutex,
    const LKSDeadline *deadline, uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)condition, (uintptr_t)mutex);
  LKSExploration *exploration = thread->exploration;
  // A lock that a library took for itself has no model: it is given up and taken for real.
  bool isModelled =
      lks_object(exploration, (uintptr_t)mutex, LKS_OBJECT_MUTEX)->owner == thread->index + 1;
  LKSPending *pending = lks_prepare(thread, LKS_WAIT, (uintptr_t)condition, 1, caller);
  if (isModelled) {
    pending->otherAddress = (uintptr_t)mutex;
    pending->other = lks_objectName(exploration, (uintptr_t)mutex);
  }
  lks_step(thread);
  meetEnded(thread, condition, caller);
  if (isModelled)
    lks_mutexGiveUp(thread, mutex);
  else
    LKS_REAL(pthread_mutex_unlock)(mutex);
  int error = lks_conditionEndWait(
      thread, (uintptr_t)condition, (uintptr_t)mutex, !isModelled, deadline, caller);
  if (isModelled) {
    int ownerError = lks_mutexTakeAgain(thread, mutex, caller);
    if (ownerError) error = ownerError;
  } else {
    // The model took the lock with the step; it stays with the library.
    lks_disown(exploration, lks_object(exploration, (uintptr_t)mutex, LKS_OBJECT_MUTEX));
    LKS_REAL(pthread_mutex_lock)(mutex);
  }
  return error;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_wait)(condition, mutex);
  return wait(thread, condition, mutex, NULL, LKS_CALLER);
}

/// The clock that a condition was made for: bit 1 of glibc's `__wrefs` (nptl/pthread_cond_common.c).
static clockid_t clockOf(const pthread_cond_t *condition) {
  return condition->__data.__wrefs & 2 ? CLOCK_MONOTONIC : CLOCK_REALTIME;
}

static bool isValid(const struct timespec *time) {
  return time->tv_nsec >= 0 && time->tv_nsec < 1000000000;
}

int pthread_cond_timedwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_timedwait)(condition, mutex, time);
  if (!isValid(time)) return EINVAL;
  LKSDeadline deadline = {clockOf(condition), time};
  return wait(thread, condition, mutex, &deadline, LKS_CALLER);
}

int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
    const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_clockwait)(condition, mutex, clock, time);
  if (!isValid(time)) return EINVAL;
  LKSDeadline deadline = {clock, time};
  return wait(thread, condition, mutex, &deadline, LKS_CALLER);
}

int lks_conditionWait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time,
    uintptr_t caller) {
  if (!time) return wait(lks_current, condition, mutex, NULL, caller);
  LKSDeadline deadline = {clockOf(condition), time};
  return wait(lks_current, condition, mutex, &deadline, caller);
}

static int wake(LKSThread *thread, pthread_cond_t *condition, LKSKind kind, uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)condition, 0);
  lks_prepare(thread, kind, (uintptr_t)condition, 1, caller);
  lks_step(thread);
  meetEnded(thread, condition, caller);
  return 0;
}

int lks_conditionWake(pthread_cond_t *condition, LKSKind kind, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (thread) wake(thread, condition, kind, caller);
  // Threads outside the exploration may wait for it too.
  return kind == LKS_SIGNAL ? LKS_REAL(pthread_cond_signal)(condition)
                            : LKS_REAL(pthread_cond_broadcast)(condition);
}

int pthread_cond_signal(pthread_cond_t *condition) {
  return lks_conditionWake(condition, LKS_SIGNAL, LKS_CALLER);
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
  return lks_conditionWake(condition, LKS_BROADCAST, LKS_CALLER);
}

int pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
  lks_beginObject((uintptr_t)condition, LKS_OBJECT_CONDITION, LKS_CALLER);
  return LKS_REAL(pthread_cond_init)(condition, attributes);
}

/// The real one is nobody's: a thread that waits is asleep in the model alone.
int pthread_cond_destroy(pthread_cond_t *condition) {
  LKSThread *thread = lks_controlled();
  if (thread) meetRemade(thread, condition);
  lks_meetDestroy((uintptr_t)condition, LKS_OBJECT_CONDITION, LKS_CALLER);
  return LKS_REAL(pthread_cond_destroy)(condition);
}
