/// Mutexes of every kind.
#include <dlfcn.h>
#include <errno.h>
#include <time.h>

#include "runtime.h"

/// Bits of glibc's `__kind` (nptl/pthreadP.h).
enum { LKS_MUTEX_TYPE = 3, LKS_MUTEX_INHERITS = 32, LKS_MUTEX_PROTECTS = 64 };

static int typeOf(const pthread_mutex_t *mutex) { return mutex->__data.__kind & LKS_MUTEX_TYPE; }

/// Robust and priority-changing locks register with the kernel thread, which is not the owner's.
static bool isPassedThrough(const pthread_mutex_t *mutex) {
  return !lks_mutexIsRobust(mutex) &&
         (mutex->__data.__kind & (LKS_MUTEX_INHERITS | LKS_MUTEX_PROTECTS)) == 0;
}

static LKSObject *modelOf(LKSThread *thread, pthread_mutex_t *mutex) {
  return lks_object(thread->exploration, (uintptr_t)mutex, LKS_OBJECT_MUTEX);
}

/// Sees a mutex that was made of one that was destroyed without a call, as a new local variable: it has
/// another `__kind` than glibc leaves (nptl/pthread_mutex_destroy.c).
static LKSObject *meetRemade(LKSThread *thread, pthread_mutex_t *mutex) {
  LKSObject *model = modelOf(thread, mutex);
  if (model->end == LKS_DESTROYED && mutex->__data.__kind != -1) model->end = LKS_ALIVE;
  return model;
}

/// After a step on a mutex that must be one still.
static void meetEnded(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  LKSObject *model = meetRemade(thread, mutex);
  model->isUsed = true;
  if (LKS_UNLIKELY(model->end)) lks_meetEndedObject(thread, (uintptr_t)mutex, caller);
}

/// Locks the real mutex that the model says is free, for threads outside the exploration to see.
static void takeReal(LKSThread *thread, pthread_mutex_t *mutex) {
  modelOf(thread, mutex)->isRobust = lks_mutexIsRobust(mutex);
  if (!isPassedThrough(mutex)) return;
  if (LKS_REAL(pthread_mutex_trylock)(mutex) == EBUSY) {
    lks_uncontrolled(thread->exploration, "a mutex held by a thread outside the exploration");
    LKS_REAL(pthread_mutex_lock)(mutex);
  }
  modelOf(thread, mutex)->isReal = true;
}

static void releaseReal(LKSThread *thread, pthread_mutex_t *mutex) {
  LKSObject *model = modelOf(thread, mutex);
  if (!model->isReal) return;
  model->isReal = false;
  LKS_REAL(pthread_mutex_unlock)(mutex);
}

// MARK: Locks that libraries take for themselves

static bool realLockIsFree(LKSThread *thread) {
  return ((pthread_mutex_t *)thread->pending.address)->__data.__lock == 0;
}

/// Waits until a lock is free that another controlled thread took without a step.
static void waitForLibraryLock(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  LKSPending *pending = lks_prepare(thread, LKS_LOCK, (uintptr_t)mutex, 1, caller);
  pending->flags |= LKS_LIBRARY;
  pending->ready = realLockIsFree;
  lks_step(thread);
  thread->pending.ready = NULL;
}

/// Swift's task runtime calls back into the program under some of its locks: once two tasks were seen to
/// need one at a time, it is taken and given up by steps, as the program's own are. Each is followed by a
/// step on what tasks share: what the library does after it is done to that, and not to the lock.
static int lockBySteps(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  LKSObject *model = modelOf(thread, mutex);
  if (model->owner == thread->index + 1 && typeOf(mutex) == PTHREAD_MUTEX_RECURSIVE) {
    model->depth++;
    return 0;
  }
  lks_prepare(thread, LKS_LOCK, (uintptr_t)mutex, 1, caller)->flags |= LKS_LIBRARY;
  lks_step(thread);
  // Who took it before that was seen, in this execution, did so without a step.
  while (LKS_REAL(pthread_mutex_trylock)(mutex) == EBUSY) waitForLibraryLock(thread, mutex, caller);
  modelOf(thread, mutex)->isReal = true;
  thread->libraryLocks++;
  lks_stepTasks(thread, LKS_TASK_STATE, caller);
  return 0;
}

static bool unlockBySteps(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  if (!lks_isTaskLibrary(caller) || !lks_isKnownShared(thread->exploration, (uintptr_t)mutex))
    return false;
  LKSObject *model = modelOf(thread, mutex);
  if (model->owner != thread->index + 1) return false;
  if (model->depth > 1) {
    model->depth--;
    return true;
  }
  lks_prepare(thread, LKS_UNLOCK, (uintptr_t)mutex, 1, caller)->flags |= LKS_LIBRARY;
  lks_step(thread);
  // Taken for real however it was taken.
  model->isReal = false;
  LKS_REAL(pthread_mutex_unlock)(mutex);
  if (thread->libraryLocks) thread->libraryLocks--;
  lks_stepTasks(thread, LKS_TASK_STATE, caller);
  return true;
}

/// No step while the lock is free; while another controlled thread holds it, a wait for that one.
static int lockForLibrary(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  if (LKS_UNLIKELY(lks_isTaskLibrary(caller))) {
    lks_meetTasks(thread, caller);
    if (lks_isKnownShared(thread->exploration, (uintptr_t)mutex))
      return lockBySteps(thread, mutex, caller);
  }
  for (;;) {
    int error = LKS_REAL(pthread_mutex_trylock)(mutex);
    bool isOutside = !lks_isThreadOf(thread->exploration, (uint32_t)mutex->__data.__owner);
    if (error == EBUSY && isOutside) error = LKS_REAL(pthread_mutex_lock)(mutex);
    if (error == 0) thread->libraryLocks++;
    if (error != EBUSY) return error;
    if (lks_isTaskLibrary(caller)) lks_markShared(thread, (uintptr_t)mutex);
    waitForLibraryLock(thread, mutex, caller);
  }
}

// MARK: Locks of the program

static int lock(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)mutex, 0);
  LKSObject *model = modelOf(thread, mutex);
  if (model->owner == thread->index + 1) {
    if (typeOf(mutex) == PTHREAD_MUTEX_RECURSIVE) {
      model->depth++;
      thread->innerHolds++;
      return 0;
    }
    if (typeOf(mutex) == PTHREAD_MUTEX_ERRORCHECK) return EDEADLK;
    // A normal mutex waits for its own owner, for good.
  }
  lks_prepare(thread, LKS_LOCK, (uintptr_t)mutex, 1, caller);
  lks_step(thread);
  meetEnded(thread, mutex, caller);
  takeReal(thread, mutex);
  return lks_mutexInherit(thread, mutex, caller);
}

int pthread_mutex_lock(pthread_mutex_t *mutex) { return lks_mutexLock(mutex, LKS_CALLER); }

int lks_mutexLock(pthread_mutex_t *mutex, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    if (LKS_UNLIKELY(lks_currentProbe)) lks_currentProbe->locks++;
    return LKS_REAL(pthread_mutex_lock)(mutex);
  }
  if (lks_isLibraryCaller(thread->exploration, caller)) return lockForLibrary(thread, mutex, caller);
  return lock(thread, mutex, caller);
}

/// Takes the lock if it is free when the step is chosen; if not, the time has come.
static int lockUntil(
    LKSThread *thread, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time,
    uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)mutex, 0);
  LKSObject *model = modelOf(thread, mutex);
  if (model->owner == thread->index + 1) {
    if (typeOf(mutex) == PTHREAD_MUTEX_RECURSIVE) {
      model->depth++;
      thread->innerHolds++;
      return 0;
    }
    if (typeOf(mutex) == PTHREAD_MUTEX_ERRORCHECK) return EDEADLK;
  }
  lks_prepare(thread, LKS_TRY_LOCK, (uintptr_t)mutex, 1, caller);
  lks_timedStep(thread);
  meetEnded(thread, mutex, caller);
  if (!thread->tookLock) {
    lks_passUntil(thread, clock, lks_nanoseconds(time), caller);
    return ETIMEDOUT;
  }
  takeReal(thread, mutex);
  return lks_mutexInherit(thread, mutex, caller);
}

int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *time) {
  return lks_mutexTimedLock(mutex, time, LKS_CALLER);
}

int lks_mutexTimedLock(pthread_mutex_t *mutex, const struct timespec *time, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_mutex_timedlock)(mutex, time);
  if (lks_isLibraryCaller(thread->exploration, caller)) return lockForLibrary(thread, mutex, caller);
  return lockUntil(thread, mutex, CLOCK_REALTIME, time, caller);
}

int pthread_mutex_clocklock(
    pthread_mutex_t *mutex, clockid_t clock, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_mutex_clocklock)(mutex, clock, time);
  uintptr_t caller = LKS_CALLER;
  if (lks_isLibraryCaller(thread->exploration, caller)) return lockForLibrary(thread, mutex, caller);
  return lockUntil(thread, mutex, clock, time, caller);
}

int pthread_mutex_trylock(pthread_mutex_t *mutex) { return lks_mutexTryLock(mutex, LKS_CALLER); }

int lks_mutexTryLock(pthread_mutex_t *mutex, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_mutex_trylock)(mutex);
  if (lks_isLibraryCaller(thread->exploration, caller)) {
    int error = LKS_REAL(pthread_mutex_trylock)(mutex);
    if (error == 0) thread->libraryLocks++;
    return error;
  }
  lks_settleBefore(thread, (uintptr_t)mutex, 0);
  LKSObject *model = modelOf(thread, mutex);
  if (model->owner == thread->index + 1 && typeOf(mutex) == PTHREAD_MUTEX_RECURSIVE) {
    model->depth++;
    thread->innerHolds++;
    return 0;
  }
  lks_prepare(thread, LKS_TRY_LOCK, (uintptr_t)mutex, 1, caller);
  lks_step(thread);
  meetEnded(thread, mutex, caller);
  if (!thread->tookLock) return EBUSY;
  takeReal(thread, mutex);
  return lks_mutexInherit(thread, mutex, caller);
}

int pthread_mutex_unlock(pthread_mutex_t *mutex) { return lks_mutexUnlock(mutex, LKS_CALLER); }

int lks_mutexUnlock(pthread_mutex_t *mutex, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_mutex_unlock)(mutex);
  if (lks_isLibraryCaller(thread->exploration, caller)) {
    if (unlockBySteps(thread, mutex, caller)) return 0;
    if (thread->libraryLocks) thread->libraryLocks--;
    return LKS_REAL(pthread_mutex_unlock)(mutex);
  }
  lks_settleBefore(thread, (uintptr_t)mutex, 0);
  LKSObject *model = modelOf(thread, mutex);
  meetEnded(thread, mutex, caller);
  bool checksOwner = lks_mutexIsRobust(mutex) || typeOf(mutex) == PTHREAD_MUTEX_RECURSIVE ||
                     typeOf(mutex) == PTHREAD_MUTEX_ERRORCHECK;
  if (model->owner != thread->index + 1) {
    if (checksOwner) return EPERM;
    // One that was taken before the execution, or by a library, is given up as it was taken.
    if (model->owner || !mutex->__data.__lock)
      lks_misuse(thread, LKS_UNLOCKED_BY_OTHER, (uintptr_t)mutex, caller);
  }
  if (model->depth > 1) {
    model->depth--;
    thread->innerHolds--;
    return 0;
  }
  lks_mutexBequeath(thread, mutex);
  lks_prepare(thread, LKS_UNLOCK, (uintptr_t)mutex, 1, caller);
  lks_step(thread);
  releaseReal(thread, mutex);
  return 0;
}

static void forget(LKSThread *thread, pthread_mutex_t *mutex) {
  LKSObject *model = modelOf(thread, mutex);
  lks_disown(thread->exploration, model);
  model->isReal = false;
  model->ownerState = 0;
}

/// A new mutex where an old one was.
void lks_mutexForget(pthread_mutex_t *mutex, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  lks_beginObject((uintptr_t)mutex, LKS_OBJECT_MUTEX, caller);
  forget(thread, mutex);
}

int pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
  lks_mutexForget(mutex, LKS_CALLER);
  return LKS_REAL(pthread_mutex_init)(mutex, attributes);
}

int pthread_mutex_destroy(pthread_mutex_t *mutex) {
  lks_mutexEnd(mutex, LKS_CALLER);
  return LKS_REAL(pthread_mutex_destroy)(mutex);
}

void lks_mutexEnd(pthread_mutex_t *mutex, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  meetRemade(thread, mutex);
  lks_meetDestroy((uintptr_t)mutex, LKS_OBJECT_MUTEX, caller);
  forget(thread, mutex);
}

// MARK: What a condition variable needs

/// Gives up the real mutex of a wait; the model gives it up with the step.
void lks_mutexGiveUp(LKSThread *thread, pthread_mutex_t *mutex) {
  if (lks_mutexIsRobust(mutex)) thread->robustHolds--;
  releaseReal(thread, mutex);
}

int lks_mutexTakeAgain(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  takeReal(thread, mutex);
  return lks_mutexInherit(thread, mutex, caller);
}

// MARK: Proof

bool lks_probeInterposition(void) {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  // By name, as a library's call is bound: the first definition in the process must be ours.
  int (*lockByName)(pthread_mutex_t *) =
      (int (*)(pthread_mutex_t *))dlsym(RTLD_DEFAULT, "pthread_mutex_lock");
  if (!lockByName) return false;
  lks_probeBegin();
  lockByName(&mutex);
  LKSProbe probe = lks_probeEnd();
  LKS_REAL(pthread_mutex_unlock)(&mutex);
  return probe.locks == 1;
}
