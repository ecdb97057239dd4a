/// Once-only initialisers: `pthread_once`, `swift_once`, `dispatch_once`, and C++'s local statics.
///
/// A call of `pthread_once` is what it is made of, a lock's critical section. The others are looked at
/// before they are called, by code that nobody sees: whether a thread comes to call one depends on who
/// was first, and on no step. There the initialiser is a part of the step before it, its accesses to
/// memory no steps; who comes to one that is not over, since a lock inside it had to wait, waits for
/// its end.
#include <unwind.h>

#include "runtime.h"

/// glibc's mark of an initialiser that has run (nptl/pthreadP.h).
enum { LKS_ONCE_DONE = 2 };

int pthread_once(pthread_once_t *control, void (*initialise)(void)) {
  return lks_once(control, initialise, LKS_CALLER);
}

static void stepOnControl(LKSThread *thread, LKSKind kind, uintptr_t control, uintptr_t caller) {
  lks_settleBefore(thread, control, 0);
  lks_prepare(thread, kind, control, 1, caller);
  lks_step(thread);
}

typedef int OnceFunction(pthread_once_t *control, void (*initialise)(void));

#if defined(__x86_64__)
/// Calls `once`; where the initialiser is left by other ways than its end, `lks_watchOnce` is called.
int lks_callOnce(
    OnceFunction *once, pthread_once_t *control, void (*initialise)(void), uintptr_t caller);

/// Called by the unwinder (Itanium C++ ABI: Exception Handling, 1.3). glibc has put its control back by
/// then, whose frame is an inner one: whoever comes next is to run the initialiser again.
_Unwind_Reason_Code lks_watchOnce(
    int version, _Unwind_Action actions, uint64_t class, struct _Unwind_Exception *exception,
    struct _Unwind_Context *context) {
  (void)version, (void)class, (void)exception;
  const uintptr_t *frame = (const uintptr_t *)_Unwind_GetCFA(context);
  if (actions & _UA_CLEANUP_PHASE && lks_controlled())
    stepOnControl(lks_current, LKS_UNLOCK, frame[0], frame[1]);
  return _URC_CONTINUE_UNWIND;
}
#else
#define lks_callOnce(once, control, initialise, caller) ((void)(caller), once(control, initialise))
#endif

int lks_once(pthread_once_t *control, void (*initialise)(void), uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  bool isDone = __atomic_load_n(control, __ATOMIC_ACQUIRE) & LKS_ONCE_DONE;
  // One that ran in this execution might have run later: each call of it is a step.
  if (thread && isDone) isDone = !lks_hasObject(thread->exploration, (uintptr_t)control);
  if (!thread || isDone || lks_isLibraryCaller(thread->exploration, caller))
    return LKS_REAL(pthread_once)(control, initialise);
  const LKSObject *lock =
      lks_object(thread->exploration, (uintptr_t)control, LKS_OBJECT_MUTEX);
  // Its own initialiser calls it again: glibc would wait for itself.
  bool isInside = lock->owner == thread->index + 1;
  if (isInside) return LKS_REAL(pthread_once)(control, initialise);
  stepOnControl(thread, LKS_LOCK, (uintptr_t)control, caller);
  int error = lks_callOnce(LKS_REAL(pthread_once), control, initialise, caller);
  stepOnControl(thread, LKS_UNLOCK, (uintptr_t)control, caller);
  return error;
}

// MARK: Initialisers that are looked at first

static bool isFree(LKSThread *thread) {
  uint8_t owner =
      lks_object(thread->exploration, thread->pending.address, LKS_OBJECT_ONCE)->owner;
  return owner == 0 || owner == thread->index + 1;
}

/// Enters an initialiser, once nobody else is inside it; false where this thread is already.
static bool enter(LKSThread *thread, uintptr_t control, uintptr_t caller) {
  LKSObject *model = lks_object(thread->exploration, control, LKS_OBJECT_ONCE);
  if (model->owner == thread->index + 1) return false;
  if (model->owner) {
    lks_settleExternal(thread);
    lks_prepare(thread, LKS_ONCE, control, 1, caller)->ready = isFree;
    lks_step(thread);
    model = lks_object(thread->exploration, control, LKS_OBJECT_ONCE);
  }
  model->owner = thread->index + 1;
  thread->quiet++;
  return true;
}

static void leave(LKSThread *thread, uintptr_t control) {
  lks_object(thread->exploration, control, LKS_OBJECT_ONCE)->owner = 0;
  thread->quiet--;
  // The process keeps what was initialised: no later execution of its own takes this path again.
  thread->exploration->initialisedOnce = true;
}

/// Whether an initialiser has run: -1 in 32 bits of the word, the rest of which stays zero
/// (stdlib/include/swift/Threading/Impl/Linux.h).
static bool hasRun(const intptr_t *predicate) {
  return __atomic_load_n((const int32_t *)predicate, __ATOMIC_ACQUIRE) < 0;
}

extern void swift_once(intptr_t *predicate, void (*initialise)(void *), void *context);

void swift_once(intptr_t *predicate, void (*initialise)(void *), void *context) {
  LKSThread *thread = lks_controlled();
  bool entered = thread && !hasRun(predicate) &&
                 !lks_isLibraryCaller(thread->exploration, LKS_CALLER) &&
                 enter(thread, (uintptr_t)predicate, LKS_CALLER);
  LKS_REAL(swift_once)(predicate, initialise, context);
  if (entered) leave(thread, (uintptr_t)predicate);
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

void dispatch_once_f(intptr_t *predicate, void *context, void (*initialise)(void *)) {
  LKSThread *thread = lks_controlled();
  bool entered = enterDispatch(thread, predicate, LKS_CALLER);
  LKS_REAL(dispatch_once_f)(predicate, context, initialise);
  if (entered) leave(thread, (uintptr_t)predicate);
}

void dispatch_once(intptr_t *predicate, void *block) {
  LKSThread *thread = lks_controlled();
  bool entered = enterDispatch(thread, predicate, LKS_CALLER);
  LKS_REAL(dispatch_once)(predicate, block);
  if (entered) leave(thread, (uintptr_t)predicate);
}

// MARK: C++

// The guard of a local static: Itanium C++ ABI, 3.3.3.
extern int __cxa_guard_acquire(uint64_t *guard);
extern void __cxa_guard_release(uint64_t *guard);
extern void __cxa_guard_abort(uint64_t *guard);

int __cxa_guard_acquire(uint64_t *guard) {
  LKSThread *thread = lks_controlled();
  bool isProgram = thread && !lks_isLibraryCaller(thread->exploration, LKS_CALLER);
  bool entered = isProgram && !(__atomic_load_n((uint8_t *)guard, __ATOMIC_ACQUIRE) & 1) &&
                 enter(thread, (uintptr_t)guard, LKS_CALLER);
  int isMine = LKS_REAL(__cxa_guard_acquire)(guard);
  if (entered && !isMine) leave(thread, (uintptr_t)guard);
  return isMine;
}

static void leaveGuard(uint64_t *guard) {
  LKSThread *thread = lks_controlled();
  if (!thread || !lks_hasObject(thread->exploration, (uintptr_t)guard)) return;
  const LKSObject *model =
      lks_object(thread->exploration, (uintptr_t)guard, LKS_OBJECT_ONCE);
  if (model->owner == thread->index + 1) leave(thread, (uintptr_t)guard);
}

void __cxa_guard_release(uint64_t *guard) {
  LKS_REAL(__cxa_guard_release)(guard);
  leaveGuard(guard);
}

void __cxa_guard_abort(uint64_t *guard) {
  LKS_REAL(__cxa_guard_abort)(guard);
  leaveGuard(guard);
}
