/// Creation, end and join of threads; keys with destructors; names.
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdlib.h>
#include <unwind.h>

#include "lifetimes.h"
#include "runtime.h"

// MARK: Creation

int pthread_create(
    pthread_t *handle, const pthread_attr_t *attributes, void *(*start)(void *), void *argument) {
  return lks_threadCreate(handle, attributes, start, argument, LKS_CALLER);
}

int lks_threadCreate(
    pthread_t *handle, const pthread_attr_t *attributes, void *(*start)(void *), void *argument,
    uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  // Real queues of Dispatch's, which nothing of the program's runs on, have threads of their own.
  if (!thread || lks_isDispatch(thread->exploration, caller))
    return LKS_REAL(pthread_create)(handle, attributes, start, argument);
  lks_settleExternal(thread);
  LKSExploration *exploration = thread->exploration;
  LKSThread *child = lks_newThread(exploration, thread);
  if (!child) return EAGAIN;
  child->start = start;
  child->argument = argument;
  int state = PTHREAD_CREATE_JOINABLE;
  if (attributes) pthread_attr_getdetachstate(attributes, &state);
  child->isDetached = state == PTHREAD_CREATE_DETACHED;
  *handle = child->handle;
  lks_annotate(thread, LKS_SPAWN, lks_threadObject(child->index), child->index, caller);
  lks_runAhead(thread, child);
  return 0;
}

// MARK: Join

static LKSThread *threadOf(LKSExploration *exploration, pthread_t handle) {
  for (uint32_t index = 0; index < exploration->threadCount; index++)
    if (exploration->threads[index].state != LKS_UNUSED &&
        pthread_equal(exploration->threads[index].handle, handle))
      return &exploration->threads[index];
  return NULL;
}

int pthread_join(pthread_t handle, void **result) {
  return lks_threadJoin(handle, result, LKS_CALLER);
}

int lks_threadJoin(pthread_t handle, void **result, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_join)(handle, result);
  LKSThread *other = threadOf(thread->exploration, handle);
  if (!other) {
    lks_uncontrolled(thread->exploration, "pthread_join of a thread outside the exploration");
    return LKS_REAL(pthread_join)(handle, result);
  }
  if (other == thread) return EDEADLK;
  if (other->isDetached) return EINVAL;
  lks_settleExternal(thread);
  LKSPending *pending = lks_prepare(thread, LKS_JOIN, other->index, 1, caller);
  pending->object = lks_threadObject(other->index);
  lks_step(thread);
  // Its handle is nobody's any more (POSIX.1-2017: pthread_join).
  if (other->isJoined) lks_misuse(thread, LKS_JOINED_AGAIN, 0, caller);
  other->isJoined = true;
  if (result) *result = other->result;
  lks_noteJoined(thread, other);
  return 0;
}

// MARK: Joins that may come too early
//
// Whether a thread has ended is like a unit of a semaphore that its end gives. That is a step of its
// own, which threads whom nobody asks can do without.

/// Where the model of a thread's end is kept: no address of anything else.
static uintptr_t endOf(const LKSThread *thread) { return 512 + thread->index; }

static void prepareEnd(LKSThread *thread, LKSKind kind, const LKSThread *of, uintptr_t caller) {
  lks_prepare(thread, kind, endOf(of), 1, caller)->object = lks_threadObject(of->index);
}

void lks_announceEnd(LKSThread *thread) {
  prepareEnd(thread, LKS_SEMAPHORE_SIGNAL, thread, (uintptr_t)thread->start);
  lks_step(thread);
}

/// Joins a thread if it has ended when the step is chosen.
static bool tryJoin(
    LKSThread *thread, LKSThread *other, void **result, bool isTimed, uintptr_t caller) {
  if (!thread->exploration->seesEnds && lks_learns(thread->exploration))
    thread->exploration->seesEnds = true;
  lks_settleExternal(thread);
  prepareEnd(thread, LKS_SEMAPHORE_TRY_WAIT, other, caller);
  if (isTimed)
    lks_timedStep(thread);
  else
    lks_step(thread);
  if (!thread->tookLock) return false;
  // It has given notice, and is about to end.
  return lks_threadJoin(other->handle, result, caller) == 0;
}

int pthread_tryjoin_np(pthread_t handle, void **result) {
  LKSThread *thread = lks_controlled();
  LKSThread *other = thread ? threadOf(thread->exploration, handle) : NULL;
  if (!other) return LKS_REAL(pthread_tryjoin_np)(handle, result);
  return tryJoin(thread, other, result, false, LKS_CALLER) ? 0 : EBUSY;
}

static int joinUntil(
    LKSThread *thread, LKSThread *other, void **result, clockid_t clock,
    const struct timespec *time, uintptr_t caller) {
  if (tryJoin(thread, other, result, true, caller)) return 0;
  lks_passUntil(thread, clock, lks_nanoseconds(time), caller);
  return ETIMEDOUT;
}

int pthread_timedjoin_np(pthread_t handle, void **result, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  LKSThread *other = thread ? threadOf(thread->exploration, handle) : NULL;
  if (!other) return LKS_REAL(pthread_timedjoin_np)(handle, result, time);
  return joinUntil(thread, other, result, CLOCK_REALTIME, time, LKS_CALLER);
}

int pthread_clockjoin_np(
    pthread_t handle, void **result, clockid_t clock, const struct timespec *time) {
  LKSThread *thread = lks_controlled();
  LKSThread *other = thread ? threadOf(thread->exploration, handle) : NULL;
  if (!other) return LKS_REAL(pthread_clockjoin_np)(handle, result, clock, time);
  return joinUntil(thread, other, result, clock, time, LKS_CALLER);
}

int pthread_detach(pthread_t handle) {
  LKSThread *thread = lks_controlled();
  LKSThread *other = thread ? threadOf(thread->exploration, handle) : NULL;
  if (!other) return LKS_REAL(pthread_detach)(handle);
  // What it runs on is never joined by the program; there is nothing to give up.
  if (other->isDetached) return EINVAL;
  other->isDetached = true;
  return 0;
}

int pthread_setname_np(pthread_t handle, const char *name) {
  LKSThread *thread = lks_controlled();
  LKSThread *other = thread ? threadOf(thread->exploration, handle) : NULL;
  // The kernel would name the thread that adopted the context.
  if (!other) return LKS_REAL(pthread_setname_np)(handle, name);
  strncpy(other->name, name, sizeof other->name - 1);
  thread->unseenChanges++;
  return 0;
}

int pthread_getname_np(pthread_t handle, char *name, size_t size) {
  LKSThread *thread = lks_controlled();
  LKSThread *other = thread ? threadOf(thread->exploration, handle) : NULL;
  if (!other) return LKS_REAL(pthread_getname_np)(handle, name, size);
  if (strlen(other->name) >= size) return ERANGE;
  strcpy(name, other->name);
  return 0;
}

int pthread_cancel(pthread_t handle) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_cancel)(handle);
  lks_uncontrolled(thread->exploration, "pthread_cancel");
  return ENOSYS;
}

int pthread_kill(pthread_t handle, int signal) {
  LKSThread *thread = lks_controlled();
  if (thread && signal != 0 && threadOf(thread->exploration, handle)) {
    lks_uncontrolled(thread->exploration, "pthread_kill");
    return ENOSYS;
  }
  return LKS_REAL(pthread_kill)(handle, signal);
}

// MARK: End

/// C without exceptions keeps clean-up handlers in buffers on the stack, which end in a jump
/// (`pthread_cleanup_push` in pthread.h). The first word left to glibc links them.
static inline __pthread_unwind_buf_t **formerOf(__pthread_unwind_buf_t *handler) {
  return (__pthread_unwind_buf_t **)&handler->__pad[0];
}

/// Goes to the innermost clean-up handler, if its function's frame is the one that is unwound.
static void enterCleanUp(LKSThread *thread, uintptr_t frame) {
  __pthread_unwind_buf_t *handler = thread->cleanUp;
  if (handler && frame > (uintptr_t)handler)
    _longjmp((struct __jmp_buf_tag *)handler->__cancel_jmp_buf, 1);
}

static _Unwind_Reason_Code stopAtThreadMain(
    int version, _Unwind_Action actions, _Unwind_Exception_Class class,
    struct _Unwind_Exception *exception, struct _Unwind_Context *context, void *argument) {
  (void)version, (void)class, (void)exception;
  LKSThread *thread = argument;
  uintptr_t frame = _Unwind_GetCFA(context);
  enterCleanUp(thread, actions & _UA_END_OF_STACK ? UINTPTR_MAX : frame);
  if ((actions & _UA_END_OF_STACK) || frame >= thread->bottomFrame)
    __builtin_longjmp(thread->endOfBody, 1);
  return _URC_NO_REASON;
}

/// Unwinds the running thread's frames down to where its body was called.
__attribute__((noreturn)) static void unwindBody(LKSThread *thread) {
  static struct _Unwind_Exception exceptions[LKS_MAXIMUM_THREADS];
  typedef _Unwind_Reason_Code Unwind(struct _Unwind_Exception *, _Unwind_Stop_Fn, void *);
  Unwind *unwind = (Unwind *)lks_next("_Unwind_ForcedUnwind");
  unwind(&exceptions[thread->index], stopAtThreadMain, thread);
  __builtin_longjmp(thread->endOfBody, 1);
}

__attribute__((noreturn)) void pthread_exit(void *result) {
  LKSThread *thread = lks_current;
  if (!thread) {
    LKS_REAL(pthread_exit)(result);
    __builtin_unreachable();
  }
  thread->result = result;
  unwindBody(thread);
}

void __pthread_register_cancel(__pthread_unwind_buf_t *handler) {
  LKSThread *thread = lks_current;
  if (!thread) {
    LKS_REAL(__pthread_register_cancel)(handler);
    return;
  }
  *formerOf(handler) = thread->cleanUp;
  thread->cleanUp = handler;
}

void __pthread_unregister_cancel(__pthread_unwind_buf_t *handler) {
  LKSThread *thread = lks_current;
  if (thread)
    thread->cleanUp = *formerOf(handler);
  else
    LKS_REAL(__pthread_unregister_cancel)(handler);
}

/// Called when a clean-up handler has done its work.
__attribute__((noreturn)) void __pthread_unwind_next(__pthread_unwind_buf_t *handler) {
  LKSThread *thread = lks_current;
  if (!thread) {
    LKS_REAL(__pthread_unwind_next)(handler);
    __builtin_unreachable();
  }
  thread->cleanUp = *formerOf(handler);
  unwindBody(thread);
}

/// Runs a thread's body until it returns or ends itself by `pthread_exit`.
__attribute__((noinline)) void lks_runBody(LKSThread *thread) {
  thread->bottomFrame = (uintptr_t)__builtin_frame_address(0);
  if (__builtin_setjmp(thread->endOfBody) == 0) thread->result = thread->start(thread->argument);
}

// MARK: Keys

/// Destructors of the process's keys, by key; PTHREAD_KEYS_MAX is the most there can be.
static void (*_Atomic destructors[PTHREAD_KEYS_MAX])(void *);
/// One more than the largest key there ever was.
static _Atomic pthread_key_t keyLimit;

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *)) {
  int error = LKS_REAL(pthread_key_create)(key, destructor);
  if (error != 0 || *key >= PTHREAD_KEYS_MAX) return error;
  atomic_store(&destructors[*key], destructor);
  pthread_key_t limit = atomic_load(&keyLimit);
  while (limit <= *key &&
         !atomic_compare_exchange_weak(&keyLimit, &limit, *key + 1)) {
  }
  return 0;
}

/// Notes that the thread has values of keys: most have none, and need not be asked at their ends.
int pthread_setspecific(pthread_key_t key, const void *value) {
  LKSThread *thread = lks_current;
  if (thread && value) thread->usesKeys = true;
  if (thread) thread->unseenChanges++;
  return LKS_REAL(pthread_setspecific)(key, value);
}

int pthread_key_delete(pthread_key_t key) {
  if (key < PTHREAD_KEYS_MAX) atomic_store(&destructors[key], NULL);
  return LKS_REAL(pthread_key_delete)(key);
}

extern void __call_tls_dtors(void);

/// What glibc does at a thread's end: thread_local destructors, then keys, in a few rounds.
void lks_runThreadDestructors(void) {
  LKS_REAL(__call_tls_dtors)();
  LKSThread *thread = lks_current;
  if (thread && !thread->usesKeys) return;
  for (int round = 0; round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
    bool any = false;
    for (pthread_key_t key = 0; key < atomic_load(&keyLimit); key++) {
      void (*destructor)(void *) = atomic_load_explicit(&destructors[key], memory_order_relaxed);
      // A thread of the pool may have a value of a library's that its process does without.
      if (!destructor || !lks_hasInChildren((uintptr_t)destructor)) continue;
      void *value = pthread_getspecific(key);
      if (!value) continue;
      pthread_setspecific(key, NULL);
      destructor(value);
      any = true;
    }
    if (!any) break;
  }
  // The context is the next execution's: what destructors left, and keys that have none, go too.
  for (pthread_key_t key = 0; key < atomic_load(&keyLimit); key++)
    if (pthread_getspecific(key)) pthread_setspecific(key, NULL);
  if (thread) thread->usesKeys = false;
}
