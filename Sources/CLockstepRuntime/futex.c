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

/// A library's wait, of which others than its own part know nothing.
static long waitForLibrary(LKSThread *thread, uint32_t *word, uint32_t value, uintptr_t caller) {
  if (*(volatile uint32_t *)word != value) {
    errno = EAGAIN;
    return -1;
  }
  lks_object(thread->exploration, (uintptr_t)word, LKS_OBJECT_FUTEX);
  LKSPending *pending = lks_prepare(thread, LKS_WAIT, (uintptr_t)word, 1, caller);
  pending->flags |= LKS_LIBRARY;
  pending->expected = value;
  pending->ready = isAwake;
  thread->futexWoken = false;
  lks_step(thread);
  thread->pending.ready = NULL;
  // Who waits is told by `isAwake`: what the model keeps of it is of no use.
  lks_object(thread->exploration, (uintptr_t)word, LKS_OBJECT_FUTEX)->queueCount = 0;
  return 0;
}

static long wakeForLibrary(LKSThread *thread, uintptr_t word, int count) {
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

/// The time limit of a wait, if it has one: an absolute time for waits for a set of bits, else what is left.
static const LKSDeadline *deadlineOf(
    const LKSThread *thread, const long *arguments, LKSDeadline *deadline, struct timespec *time) {
  const struct timespec *limit = (const struct timespec *)arguments[3];
  if (!limit) return NULL;
  bool isOfDay = arguments[1] & FUTEX_CLOCK_REALTIME;
  *deadline = (LKSDeadline){isOfDay ? CLOCK_REALTIME : CLOCK_MONOTONIC, limit};
  if ((arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET) return deadline;
  uint64_t now = thread->exploration->startTimes[deadline->clock] + thread->knownTime;
  uint64_t then = now + lks_nanoseconds(limit);
  *time = (struct timespec){(time_t)(then / 1000000000), (long)(then % 1000000000)};
  deadline->time = time;
  return deadline;
}

static long wait(LKSThread *thread, const long *arguments, uintptr_t caller) {
  uint32_t *word = (uint32_t *)arguments[0];
  uint32_t value = (uint32_t)arguments[2];
  if (!lks_isOfProgram(thread->exploration, caller))
    return waitForLibrary(thread, word, value, caller);
  LKSDeadline deadline;
  struct timespec time;
  return lks_futexWait(
      thread, word, value, deadlineOf(thread, arguments, &deadline, &time), caller);
}

/// Threads outside the exploration may wait for it too.
static long wake(LKSThread *thread, const long *arguments, uintptr_t caller) {
  uint32_t *word = (uint32_t *)arguments[0];
  int count = (int)arguments[2];
  long woken = lks_isOfProgram(thread->exploration, caller)
                   ? lks_futexWake(thread, word, count, caller)
                   : wakeForLibrary(thread, (uintptr_t)word, count);
  long outside = LKS_REAL(syscall)(
      SYS_futex, word, arguments[1], count - woken, arguments[3], arguments[4], arguments[5]);
  return woken + (outside > 0 ? outside : 0);
}

/// Whether a wait for some bits, or a wake-up of those who do, is one for any.
static bool isForAll(const long *arguments) {
  int operation = arguments[1] & FUTEX_CMD_MASK;
  bool hasBits = operation == FUTEX_WAIT_BITSET || operation == FUTEX_WAKE_BITSET;
  return !hasBits || (uint32_t)arguments[5] == FUTEX_BITSET_MATCH_ANY;
}

static long futex(LKSThread *thread, const long *arguments, uintptr_t caller) {
  _Atomic uint32_t *atomicWord = (_Atomic uint32_t *)arguments[0];
  if (!isForAll(arguments))
    lks_uncontrolled(thread->exploration, "futex (waits and wake-ups for some bits only)");
  switch (arguments[1] & FUTEX_CMD_MASK) {
  case FUTEX_WAIT:
  case FUTEX_WAIT_BITSET:
    return wait(thread, arguments, caller);
  case FUTEX_WAKE:
  case FUTEX_WAKE_BITSET:
    return wake(thread, arguments, caller);
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
    if (number == SYS_gettid) return lks_threadID(thread, LKS_CALLER);
    if (number == SYS_getrandom) {
      void *buffer = (void *)arguments[0];
      size_t size = (size_t)arguments[1];
      return lks_fillAtRandom(thread, buffer, size, "getrandom", LKS_CALLER) ? arguments[1] : -1;
    }
    if (number == SYS_futex) return futex(thread, arguments, LKS_CALLER);
    if (number == SYS_exit_group) _exit((int)arguments[0]);
    if (number == SYS_clone || number == SYS_clone3 || number == SYS_fork || number == SYS_vfork)
      lks_uncontrolled(thread->exploration, "syscall(clone or fork)"), thread->exploration->forks = true;
  }
  return LKS_REAL(syscall)(
      number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
}

// MARK: Giving up the processor

int sched_yield(void) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sched_yield)();
  lks_settleExternal(thread);
  lks_giveWay(thread, LKS_CALLER);
  return 0;
}
