/// Condition variables. Whom a signal wakes: the thread that has waited longest.
#include <errno.h>
#include <time.h>

#include "runtime.h"

/// Waits until a signal chooses this thread, then takes the mutex again: two steps.
static int wait(
    LKSThread *thread, pthread_cond_t *condition, pthread_mutex_t *mutex, uintptr_t caller) {
  lks_settleExternal(thread);
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
  if (isModelled)
    lks_mutexGiveUp(thread, mutex);
  else
    LKS_REAL(pthread_mutex_unlock)(mutex);
  lks_setState(thread, LKS_WAITING);
  pending = lks_prepare(thread, LKS_LOCK, (uintptr_t)mutex, 1, caller);
  pending->other = lks_objectName(exploration, (uintptr_t)condition);
  if (!isModelled) pending->flags |= LKS_LIBRARY;
  lks_step(thread);
  if (isModelled) {
    lks_mutexTakeAgain(thread, mutex);
  } else {
    // The model took the lock with the step; it stays with the library.
    lks_disown(exploration, lks_object(exploration, (uintptr_t)mutex, LKS_OBJECT_MUTEX));
    LKS_REAL(pthread_mutex_lock)(mutex);
  }
  return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_wait)(condition, mutex);
  return wait(thread, condition, mutex, LKS_CALLER);
}

int pthread_cond_timedwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_timedwait)(condition, mutex, time);
  lks_uncontrolled(thread->exploration, "pthread_cond_timedwait (its timeout)");
  return wait(thread, condition, mutex, LKS_CALLER);
}

int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock,
    const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_clockwait)(condition, mutex, clock, time);
  lks_uncontrolled(thread->exploration, "pthread_cond_clockwait (its timeout)");
  return wait(thread, condition, mutex, LKS_CALLER);
}

static int wake(LKSThread *thread, pthread_cond_t *condition, LKSKind kind, uintptr_t caller) {
  lks_settleExternal(thread);
  lks_prepare(thread, kind, (uintptr_t)condition, 1, caller);
  lks_step(thread);
  return 0;
}

int pthread_cond_signal(pthread_cond_t *condition) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_signal)(condition);
  wake(thread, condition, LKS_SIGNAL, LKS_CALLER);
  // Threads outside the exploration may wait for it too.
  return LKS_REAL(pthread_cond_signal)(condition);
}

int pthread_cond_broadcast(pthread_cond_t *condition) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cond_broadcast)(condition);
  wake(thread, condition, LKS_BROADCAST, LKS_CALLER);
  return LKS_REAL(pthread_cond_broadcast)(condition);
}
