/// An execution that a debugger looks at: each of its threads is a kernel thread of its own.
///
/// Debuggers know kernel threads and no contexts. So here a context is not adopted in turn: the first
/// time that it is gone on with, it gets a kernel thread for good, on the stack and with the thread
/// pointer that it would have had otherwise. All names and steps are those of the schedule, and the
/// debugger shows each thread where it stands.
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

#if defined(__x86_64__)
extern long lks_startContext(long flags, void *stackPointer, void *threadPointer);
extern __attribute__((noreturn)) void lks_leaveContext(_Atomic uint32_t *turn);
#else
static long lks_startContext(long flags, void *stackPointer, void *threadPointer) {
  (void)flags, (void)stackPointer, (void)threadPointer;
  abort();
}
static __attribute__((noreturn)) void lks_leaveContext(_Atomic uint32_t *turn) {
  (void)turn;
  abort();
}
#endif

/// A thread that is to stop where it stands, whoever goes on with it; NULL for none.
static LKSThread *stopping;

__attribute__((noinline)) LKS_EXPORT void lks_debuggerStop(void) { __asm__ volatile(""); }

// MARK: Switching

/// As a thread of POSIX's: see clone(2).
#define LKS_THREAD_FLAGS                                                                     \
  (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS)

static void goOn(LKSContext *context) {
  if (!context->isFresh) {
    lks_handTurnTo(context);
    return;
  }
  context->isFresh = false;
  if (lks_startContext(LKS_THREAD_FLAGS, context->stackPointer, context->threadPointer) < 0)
    abort();
}

void lks_debuggedSwitch(LKSContext *from, LKSContext *to) {
  LKSThread *self = lks_current;
  if (self && self->state == LKS_ENDED) {
    static _Atomic uint32_t nobody;
    bool isFresh = to->isFresh;
    if (isFresh) goOn(to);
    // Another job may run on this stack from here on.
    lks_leaveContext(isFresh ? &nobody : to->turn);
  }
  _Atomic uint32_t *turn = from->turn;
  goOn(to);
  lks_waitForTurn(turn);
  if (LKS_LIKELY(!self || stopping != self)) return;
  lks_debuggerStop();
  LKS_REAL(_exit)(0);
}

// MARK: The debugger

/// The line `TracerPid` of proc(5), /proc/pid/status.
static bool hasTracer(void) {
  char text[4096];
  int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  ssize_t count = LKS_REAL(read)(file, text, sizeof text - 1);
  close(file);
  text[count < 0 ? 0 : count] = 0;
  const char *line = strstr(text, "TracerPid:");
  return line && atoi(line + 10) != 0;
}

void lks_awaitDebugger(LKSExploration *exploration, _Atomic int32_t *process) {
  // Where only ancestors may look at a process: see the kernel's documentation of Yama.
  prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);
  exploration->isDebugged = true;
  atomic_store(process, getpid());
  struct timespec time = {.tv_nsec = 10000000};
  while (!hasTracer()) LKS_REAL(nanosleep)(&time, NULL);
}

/// The thread that is to be shown, if it is there to be; otherwise one that did not end.
static LKSThread *threadToShow(LKSExploration *exploration) {
  LKSThread *asked = &exploration->threads[exploration->plan.stopThread];
  for (size_t index = 0; index < exploration->blockedCount; index++)
    if (exploration->blocked[index].thread == asked->index) return asked;
  return exploration->blockedCount ? &exploration->threads[exploration->blocked[0].thread] : NULL;
}

void lks_stopAtEnd(LKSExploration *exploration) {
  stopping = threadToShow(exploration);
  if (!stopping) return;
  exploration->running = stopping;
  lks_contextSwitch(exploration, &exploration->driver, &stopping->context);
}
