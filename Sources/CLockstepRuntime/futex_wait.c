/// Waits by futexes of the program's own and of libstdc++: `std::atomic::wait`, semaphores, latches and
/// barriers of C++20, `std::future`.
///
/// As the kernel does it (futex(2): "the load, the comparison and starting to sleep are performed
/// atomically and totally ordered with respect to other futex operations on the same word"): under a lock
/// of the word's own, who waits looks at the word and then waits, as for a condition, and who wakes sends
/// signals. Whom a wake-up wakes is a choice of the schedule: nothing is promised of that either.
#include <errno.h>
#include <limits.h>
#include <time.h>

#include "runtime.h"

/// The kernel's lock of a word: no other object lies at the word's second byte.
static uintptr_t bucketOf(uintptr_t word) { return word + 1; }

/// A step that orders nothing in the eyes of a data race: futexes are no part of the memory model.
static void step(LKSThread *thread, LKSKind kind, uintptr_t object, uintptr_t caller) {
  LKSPending *pending = lks_prepare(thread, kind, object, 1, caller);
  pending->flags |= LKS_LIBRARY;
  pending->order = LKS_ORDER_RELAXED;
  if (kind == LKS_WAIT) {
    uintptr_t word = object;
    pending->otherAddress = bucketOf(word);
    pending->other = lks_objectName(thread->exploration, bucketOf(word));
  }
  lks_step(thread);
}

static void enter(LKSThread *thread, uintptr_t word, uintptr_t caller) {
  lks_settleExternal(thread);
  // Of a kind of its own: whoever frees the word's memory destroys no lock.
  lks_object(thread->exploration, word, LKS_OBJECT_FUTEX);
  lks_object(thread->exploration, bucketOf(word), LKS_OBJECT_FUTEX);
  step(thread, LKS_LOCK, bucketOf(word), caller);
}

static long fail(int error) {
  errno = error;
  return -1;
}

long lks_futexWait(
    LKSThread *thread, uint32_t *word, uint32_t value, const LKSDeadline *deadline,
    uintptr_t caller) {
  uintptr_t address = (uintptr_t)word;
  enter(thread, address, caller);
  lks_atomicAccess(
      thread, address, sizeof *word, LKS_READ, LKS_ORDER_RELAXED, LKS_ALWAYS, 0, caller);
  if (*(volatile uint32_t *)word != value) {
    step(thread, LKS_UNLOCK, bucketOf(address), caller);
    return fail(EAGAIN);
  }
  step(thread, LKS_WAIT, address, caller);
  int error = lks_conditionEndWait(thread, address, bucketOf(address), true, deadline, caller);
  step(thread, LKS_UNLOCK, bucketOf(address), caller);
  return error ? fail(error) : 0;
}

/// How many it woke.
static long wake(LKSThread *thread, uintptr_t word, int count, uintptr_t caller) {
  if (count == INT_MAX) {
    step(thread, LKS_BROADCAST, word, caller);
    return __builtin_popcountll(thread->released);
  }
  for (long woken = 0; woken < count; woken++) {
    step(thread, LKS_SIGNAL, word, caller);
    if (thread->released == LKS_NOBODY) return woken;
  }
  return count;
}

long lks_futexWake(LKSThread *thread, uint32_t *word, int count, uintptr_t caller) {
  uintptr_t address = (uintptr_t)word;
  enter(thread, address, caller);
  long woken = wake(thread, address, count, caller);
  step(thread, LKS_UNLOCK, bucketOf(address), caller);
  return woken;
}
