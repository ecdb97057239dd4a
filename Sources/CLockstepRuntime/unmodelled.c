/// What is met and not modelled is recorded by name, never let through in silence.
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

/// Passes a call through, and names it if a controlled thread of the program made it.
#define LKS_PASS(result, function, parameters, arguments)                        \
  result function parameters {                                                   \
    LKSThread *thread = lks_controlled();                                        \
    if (thread && !lks_isLibraryCaller(thread->exploration, LKS_CALLER))         \
      lks_uncontrolled(thread->exploration, #function);                          \
    return LKS_REAL(function) arguments;                                         \
  }

LKS_PASS(pid_t, fork, (void), ())
LKS_PASS(int, system, (const char *command), (command))

/// Refuses a call, which glibc would have every thread take part in: the parked ones cannot.
#define LKS_REFUSE(function, parameters, arguments)                              \
  int function parameters {                                                      \
    LKSThread *thread = lks_controlled();                                        \
    if (!thread) return LKS_REAL(function) arguments;                            \
    lks_uncontrolled(thread->exploration, #function);                            \
    errno = EPERM;                                                               \
    return -1;                                                                   \
  }

LKS_REFUSE(setuid, (uid_t user), (user))
LKS_REFUSE(seteuid, (uid_t user), (user))
LKS_REFUSE(setgid, (gid_t group), (group))
LKS_REFUSE(setegid, (gid_t group), (group))
LKS_REFUSE(setreuid, (uid_t user, uid_t effective), (user, effective))
LKS_REFUSE(setregid, (gid_t group, gid_t effective), (group, effective))
LKS_REFUSE(setresuid, (uid_t user, uid_t effective, uid_t saved), (user, effective, saved))
LKS_REFUSE(setresgid, (gid_t group, gid_t effective, gid_t saved), (group, effective, saved))

typedef struct dispatch_object_s *LKSDispatchObject;
typedef void (*LKSDispatchFunction)(void *);
extern void dispatch_sync_f(LKSDispatchObject, void *, LKSDispatchFunction);
extern void dispatch_barrier_async_f(LKSDispatchObject, void *, LKSDispatchFunction);
extern void dispatch_barrier_sync_f(LKSDispatchObject, void *, LKSDispatchFunction);
extern void dispatch_group_async_f(
    LKSDispatchObject, LKSDispatchObject, void *, LKSDispatchFunction);
extern void dispatch_apply_f(size_t, LKSDispatchObject, void *, void (*)(void *, size_t));
extern intptr_t dispatch_group_wait(LKSDispatchObject, uint64_t);
extern void dispatch_async(LKSDispatchObject, void *);
extern void dispatch_sync(LKSDispatchObject, void *);
extern void dispatch_barrier_async(LKSDispatchObject, void *);
extern void dispatch_barrier_sync(LKSDispatchObject, void *);
extern void dispatch_group_async(LKSDispatchObject, LKSDispatchObject, void *);
extern void dispatch_apply(size_t, LKSDispatchObject, void *);
extern void dispatch_after(uint64_t, LKSDispatchObject, void *);

/// The same for Dispatch, which the program calls through libswiftDispatch.
#define LKS_PASS_DISPATCH(result, function, parameters, arguments)               \
  result function parameters {                                                   \
    LKSThread *thread = lks_controlled();                                        \
    if (thread && !lks_isTaskLibrary(LKS_CALLER))                                \
      lks_uncontrolled(thread->exploration, #function);                          \
    return LKS_REAL(function) arguments;                                         \
  }

LKS_PASS_DISPATCH(void, dispatch_sync_f,
                  (LKSDispatchObject queue, void *context, LKSDispatchFunction work),
                  (queue, context, work))
LKS_PASS_DISPATCH(void, dispatch_barrier_async_f,
                  (LKSDispatchObject queue, void *context, LKSDispatchFunction work),
                  (queue, context, work))
LKS_PASS_DISPATCH(void, dispatch_barrier_sync_f,
                  (LKSDispatchObject queue, void *context, LKSDispatchFunction work),
                  (queue, context, work))
LKS_PASS_DISPATCH(void, dispatch_group_async_f,
                  (LKSDispatchObject group, LKSDispatchObject queue, void *context,
                   LKSDispatchFunction work),
                  (group, queue, context, work))
LKS_PASS_DISPATCH(void, dispatch_apply_f,
                  (size_t count, LKSDispatchObject queue, void *context,
                   void (*work)(void *, size_t)),
                  (count, queue, context, work))
LKS_PASS_DISPATCH(intptr_t, dispatch_group_wait, (LKSDispatchObject group, uint64_t timeout),
                  (group, timeout))
LKS_PASS_DISPATCH(void, dispatch_async, (LKSDispatchObject queue, void *block), (queue, block))
LKS_PASS_DISPATCH(void, dispatch_sync, (LKSDispatchObject queue, void *block), (queue, block))
LKS_PASS_DISPATCH(void, dispatch_barrier_async, (LKSDispatchObject queue, void *block),
                  (queue, block))
LKS_PASS_DISPATCH(void, dispatch_barrier_sync, (LKSDispatchObject queue, void *block),
                  (queue, block))
LKS_PASS_DISPATCH(void, dispatch_group_async,
                  (LKSDispatchObject group, LKSDispatchObject queue, void *block),
                  (group, queue, block))
LKS_PASS_DISPATCH(void, dispatch_apply, (size_t count, LKSDispatchObject queue, void *block),
                  (count, queue, block))
LKS_PASS_DISPATCH(void, dispatch_after,
                  (uint64_t when, LKSDispatchObject queue, void *block), (when, queue, block))

// Whoever makes a group, a queue or a source has others work for it.

extern LKSDispatchObject dispatch_group_create(void);
extern LKSDispatchObject dispatch_queue_create(const char *, LKSDispatchObject);
extern LKSDispatchObject dispatch_source_create(
    const void *, uintptr_t, unsigned long, LKSDispatchObject);
extern void dispatch_group_notify_f(
    LKSDispatchObject, LKSDispatchObject, void *, LKSDispatchFunction);
extern void dispatch_group_notify(LKSDispatchObject, LKSDispatchObject, void *);
extern void dispatch_async_and_wait(LKSDispatchObject, void *);

LKS_PASS_DISPATCH(LKSDispatchObject, dispatch_group_create, (void), ())
LKS_PASS_DISPATCH(LKSDispatchObject, dispatch_queue_create,
                  (const char *label, LKSDispatchObject attributes), (label, attributes))
LKS_PASS_DISPATCH(LKSDispatchObject, dispatch_source_create,
                  (const void *type, uintptr_t handle, unsigned long mask,
                   LKSDispatchObject queue),
                  (type, handle, mask, queue))
LKS_PASS_DISPATCH(void, dispatch_group_notify_f,
                  (LKSDispatchObject group, LKSDispatchObject queue, void *context,
                   LKSDispatchFunction work),
                  (group, queue, context, work))
LKS_PASS_DISPATCH(void, dispatch_group_notify,
                  (LKSDispatchObject group, LKSDispatchObject queue, void *block),
                  (group, queue, block))
LKS_PASS_DISPATCH(void, dispatch_async_and_wait, (LKSDispatchObject queue, void *block),
                  (queue, block))

#define LKS_QUEUE_WITH_TARGET "dispatch_queue_create_with_target$V2"
LKSDispatchObject lks_queueWithTarget(const char *, LKSDispatchObject, LKSDispatchObject) __asm__(
    LKS_QUEUE_WITH_TARGET);
LKSDispatchObject lks_queueWithTarget(
    const char *label, LKSDispatchObject attributes, LKSDispatchObject target) {
  LKSThread *thread = lks_controlled();
  if (thread) lks_uncontrolled(thread->exploration, "dispatch_queue_create");
  typedef LKSDispatchObject Create(const char *, LKSDispatchObject, LKSDispatchObject);
  return ((Create *)lks_next(LKS_QUEUE_WITH_TARGET))(label, attributes, target);
}

// MARK: Weak and unowned references

/// What a weak reference gives depends on who releases the object last, which is not modelled.
static void noteReference(uintptr_t caller, const char *name) {
  LKSThread *thread = lks_controlled();
  if (!thread || thread->exploration->liveCount < 2) return;
  if (!lks_isLibraryCaller(thread->exploration, caller))
    lks_uncontrolled(thread->exploration, name);
}

extern void *swift_weakLoadStrong(void *reference);
void *swift_weakLoadStrong(void *reference) {
  noteReference(LKS_CALLER, "a weak reference read while other threads run");
  return LKS_REAL(swift_weakLoadStrong)(reference);
}

extern void *swift_weakTakeStrong(void *reference);
void *swift_weakTakeStrong(void *reference) {
  noteReference(LKS_CALLER, "a weak reference read while other threads run");
  return LKS_REAL(swift_weakTakeStrong)(reference);
}

extern void *swift_unownedRetainStrong(void *object);
void *swift_unownedRetainStrong(void *object) {
  noteReference(LKS_CALLER, "an unowned reference read while other threads run");
  return LKS_REAL(swift_unownedRetainStrong)(object);
}
