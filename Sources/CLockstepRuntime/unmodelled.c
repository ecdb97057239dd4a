/// What is met and not modelled is recorded by name, never let through in silence.
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

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

/// The same for Dispatch, which the program calls through libswiftDispatch.
#define LKS_PASS_DISPATCH(result, function, parameters, arguments)               \
  extern result function parameters;                                             \
  result function parameters {                                                   \
    LKSThread *thread = lks_controlled();                                        \
    if (thread && !lks_isTaskLibrary(LKS_CALLER))                                \
      lks_uncontrolled(thread->exploration, #function);                          \
    return LKS_REAL(function) arguments;                                         \
  }

LKS_PASS_DISPATCH(void *, dispatch_io_create,
                  (unsigned long type, int descriptor, void *queue, void *block),
                  (type, descriptor, queue, block))
LKS_PASS_DISPATCH(void *, dispatch_io_create_with_path,
                  (unsigned long type, const char *path, int flags, unsigned mode, void *queue,
                   void *block),
                  (type, path, flags, mode, queue, block))
LKS_PASS_DISPATCH(void *, dispatch_io_create_with_io,
                  (unsigned long type, void *io, void *queue, void *block),
                  (type, io, queue, block))
LKS_PASS_DISPATCH(void, dispatch_read,
                  (int descriptor, size_t length, void *queue, void *block),
                  (descriptor, length, queue, block))
LKS_PASS_DISPATCH(void, dispatch_write,
                  (int descriptor, void *data, void *queue, void *block),
                  (descriptor, data, queue, block))

// Run loops wait so.

#define LKS_PASS_ALWAYS LKS_PASS_DISPATCH
struct epoll_event;
struct pollfd;
struct itimerspec;
LKS_PASS_ALWAYS(int, epoll_wait,
                (int descriptor, struct epoll_event *events, int count, int timeout),
                (descriptor, events, count, timeout))
LKS_PASS_ALWAYS(int, ppoll,
                (struct pollfd *descriptors, unsigned long count, const struct timespec *timeout,
                 const void *mask),
                (descriptors, count, timeout, mask))
LKS_PASS_ALWAYS(int, timerfd_settime,
                (int descriptor, int flags, const struct itimerspec *time,
                 struct itimerspec *former),
                (descriptor, flags, time, former))

// MARK: Accesses that are not reported

/// What the build could not make accesses of: see AccessPass.
extern void lks_meetUnreported(const char *name);
void lks_meetUnreported(const char *name) {
  LKSThread *thread = lks_controlled();
  if (thread && thread->exploration->liveCount > 1) lks_uncontrolled(thread->exploration, name);
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
