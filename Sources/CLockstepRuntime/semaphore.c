/// Counting semaphores: Dispatch's and POSIX's.
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdarg.h>

#include "runtime.h"

typedef struct dispatch_semaphore_s *dispatch_semaphore_t;
extern dispatch_semaphore_t dispatch_semaphore_create(intptr_t value);
extern intptr_t dispatch_semaphore_wait(dispatch_semaphore_t semaphore, uint64_t timeout);
extern intptr_t dispatch_semaphore_signal(dispatch_semaphore_t semaphore);

#define LKS_DISPATCH_NOW 0ull
#define LKS_DISPATCH_FOREVER (~0ull)

static LKSObject *modelOf(LKSThread *thread, const void *semaphore) {
  return lks_object(thread->exploration, (uintptr_t)semaphore, LKS_OBJECT_SEMAPHORE);
}

/// Takes a unit if there is one when the step is chosen.
static bool tryWait(LKSThread *thread, const void *semaphore, bool isTimed, uintptr_t caller) {
  lks_prepare(thread, LKS_SEMAPHORE_TRY_WAIT, (uintptr_t)semaphore, 1, caller);
  if (isTimed)
    lks_timedStep(thread);
  else
    lks_step(thread);
  lks_meetEndedObject(thread, (uintptr_t)semaphore, caller);
  return thread->tookLock;
}

static void step(LKSThread *thread, LKSKind kind, const void *semaphore, uintptr_t caller) {
  lks_prepare(thread, kind, (uintptr_t)semaphore, 1, caller);
  lks_step(thread);
  lks_meetEndedObject(thread, (uintptr_t)semaphore, caller);
}

// MARK: Dispatch

/// The count of a semaphore made outside this execution is drawn from the real one.
static void learnCount(LKSThread *thread, dispatch_semaphore_t semaphore) {
  LKSObject *model = modelOf(thread, semaphore);
  if (model->isKnown) return;
  model->isKnown = true;
  thread->inRuntime++;
  while (LKS_REAL(dispatch_semaphore_wait)(semaphore, LKS_DISPATCH_NOW) == 0) model->count++;
  for (int64_t unit = 0; unit < model->count; unit++)
    LKS_REAL(dispatch_semaphore_signal)(semaphore);
  thread->inRuntime--;
}

/// A time of Dispatch's is of one of three clocks, by its upper bits (libdispatch,
/// src/shims/time.h, `_dispatch_time_to_clock_and_value`).
static void passUntilDispatchTime(LKSThread *thread, uint64_t time, uintptr_t caller) {
  if (time == LKS_DISPATCH_NOW) return;
  if (!(time >> 63))
    lks_passUntil(thread, CLOCK_MONOTONIC, time, caller);
  else if (time >> 62 & 1)
    lks_passUntil(thread, CLOCK_REALTIME, 0 - time, caller);
  else
    lks_passUntil(thread, CLOCK_BOOTTIME, time & ~(1ull << 63), caller);
}

dispatch_semaphore_t dispatch_semaphore_create(intptr_t value) {
  LKSThread *thread = lks_controlled();
  if (!thread || value < 0) return LKS_REAL(dispatch_semaphore_create)(value);
  // The real one stays at zero: Dispatch ends the process when one is released below its start.
  dispatch_semaphore_t semaphore = LKS_REAL(dispatch_semaphore_create)(0);
  if (!semaphore) return NULL;
  LKSObject *model = modelOf(thread, semaphore);
  model->isKnown = true;
  model->count = value;
  return semaphore;
}

intptr_t dispatch_semaphore_wait(dispatch_semaphore_t semaphore, uint64_t timeout) {
  LKSThread *thread = lks_controlled();
  if (!thread || lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    return LKS_REAL(dispatch_semaphore_wait)(semaphore, timeout);
  lks_settleExternal(thread);
  learnCount(thread, semaphore);
  uintptr_t caller = LKS_CALLER;
  if (timeout == LKS_DISPATCH_FOREVER) {
    step(thread, LKS_SEMAPHORE_WAIT, semaphore, caller);
    return 0;
  }
  if (tryWait(thread, semaphore, timeout != LKS_DISPATCH_NOW, caller)) return 0;
  passUntilDispatchTime(thread, timeout, caller);
  return 1;
}

intptr_t dispatch_semaphore_signal(dispatch_semaphore_t semaphore) {
  LKSThread *thread = lks_controlled();
  if (!thread || lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    return LKS_REAL(dispatch_semaphore_signal)(semaphore);
  lks_settleExternal(thread);
  learnCount(thread, semaphore);
  bool wakes = modelOf(thread, semaphore)->count <= 0;
  step(thread, LKS_SEMAPHORE_SIGNAL, semaphore, LKS_CALLER);
  return wakes;
}

// MARK: POSIX

static void learnValue(LKSThread *thread, sem_t *semaphore) {
  LKSObject *model = modelOf(thread, semaphore);
  int value = 0;
  if (model->isKnown || LKS_REAL(sem_getvalue)(semaphore, &value) != 0) return;
  model->isKnown = true;
  model->count = value;
}

int sem_init(sem_t *semaphore, int shared, unsigned value) {
  LKSThread *thread = lks_controlled();
  if (thread) lks_beginObject((uintptr_t)semaphore, LKS_OBJECT_SEMAPHORE, LKS_CALLER);
  int error = LKS_REAL(sem_init)(semaphore, shared, value);
  if (thread && error == 0) {
    LKSObject *model = modelOf(thread, semaphore);
    model->isKnown = true;
    model->count = value;
  }
  return error;
}

int sem_wait(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_wait)(semaphore);
  lks_settleBefore(thread, (uintptr_t)semaphore, 0);
  learnValue(thread, semaphore);
  step(thread, LKS_SEMAPHORE_WAIT, semaphore, LKS_CALLER);
  LKS_REAL(sem_trywait)(semaphore);
  return 0;
}

int sem_post(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_post)(semaphore);
  lks_settleBefore(thread, (uintptr_t)semaphore, 0);
  learnValue(thread, semaphore);
  step(thread, LKS_SEMAPHORE_SIGNAL, semaphore, LKS_CALLER);
  return LKS_REAL(sem_post)(semaphore);
}

int sem_trywait(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_trywait)(semaphore);
  lks_settleBefore(thread, (uintptr_t)semaphore, 0);
  learnValue(thread, semaphore);
  if (!tryWait(thread, semaphore, false, LKS_CALLER)) {
    errno = EAGAIN;
    return -1;
  }
  return LKS_REAL(sem_trywait)(semaphore);
}

static int waitUntil(
    LKSThread *thread, sem_t *semaphore, clockid_t clock, const struct timespec *time,
    uintptr_t caller) {
  lks_settleBefore(thread, (uintptr_t)semaphore, 0);
  learnValue(thread, semaphore);
  if (tryWait(thread, semaphore, true, caller)) {
    LKS_REAL(sem_trywait)(semaphore);
    return 0;
  }
  lks_passUntil(thread, clock, lks_nanoseconds(time), caller);
  errno = ETIMEDOUT;
  return -1;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_timedwait)(semaphore, time);
  return waitUntil(thread, semaphore, CLOCK_REALTIME, time, LKS_CALLER);
}

int sem_clockwait(sem_t *semaphore, clockid_t clock, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_clockwait)(semaphore, clock, time);
  return waitUntil(thread, semaphore, clock, time, LKS_CALLER);
}

int sem_getvalue(sem_t *semaphore, int *value) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_getvalue)(semaphore, value);
  lks_settleBefore(thread, (uintptr_t)semaphore, 0);
  learnValue(thread, semaphore);
  step(thread, LKS_SEMAPHORE_READ, semaphore, LKS_CALLER);
  *value = (int)thread->released;
  return 0;
}

int sem_destroy(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_meetDestroy((uintptr_t)semaphore, LKS_OBJECT_SEMAPHORE, LKS_CALLER);
    // What is made there next is another semaphore.
    modelOf(thread, semaphore)->isKnown = false;
  }
  return LKS_REAL(sem_destroy)(semaphore);
}

/// A named semaphore is one of the process's, or of others' too, who are not seen.
sem_t *sem_open(const char *name, int flags, ...) {
  va_list list;
  va_start(list, flags);
  mode_t mode = va_arg(list, mode_t);
  unsigned value = va_arg(list, unsigned);
  va_end(list);
  LKSThread *thread = lks_controlled();
  if (thread) thread->inRuntime++;
  sem_t *semaphore = LKS_REAL(sem_open)(name, flags, mode, value);
  if (thread) thread->inRuntime--;
  return semaphore;
}

int sem_close(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_close)(semaphore);
  thread->inRuntime++;
  int error = LKS_REAL(sem_close)(semaphore);
  thread->inRuntime--;
  return error;
}
