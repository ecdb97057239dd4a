/// Once-only initialisers: `pthread_once` and `swift_once`.
///
/// One that has run costs nothing and is no step. One that has not is a step, and whoever comes
/// while it runs waits for its end.
#include "runtime.h"

/// Whether the initialiser is to be passed through: it has run, or this thread is inside it.
static bool enter(LKSThread *thread, uintptr_t control, uintptr_t caller) {
  LKSObject *model = lks_object(thread->exploration, control, LKS_OBJECT_ONCE);
  if (model->owner == thread->index + 1) return false;
  lks_settleExternal(thread);
  lks_prepare(thread, LKS_ONCE, control, 1, caller);
  lks_step(thread);
  lks_object(thread->exploration, control, LKS_OBJECT_ONCE)->owner = thread->index + 1;
  return true;
}

static void leave(LKSThread *thread, uintptr_t control) {
  lks_object(thread->exploration, control, LKS_OBJECT_ONCE)->owner = 0;
}

/// glibc's mark of an initialiser that has run (nptl/pthreadP.h).
enum { LKS_ONCE_DONE = 2 };

int pthread_once(pthread_once_t *control, void (*initialise)(void)) {
  return lks_once(control, initialise, LKS_CALLER);
}

int lks_once(pthread_once_t *control, void (*initialise)(void), uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  bool isDone = __atomic_load_n(control, __ATOMIC_ACQUIRE) & LKS_ONCE_DONE;
  // One that ran in this execution might have run later: each call of it is a step.
  if (thread && isDone) isDone = !lks_hasObject(thread->exploration, (uintptr_t)control);
  if (!thread || isDone || lks_isLibraryCaller(thread->exploration, caller))
    return LKS_REAL(pthread_once)(control, initialise);
  bool entered = enter(thread, (uintptr_t)control, caller);
  int error = LKS_REAL(pthread_once)(control, initialise);
  if (entered) leave(thread, (uintptr_t)control);
  return error;
}

/// Whether an initialiser has run: -1 in 32 bits of the word, the rest of which stays zero
/// (stdlib/include/swift/Threading/Impl/Linux.h).
static bool hasRun(const intptr_t *predicate) {
  return __atomic_load_n((const int32_t *)predicate, __ATOMIC_ACQUIRE) < 0;
}

extern void swift_once(intptr_t *predicate, void (*initialise)(void *), void *context);

void swift_once(intptr_t *predicate, void (*initialise)(void *), void *context) {
  LKSThread *thread = lks_controlled();
  if (!thread || hasRun(predicate) ||
      lks_isLibraryCaller(thread->exploration, LKS_CALLER)) {
    LKS_REAL(swift_once)(predicate, initialise, context);
    return;
  }
  bool entered = enter(thread, (uintptr_t)predicate, LKS_CALLER);
  LKS_REAL(swift_once)(predicate, initialise, context);
  if (entered) {
    leave(thread, (uintptr_t)predicate);
    // The process keeps what was initialised: no later execution takes this path again.
    thread->exploration->initialisedOnce = true;
  }
}

extern void dispatch_once_f(intptr_t *predicate, void *context, void (*initialise)(void *));
extern void dispatch_once(intptr_t *predicate, void *block);

/// Dispatch's mark of an initialiser that has run (dispatch/once.h).
static bool hasRunInDispatch(const intptr_t *predicate) {
  return __atomic_load_n(predicate, __ATOMIC_ACQUIRE) == -1;
}

/// Enters an initialiser of Dispatch's unless it is to be passed through.
static bool enterDispatch(LKSThread *thread, intptr_t *predicate, uintptr_t caller) {
  return thread && !hasRunInDispatch(predicate) &&
         !lks_isLibraryCaller(thread->exploration, caller) &&
         enter(thread, (uintptr_t)predicate, caller);
}

static void leaveDispatch(LKSThread *thread, intptr_t *predicate) {
  leave(thread, (uintptr_t)predicate);
  thread->exploration->initialisedOnce = true;
}

void dispatch_once_f(intptr_t *predicate, void *context, void (*initialise)(void *)) {
  LKSThread *thread = lks_controlled();
  bool entered = enterDispatch(thread, predicate, LKS_CALLER);
  LKS_REAL(dispatch_once_f)(predicate, context, initialise);
  if (entered) leaveDispatch(thread, predicate);
}

void dispatch_once(intptr_t *predicate, void *block) {
  LKSThread *thread = lks_controlled();
  bool entered = enterDispatch(thread, predicate, LKS_CALLER);
  LKS_REAL(dispatch_once)(predicate, block);
  if (entered) leaveDispatch(thread, predicate);
}
