/// Read-write locks. Whoever waits may be next, readers and writers alike: that covers every policy.
/// The real locks stay as they are, since nobody but the model asks them.
#include <errno.h>
#include <stdint.h>

#include "runtime.h"

static LKSObject *modelOf(LKSThread *thread, pthread_rwlock_t *lock) {
  return lks_object(thread->exploration, (uintptr_t)lock, LKS_OBJECT_MUTEX);
}

/// What a destroyed lock has for its kind: glibc leaves no mark, and none of its kinds is this.
#define LKS_NO_KIND UINT32_MAX

/// Sees a lock that was made of one that was destroyed without a call, as a new local variable.
static void meetRemade(LKSThread *thread, pthread_rwlock_t *lock) {
  LKSObject *model = modelOf(thread, lock);
  if (LKS_UNLIKELY(model->end == LKS_DESTROYED) && lock->__data.__flags != LKS_NO_KIND)
    model->end = LKS_ALIVE;
}

/// A thread outside the exploration may hold the real lock (nptl/pthread_rwlock_common.c: the bits of
/// `__readers` that say so, and the writer's id).
static void noticeOutsiders(LKSThread *thread, const pthread_rwlock_t *lock) {
  if (lock->__data.__cur_writer || lock->__data.__readers >> 3)
    lks_uncontrolled(
        thread->exploration, "a read-write lock held by a thread outside the exploration");
}

static void step(LKSThread *thread, LKSKind kind, pthread_rwlock_t *lock, uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)lock, 0);
  noticeOutsiders(thread, lock);
  lks_prepare(thread, kind, (uintptr_t)lock, 1, caller);
  lks_step(thread);
  meetRemade(thread, lock);
  lks_meetEndedObject(thread, (uintptr_t)lock, caller);
}

// MARK: Locks that libraries take for themselves

static bool realLockIsFree(LKSThread *thread) {
  const pthread_rwlock_t *lock = (const pthread_rwlock_t *)thread->pending.address;
  return !lock->__data.__cur_writer && !(lock->__data.__readers >> 3);
}

/// No step while the lock can be had; while another controlled thread holds it, a wait for that one.
/// How many of those do is kept in the model, which is of no other use for such a lock.
static int lockForLibrary(
    LKSThread *thread, pthread_rwlock_t *lock, int (*try)(pthread_rwlock_t *), uintptr_t caller) {
  for (;;) {
    int error = try(lock);
    if (error != EBUSY) {
      if (!error) modelOf(thread, lock)->depth++;
      return error;
    }
    LKSPending *pending = lks_prepare(thread, LKS_LOCK, (uintptr_t)lock, 1, caller);
    pending->flags |= LKS_LIBRARY;
    pending->ready = realLockIsFree;
    uint32_t holders = modelOf(thread, lock)->depth;
    if (!holders) return EBUSY;
    lks_step(thread);
    thread->pending.ready = NULL;
    lks_disown(thread->exploration, modelOf(thread, lock));
    modelOf(thread, lock)->depth = holders;
  }
}

static int unlockForLibrary(LKSThread *thread, pthread_rwlock_t *lock) {
  LKSObject *model = modelOf(thread, lock);
  if (model->depth) model->depth--;
  return LKS_REAL(pthread_rwlock_unlock)(lock);
}

// MARK: Acquisitions

static int lockShared(LKSThread *thread, pthread_rwlock_t *lock, uintptr_t caller) {
  if (modelOf(thread, lock)->owner == thread->index + 1) return EDEADLK;
  step(thread, LKS_LOCK_SHARED, lock, caller);
  return 0;
}

static int lockAlone(LKSThread *thread, pthread_rwlock_t *lock, uintptr_t caller) {
  if (modelOf(thread, lock)->owner == thread->index + 1) return EDEADLK;
  step(thread, LKS_LOCK, lock, caller);
  return 0;
}

/// Takes the lock if it can be had when the step is chosen; if not, the time has come.
static int lockUntil(
    LKSThread *thread, LKSKind kind, pthread_rwlock_t *lock, clockid_t clock,
    const struct timespec *time, uintptr_t caller) {
  if (modelOf(thread, lock)->owner == thread->index + 1) return EDEADLK;
  lks_settleBefore(thread, (uintptr_t)lock, 0);
  noticeOutsiders(thread, lock);
  lks_prepare(thread, kind, (uintptr_t)lock, 1, caller);
  lks_timedStep(thread);
  lks_meetEndedObject(thread, (uintptr_t)lock, caller);
  if (thread->tookLock) return 0;
  lks_passUntil(thread, clock, lks_nanoseconds(time), caller);
  return ETIMEDOUT;
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_rwlock_rdlock)(lock);
  uintptr_t caller = LKS_CALLER;
  if (!lks_isLibraryCaller(thread->exploration, caller)) return lockShared(thread, lock, caller);
  int error = lockForLibrary(thread, lock, LKS_REAL(pthread_rwlock_tryrdlock), caller);
  return error == EBUSY ? LKS_REAL(pthread_rwlock_rdlock)(lock) : error;
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_rwlock_wrlock)(lock);
  uintptr_t caller = LKS_CALLER;
  if (!lks_isLibraryCaller(thread->exploration, caller)) return lockAlone(thread, lock, caller);
  int error = lockForLibrary(thread, lock, LKS_REAL(pthread_rwlock_trywrlock), caller);
  return error == EBUSY ? LKS_REAL(pthread_rwlock_wrlock)(lock) : error;
}

/// The real function's result for a library, whose hold is noted.
static int noteForLibrary(LKSThread *thread, pthread_rwlock_t *lock, int error) {
  if (!error) modelOf(thread, lock)->depth++;
  return error;
}

int pthread_rwlock_tryrdlock(pthread_rwlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_rwlock_tryrdlock)(lock);
  uintptr_t caller = LKS_CALLER;
  if (lks_isLibraryCaller(thread->exploration, caller))
    return noteForLibrary(thread, lock, LKS_REAL(pthread_rwlock_tryrdlock)(lock));
  step(thread, LKS_TRY_LOCK_SHARED, lock, caller);
  return thread->tookLock ? 0 : EBUSY;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_rwlock_trywrlock)(lock);
  uintptr_t caller = LKS_CALLER;
  if (lks_isLibraryCaller(thread->exploration, caller))
    return noteForLibrary(thread, lock, LKS_REAL(pthread_rwlock_trywrlock)(lock));
  step(thread, LKS_TRY_LOCK, lock, caller);
  return thread->tookLock ? 0 : EBUSY;
}

#define LKS_TIMED(function, kind, clock, parameters, arguments)                        \
  int function parameters {                                                            \
    LKSThread *thread = lks_controlled();                                              \
    if (!thread) return LKS_REAL(function) arguments;                                  \
    uintptr_t caller = LKS_CALLER;                                                     \
    if (lks_isLibraryCaller(thread->exploration, caller))                              \
      return noteForLibrary(thread, lock, LKS_REAL(function) arguments);               \
    return lockUntil(thread, kind, lock, clock, time, caller);                         \
  }

LKS_TIMED(pthread_rwlock_timedrdlock, LKS_TRY_LOCK_SHARED, CLOCK_REALTIME,
          (pthread_rwlock_t * lock, const struct timespec *time), (lock, time))
LKS_TIMED(pthread_rwlock_timedwrlock, LKS_TRY_LOCK, CLOCK_REALTIME,
          (pthread_rwlock_t * lock, const struct timespec *time), (lock, time))
LKS_TIMED(pthread_rwlock_clockrdlock, LKS_TRY_LOCK_SHARED, clock,
          (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *time),
          (lock, clock, time))
LKS_TIMED(pthread_rwlock_clockwrlock, LKS_TRY_LOCK, clock,
          (pthread_rwlock_t * lock, clockid_t clock, const struct timespec *time),
          (lock, clock, time))

// MARK: The rest

int pthread_rwlock_unlock(pthread_rwlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_rwlock_unlock)(lock);
  uintptr_t caller = LKS_CALLER;
  if (lks_isLibraryCaller(thread->exploration, caller)) return unlockForLibrary(thread, lock);
  const LKSObject *model = modelOf(thread, lock);
  bool isOthers = model->owner && model->owner != thread->index + 1;
  if (isOthers || (!model->owner && !model->count))
    lks_misuse(thread, LKS_UNLOCKED_BY_OTHER, (uintptr_t)lock, caller);
  step(thread, model->owner ? LKS_UNLOCK : LKS_UNLOCK_SHARED, lock, caller);
  return 0;
}

/// A new lock where an old one was.
static void forget(LKSThread *thread, pthread_rwlock_t *lock) {
  LKSObject *model = modelOf(thread, lock);
  lks_disown(thread->exploration, model);
  model->count = 0;
}

int pthread_rwlock_init(pthread_rwlock_t *lock, const pthread_rwlockattr_t *attributes) {
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_beginObject((uintptr_t)lock, LKS_OBJECT_MUTEX, LKS_CALLER);
    forget(thread, lock);
  }
  return LKS_REAL(pthread_rwlock_init)(lock, attributes);
}

int pthread_rwlock_destroy(pthread_rwlock_t *lock) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_rwlock_destroy)(lock);
  meetRemade(thread, lock);
  lks_meetDestroy((uintptr_t)lock, LKS_OBJECT_MUTEX, LKS_CALLER);
  forget(thread, lock);
  int error = LKS_REAL(pthread_rwlock_destroy)(lock);
  lock->__data.__flags = LKS_NO_KIND;
  return error;
}
