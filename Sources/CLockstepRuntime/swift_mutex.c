/// `Synchronization.Mutex`: a word that holds its owner's thread id. The fast paths are inlined into
/// the program as compare-and-swaps; the slow ones are functions of libswiftSynchronization
/// (stdlib/public/Synchronization/Mutex/LinuxImpl.swift). The same compare-and-swap begins `withLock`
/// and `withLockIfAvailable`; which of the two it is, shows when it fails, and is learned.
#include <linux/futex.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime.h"

static LKSObject *modelOf(LKSThread *thread, uintptr_t address) {
  return lks_object(thread->exploration, address, LKS_OBJECT_MUTEX);
}

/// A lock that the model says is held, and whose word is free, was given back by code that is not
/// instrumented: the linker may have taken an inlined function from another module.
static void noticeUnseenUnlock(LKSThread *thread, uintptr_t address) {
  LKSObject *lock = modelOf(thread, address);
  if (!lock->owner || *(volatile uint32_t *)address != 0) return;
  lks_uncontrolled(thread->exploration, "a Mutex given back by code that is not instrumented");
  lks_disown(thread->exploration, lock);
}

LKSMutexStep lks_mutexExchange(
    uintptr_t address, size_t size, uint64_t expected, uint64_t desired, uintptr_t programCounter) {
  LKSThread *thread = lks_controlled();
  if (!thread || size != 4) return LKS_NO_MUTEX;
  uint32_t self = thread->lockID;
  if (expected == 0 && desired == self) {
    lks_settleExternal(thread);
    noticeUnseenUnlock(thread, address);
    thread->attemptSite = programCounter;
    const LKSSite *site = lks_tableFind(&thread->exploration->sites, programCounter, false);
    if (site && site->isTryLock) {
      lks_prepare(thread, LKS_TRY_LOCK, address, 1, programCounter);
      lks_step(thread);
      thread->attemptWasStep = !thread->tookLock;
      return thread->tookLock ? LKS_MUTEX_STEP : LKS_MUTEX_TAKEN;
    }
    if (modelOf(thread, address)->owner) return LKS_MUTEX_TAKEN;
    lks_prepare(thread, LKS_LOCK, address, 1, programCounter)->isLockAttempt = true;
    thread->attemptFailed = false;
    lks_step(thread);
    thread->pending.isLockAttempt = false;
    return thread->attemptFailed ? LKS_MUTEX_TAKEN : LKS_MUTEX_STEP;
  }
  if (expected == self && desired == 0 && modelOf(thread, address)->owner == thread->index + 1) {
    lks_prepare(thread, LKS_UNLOCK, address, 1, programCounter);
    lks_step(thread);
    return LKS_MUTEX_STEP;
  }
  return LKS_NO_MUTEX;
}

/// Takes the word that the model says is free; a thread outside the exploration may yet hold it.
static void takeWord(LKSThread *thread, _Atomic uint32_t *word) {
  uint32_t free = 0;
  while (!atomic_compare_exchange_strong(word, &free, thread->lockID)) {
    lks_uncontrolled(thread->exploration, "a Mutex held by a thread outside the exploration");
    LKS_REAL(sched_yield)();
    free = 0;
  }
}

static bool wordIsFree(LKSThread *thread) {
  return *(volatile uint32_t *)thread->pending.address == 0;
}

/// A lock that a library took for itself: no step, unless one of the exploration's threads holds it.
static void lockForLibrary(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter) {
  uint32_t owner = 0;
  while (!atomic_compare_exchange_strong(word, &owner, thread->lockID)) {
    if (lks_isThreadOf(thread->exploration, owner & FUTEX_TID_MASK)) {
      LKSPending *pending = lks_prepare(thread, LKS_LOCK, (uintptr_t)word, 1, programCounter);
      pending->flags |= LKS_LIBRARY;
      pending->ready = wordIsFree;
      lks_step(thread);
      thread->pending.ready = NULL;
    } else {
      LKS_REAL(sched_yield)();
    }
    owner = 0;
  }
}

bool lks_isThreadOf(const LKSExploration *exploration, uint32_t kernelID) {
  for (uint32_t index = 0; index < exploration->threadCount; index++)
    if (exploration->threads[index].kernelID == kernelID ||
        exploration->threads[index].lockID == kernelID)
      return true;
  return false;
}

void lks_wordLock(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter) {
  if (lks_isLibraryCaller(thread->exploration, programCounter)) {
    lockForLibrary(thread, word, programCounter);
    return;
  }
  lks_prepare(thread, LKS_LOCK, (uintptr_t)word, 1, programCounter);
  lks_step(thread);
  takeWord(thread, word);
}

bool lks_wordTryLock(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter) {
  if (lks_isLibraryCaller(thread->exploration, programCounter)) {
    uint32_t free = 0;
    return atomic_compare_exchange_strong(word, &free, thread->lockID);
  }
  lks_prepare(thread, LKS_TRY_LOCK, (uintptr_t)word, 1, programCounter);
  lks_step(thread);
  if (!thread->tookLock) return false;
  takeWord(thread, word);
  return true;
}

/// Opens a lock. Threads outside the exploration may sleep on it, which only the kernel can wake: for
/// it, the owner must be the kernel thread that this runs on (futex(2), FUTEX_UNLOCK_PI).
static void giveBackWord(_Atomic uint32_t *word) {
  uint32_t owner = atomic_load(word);
  while (!(owner & FUTEX_WAITERS)) {
    if (atomic_compare_exchange_weak(word, &owner, 0)) return;
  }
  LKS_REAL(syscall)(SYS_futex, word, FUTEX_UNLOCK_PI_PRIVATE);
}

void lks_wordUnlock(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter) {
  if (lks_isLibraryCaller(thread->exploration, programCounter)) {
    giveBackWord(word);
    return;
  }
  lks_prepare(thread, LKS_UNLOCK, (uintptr_t)word, 1, programCounter);
  lks_step(thread);
  giveBackWord(word);
}

/// What follows a failed attempt at a place where the lock is only tried.
static bool tryAfterAttempt(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter) {
  if (!thread->attemptSite || lks_isLibraryCaller(thread->exploration, programCounter))
    return lks_wordTryLock(thread, word, programCounter);
  if (thread->attemptWasStep) {
    thread->attemptWasStep = false;
    return false;
  }
  if (lks_learns(thread->exploration)) {
    LKSSite *site = lks_tableFind(&thread->exploration->sites, thread->attemptSite, true);
    if (!site) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
    // From the next execution on, the attempt itself is the step.
    site->isTryLock = true;
  }
  return lks_wordTryLock(thread, word, programCounter);
}

#define LKS_LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define LKS_TRY_LOCK_SLOW "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define LKS_UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void LKSLockSlow(
    uint32_t self, __attribute__((swift_context)) _Atomic uint32_t *word);
typedef __attribute__((swiftcall)) bool LKSTryLockSlow(
    __attribute__((swift_context)) _Atomic uint32_t *word);
typedef __attribute__((swiftcall)) void LKSUnlockSlow(
    __attribute__((swift_context)) _Atomic uint32_t *word);

__attribute__((swiftcall)) void lks_lockSlow(
    uint32_t self, __attribute__((swift_context)) _Atomic uint32_t *word) __asm__(LKS_LOCK_SLOW);
__attribute__((swiftcall)) bool lks_tryLockSlow(
    __attribute__((swift_context)) _Atomic uint32_t *word) __asm__(LKS_TRY_LOCK_SLOW);
__attribute__((swiftcall)) void lks_unlockSlow(
    __attribute__((swift_context)) _Atomic uint32_t *word) __asm__(LKS_UNLOCK_SLOW);

__attribute__((swiftcall)) bool lks_tryLockSlow(
    __attribute__((swift_context)) _Atomic uint32_t *word) {
  LKSThread *thread = lks_controlled();
  if (thread) return tryAfterAttempt(thread, word, LKS_CALLER);
  return ((LKSTryLockSlow *)lks_next(LKS_TRY_LOCK_SLOW))(word);
}

__attribute__((swiftcall)) void lks_lockSlow(
    uint32_t self, __attribute__((swift_context)) _Atomic uint32_t *word) {
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_wordLock(thread, word, LKS_CALLER);
    return;
  }
  ((LKSLockSlow *)lks_next(LKS_LOCK_SLOW))(self, word);
}

__attribute__((swiftcall)) void lks_unlockSlow(
    __attribute__((swift_context)) _Atomic uint32_t *word) {
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_wordUnlock(thread, word, LKS_CALLER);
    return;
  }
  ((LKSUnlockSlow *)lks_next(LKS_UNLOCK_SLOW))(word);
}
