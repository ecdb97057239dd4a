/// `syscall`: nothing that is controlled may sleep in the kernel.
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime.h"

// The linker's names for where a section begins and ends.
extern LKSRealFunction __start_lks_real[] __attribute__((weak, visibility("hidden")));
extern LKSRealFunction __stop_lks_real[] __attribute__((weak, visibility("hidden")));

void lks_findRealFunctions(void) {
  for (LKSRealFunction *each = __start_lks_real; each < __stop_lks_real; each++)
    atomic_store_explicit(&each->function, dlsym(RTLD_NEXT, each->name), memory_order_relaxed);
}

void *lks_next(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found) return found;
  static const char message[] = "lockstep: a function that must be passed through is missing: ";
  lks_writeError(message, sizeof message - 1);
  lks_writeError(name, strlen(name));
  lks_writeError("\n", 1);
  abort();
}

void lks_writeError(const char *text, size_t count) {
  while (count) {
    ssize_t written = LKS_REAL(syscall)(SYS_write, 2, text, count);
    if (written <= 0) return;
    text += written;
    count -= (size_t)written;
  }
}

/// A sleeping thread goes on when another wakes it, or when a thread outside changed the word.
static bool isAwake(LKSThread *thread) {
  return *(volatile uint32_t *)thread->pending.address != (uint32_t)thread->pending.expected ||
         thread->futexWoken;
}

static long wait(LKSThread *thread, uint32_t *word, uint32_t value, uintptr_t caller) {
  if (*(volatile uint32_t *)word != value) {
    errno = EAGAIN;
    return -1;
  }
  // Whom it wakes is not part of what steps depend on.
  if (!lks_isLibraryCaller(thread->exploration, caller))
    lks_uncontrolled(thread->exploration, "futex called by the program itself");
  else if (lks_isCxxLibrary(thread->exploration, caller))
    lks_uncontrolled(thread->exploration, "futex called by libstdc++ (std::future and the like)");
  LKSPending *pending = lks_prepare(thread, LKS_WAIT, (uintptr_t)word, 1, caller);
  pending->flags |= LKS_LIBRARY;
  pending->expected = value;
  pending->ready = isAwake;
  thread->futexWoken = false;
  lks_step(thread);
  thread->pending.ready = NULL;
  return 0;
}

static long wake(LKSThread *thread, uintptr_t word, int count) {
  LKSExploration *exploration = thread->exploration;
  long woken = 0;
  for (uint32_t index = 0; index < exploration->threadCount && woken < count; index++) {
    LKSThread *other = &exploration->threads[index];
    bool sleeps = other->state == LKS_READY && other->pending.ready == isAwake &&
                  other->pending.address == word && !other->futexWoken;
    if (!sleeps) continue;
    other->futexWoken = true;
    woken++;
  }
  return woken;
}

static long futex(LKSThread *thread, const long *arguments, uintptr_t caller) {
  uint32_t *word = (uint32_t *)arguments[0];
  _Atomic uint32_t *atomicWord = (_Atomic uint32_t *)word;
  switch (arguments[1] & FUTEX_CMD_MASK) {
  case FUTEX_WAIT:
  case FUTEX_WAIT_BITSET:
    return wait(thread, word, (uint32_t)arguments[2], caller);
  case FUTEX_WAKE:
  case FUTEX_WAKE_BITSET: {
    long woken = wake(thread, (uintptr_t)word, (int)arguments[2]);
    long outside = LKS_REAL(syscall)(
        SYS_futex, arguments[0], arguments[1], arguments[2] - woken, arguments[3], arguments[4],
        arguments[5]);
    return woken + (outside > 0 ? outside : 0);
  }
  case FUTEX_LOCK_PI:
    lks_wordLock(thread, atomicWord, caller);
    return 0;
  case FUTEX_TRYLOCK_PI:
    if (lks_wordTryLock(thread, atomicWord, caller)) return 0;
    errno = EAGAIN;
    return -1;
  case FUTEX_UNLOCK_PI:
    lks_wordUnlock(thread, atomicWord, caller);
    return 0;
  default:
    lks_uncontrolled(thread->exploration, "futex (an operation other than wait, wake and lock)");
    return LKS_REAL(syscall)(
        SYS_futex, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
        arguments[5]);
  }
}

long syscall(long number, ...) {
  long arguments[6];
  va_list list;
  va_start(list, number);
  for (int index = 0; index < 6; index++) arguments[index] = va_arg(list, long);
  va_end(list);
  LKSThread *thread = lks_controlled();
  if (thread) {
    if (number == SYS_gettid) return thread->lockID;
    if (number == SYS_futex) return futex(thread, arguments, LKS_CALLER);
    if (number == SYS_exit_group) _exit((int)arguments[0]);
    if (number == SYS_clone || number == SYS_clone3 || number == SYS_fork || number == SYS_vfork)
      lks_uncontrolled(thread->exploration, "syscall(clone or fork)"), thread->exploration->forks = true;
  }
  return LKS_REAL(syscall)(
      number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

pid_t gettid(void) {
  LKSThread *thread = lks_controlled();
  return thread ? (pid_t)thread->lockID : LKS_REAL(gettid)();
}

// MARK: Giving up the processor

int sched_yield(void) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sched_yield)();
  lks_settleExternal(thread);
  lks_giveWay(thread, LKS_CALLER);
  return 0;
}
