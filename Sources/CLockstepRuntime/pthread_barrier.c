/// Barriers. The last thread to come lets all of them go on, and is the one that is told so; which one
/// that is, is a matter of the schedule.
#include "runtime.h"

/// How many threads a barrier takes: the third word (nptl/internaltypes.h, `struct pthread_barrier`).
static unsigned neededBy(const pthread_barrier_t *barrier) {
  return ((const unsigned *)barrier)[2];
}

/// Runs the threads that are let go ahead to what they do next.
static void release(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  uint64_t others = thread->released & ~(1ull << thread->index);
  for (uint64_t rest = others; rest; rest &= rest - 1) {
    LKSThread *other = &exploration->threads[__builtin_ctzll(rest)];
    lks_setState(other, LKS_READY);
    lks_runAhead(thread, other);
  }
}

int pthread_barrier_wait(pthread_barrier_t *barrier) {
  LKSThread *thread = lks_controlled();
  if (!thread || lks_isLibraryCaller(thread->exploration, LKS_CALLER))
    return LKS_REAL(pthread_barrier_wait)(barrier);
  uintptr_t caller = LKS_CALLER;
  lks_settleBefore(thread, (uintptr_t)barrier, 0);
  unsigned needed = neededBy(barrier);
  lks_prepare(thread, LKS_ARRIVE, (uintptr_t)barrier, 1, caller)->expected = needed;
  lks_step(thread);
  if (thread->released) {
    release(thread);
    return PTHREAD_BARRIER_SERIAL_THREAD;
  }
  // Until the last one comes there is nothing to choose it for, and then it goes on at once.
  lks_setState(thread, LKS_WAITING);
  lks_step(thread);
  return 0;
}

/// A new barrier where an old one was.
static void forget(pthread_barrier_t *barrier) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  lks_object(thread->exploration, (uintptr_t)barrier, LKS_OBJECT_BARRIER)->queueCount = 0;
}

int pthread_barrier_init(
    pthread_barrier_t *barrier, const pthread_barrierattr_t *attributes, unsigned count) {
  forget(barrier);
  return LKS_REAL(pthread_barrier_init)(barrier, attributes, count);
}

int pthread_barrier_destroy(pthread_barrier_t *barrier) {
  forget(barrier);
  return LKS_REAL(pthread_barrier_destroy)(barrier);
}
