/// Counting semaphores: Dispatch's and POSIX's.
#include <errno.h>
#include <semaphore.h>
#include <time.h>

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

static void step(LKSThread *thread, LKSKind kind, const void *semaphore, uintptr_t caller) {
  lks_prepare(thread, kind, (uintptr_t)semaphore, 1, caller);
  lks_step(thread);
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
  if (timeout != LKS_DISPATCH_FOREVER)
    lks_uncontrolled(thread->exploration, "dispatch_semaphore_wait (its timeout)");
  step(thread, LKS_SEMAPHORE_WAIT, semaphore, LKS_CALLER);
  return 0;
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
  if (model->isKnown || sem_getvalue(semaphore, &value) != 0) return;
  model->isKnown = true;
  model->count = value;
}

int sem_init(sem_t *semaphore, int shared, unsigned value) {
  LKSThread *thread = lks_controlled();
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
  lks_settleExternal(thread);
  learnValue(thread, semaphore);
  step(thread, LKS_SEMAPHORE_WAIT, semaphore, LKS_CALLER);
  LKS_REAL(sem_trywait)(semaphore);
  return 0;
}

int sem_post(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_post)(semaphore);
  lks_settleExternal(thread);
  learnValue(thread, semaphore);
  step(thread, LKS_SEMAPHORE_SIGNAL, semaphore, LKS_CALLER);
  return LKS_REAL(sem_post)(semaphore);
}

int sem_trywait(sem_t *semaphore) {
  LKSThread *thread = lks_controlled();
  if (thread) lks_uncontrolled(thread->exploration, "sem_trywait");
  return LKS_REAL(sem_trywait)(semaphore);
}

int sem_timedwait(sem_t *semaphore, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sem_timedwait)(semaphore, time);
  lks_uncontrolled(thread->exploration, "sem_timedwait (its timeout)");
  return sem_wait(semaphore);
}
