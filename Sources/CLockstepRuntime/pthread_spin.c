/// Spin locks, which are mutexes to a schedule: nobody needs to spin where one thread runs at a time.
#include <errno.h>

#include "runtime.h"

/// A thread outside the exploration may hold the real lock, which is 1 while it is free
/// (sysdeps/x86_64/nptl/pthread_spin_lock.S); the exploration's threads leave it as it is.
static void step(LKSThread *thread, LKSKind kind, pthread_spinlock_t *lock, uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)lock, 0);
  if (*lock != 1)
    lks_uncontrolled(thread->exploration, "a spin lock held by a thread outside the exploration");
  lks_prepare(thread, kind, (uintptr_t)lock, 1, caller);
  lks_step(thread);
  lks_meetEndedObject(thread, (uintptr_t)lock, caller);
}

int pthread_spin_lock(pthread_spinlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread || lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    return LKS_REAL(pthread_spin_lock)(lock);
  step(thread, LKS_LOCK, lock, LKS_CALLER);
  return 0;
}

int pthread_spin_trylock(pthread_spinlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread || lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    return LKS_REAL(pthread_spin_trylock)(lock);
  step(thread, LKS_TRY_LOCK, lock, LKS_CALLER);
  return thread->tookLock ? 0 : EBUSY;
}

int pthread_spin_unlock(pthread_spinlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread || lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    return LKS_REAL(pthread_spin_unlock)(lock);
  LKSObject *model = lks_object(thread->exploration, (uintptr_t)lock, LKS_OBJECT_MUTEX);
  if (model->owner != thread->index + 1 && *lock == 1)
    lks_misuse(thread, LKS_UNLOCKED_BY_OTHER, (uintptr_t)lock, LKS_CALLER);
  step(thread, LKS_UNLOCK, lock, LKS_CALLER);
  return 0;
}

static void forget(LKSThread *thread, pthread_spinlock_t *lock) {
  lks_disown(
      thread->exploration, lks_object(thread->exploration, (uintptr_t)lock, LKS_OBJECT_MUTEX));
}

int pthread_spin_init(pthread_spinlock_t *lock, int shared) {
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_beginObject((uintptr_t)lock, LKS_OBJECT_MUTEX, LKS_CALLER);
    forget(thread, lock);
  }
  return LKS_REAL(pthread_spin_init)(lock, shared);
}

int pthread_spin_destroy(pthread_spinlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_meetDestroy((uintptr_t)lock, LKS_OBJECT_MUTEX, LKS_CALLER);
    forget(thread, lock);
  }
  return LKS_REAL(pthread_spin_destroy)(lock);
}
