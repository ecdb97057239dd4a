/// Models of what threads wait for: who holds a lock, who waits on a condition, what a count is.
#include <stdlib.h>

#include "runtime.h"

LKSObject *lks_object(LKSExploration *exploration, uintptr_t address, int kind) {
  LKSObject *object = lks_tableFind(&exploration->objects, address, true);
  if (!object) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (object->stamp != exploration->stamp) {
    object->stamp = exploration->stamp;
    object->owner = 0;
    object->kind = (uint8_t)kind;
    object->depth = 0;
    object->queueCount = object->signalCount = 0;
    object->isKnown = object->isRobust = object->isUsed = false;
    object->ownerState = object->end = 0;
    object->count = 0;
  }
  return object;
}

bool lks_hasObject(LKSExploration *exploration, uintptr_t address) {
  const LKSObject *object = lks_tableFind(&exploration->objects, address, false);
  return object && object->stamp == exploration->stamp;
}

/// Whether nobody holds a lock, alone or with others.
static bool isFree(const LKSObject *lock) { return lock->owner == 0 && lock->count == 0; }

/// Whether no other thread can take a step but to finish, too.
static bool othersAreDone(const LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  for (uint64_t rest = exploration->ready; rest; rest &= rest - 1) {
    LKSThread *other = &exploration->threads[__builtin_ctzll(rest)];
    if (other != thread && other->pending.kind != LKS_FINISH && lks_pendingIsEnabled(other))
      return false;
  }
  return true;
}

bool lks_pendingIsEnabled(LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  LKSExploration *exploration = thread->exploration;
  if (pending->ready) return pending->ready(thread);
  if (LKS_UNLIKELY(pending->awaits) && !lks_changeIsSeen(thread)) return false;
  switch (pending->kind) {
  case LKS_LOCK:
    return pending->isLockAttempt ||
           isFree(lks_object(exploration, pending->address, LKS_OBJECT_MUTEX));
  case LKS_LOCK_SHARED:
    return lks_object(exploration, pending->address, LKS_OBJECT_MUTEX)->owner == 0;
  case LKS_SEMAPHORE_WAIT:
    return lks_object(exploration, pending->address, LKS_OBJECT_SEMAPHORE)->count > 0;
  case LKS_JOIN:
    return exploration->threads[pending->address].state == LKS_ENDED;
  case LKS_ONCE: {
    uint8_t owner = lks_object(exploration, pending->address, LKS_OBJECT_ONCE)->owner;
    return owner == 0 || owner == thread->index + 1;
  }
  case LKS_OUTPUT: {
    uint8_t owner = lks_object(exploration, pending->address, LKS_OBJECT_STREAM)->owner;
    return owner == 0 || owner == thread->index + 1;
  }
  case LKS_FINISH:
    return othersAreDone(thread);
  default:
    return true;
  }
}

bool lks_pendingMayWait(const LKSPending *pending) {
  if (pending->ready || pending->awaits) return true;
  switch (pending->kind) {
  case LKS_LOCK:
  case LKS_LOCK_SHARED:
  case LKS_SEMAPHORE_WAIT:
  case LKS_JOIN:
  case LKS_ONCE:
  case LKS_OUTPUT:
  case LKS_FINISH:
    return true;
  default:
    return false;
  }
}

static void acquire(LKSThread *thread, uintptr_t address) {
  LKSObject *lock = lks_object(thread->exploration, address, LKS_OBJECT_MUTEX);
  lock->owner = thread->index + 1;
  lock->depth = 1;
  thread->heldLocks += lks_tableHash(address);
  thread->heldCount++;
  thread->exploration->heldLocks++;
}

/// A hold that others may have besides is told from one alone.
static void acquireShared(LKSThread *thread, uintptr_t address) {
  lks_object(thread->exploration, address, LKS_OBJECT_MUTEX)->count++;
  thread->heldLocks += ~lks_tableHash(address);
  thread->heldCount++;
}

static void releaseShared(LKSThread *thread, uintptr_t address) {
  lks_object(thread->exploration, address, LKS_OBJECT_MUTEX)->count--;
  thread->heldLocks -= ~lks_tableHash(address);
  thread->heldCount--;
}

void lks_disown(LKSExploration *exploration, LKSObject *lock) {
  if (lock->owner) {
    LKSThread *owner = &exploration->threads[lock->owner - 1];
    owner->heldLocks -= lks_tableHash(lock->key);
    owner->heldCount--;
    exploration->heldLocks--;
  }
  lock->owner = 0;
  lock->depth = 0;
}

static void release(LKSThread *thread, uintptr_t address) {
  lks_disown(
      thread->exploration, lks_object(thread->exploration, address, LKS_OBJECT_MUTEX));
}

/// Adds a thread to those that came to a barrier; the last one lets all of them go on.
static uint64_t arrive(LKSObject *barrier, uint8_t thread, uint64_t needed) {
  barrier->queue[barrier->queueCount++] = thread;
  if (barrier->queueCount < needed) return 0;
  uint64_t released = 0;
  while (barrier->queueCount) released |= 1ull << barrier->queue[--barrier->queueCount];
  return released;
}

void lks_commitEffects(LKSThread *thread, LKSEvent *event) {
  LKSExploration *exploration = thread->exploration;
  uintptr_t address = thread->pending.address;
  switch (event->kind) {
  case LKS_LOCK:
    acquire(thread, address);
    break;
  case LKS_TRY_LOCK:
    acquire(thread, address);
    thread->tookLock = true;
    break;
  case LKS_TRY_LOCK_FAILED:
  case LKS_TRY_LOCK_SHARED_FAILED:
  case LKS_SEMAPHORE_TRY_WAIT_FAILED:
    thread->tookLock = false;
    break;
  case LKS_LOCK_SHARED:
    acquireShared(thread, address);
    break;
  case LKS_TRY_LOCK_SHARED:
    acquireShared(thread, address);
    thread->tookLock = true;
    break;
  case LKS_UNLOCK_SHARED:
    releaseShared(thread, address);
    break;
  case LKS_UNLOCK:
    release(thread, address);
    break;
  case LKS_WAIT: {
    LKSObject *condition = lks_object(exploration, address, LKS_OBJECT_CONDITION);
    condition->queue[condition->queueCount++] = thread->index;
    if (thread->pending.otherAddress) release(thread, thread->pending.otherAddress);
    break;
  }
  case LKS_SIGNAL:
    event->value = thread->released =
        lks_signalOne(exploration, lks_object(exploration, address, LKS_OBJECT_CONDITION));
    break;
  case LKS_BROADCAST: {
    LKSObject *condition = lks_object(exploration, address, LKS_OBJECT_CONDITION);
    bool areAwake = condition->signalCount == condition->queueCount;
    event->value = lks_signalAll(exploration, condition);
    thread->released = areAwake ? 0 : event->value;
    break;
  }
  case LKS_CALL:
    event->value = thread->pending.expected;
    break;
  case LKS_WAIT_END:
  case LKS_WAKE:
  case LKS_TIMED_WAKE: {
    LKSObject *condition = lks_object(exploration, address, LKS_OBJECT_CONDITION);
    bool waited = lks_leaveWaiters(exploration, condition, thread->index);
    thread->tookLock = event->kind != LKS_WAIT_END || !waited;
    event->value = thread->tookLock ? 1 : thread->pending.expected;
    break;
  }
  case LKS_SEMAPHORE_TRY_WAIT:
    thread->tookLock = true;
    __attribute__((fallthrough));
  case LKS_SEMAPHORE_WAIT: {
    LKSObject *semaphore = lks_object(exploration, address, LKS_OBJECT_SEMAPHORE);
    event->value = (uint64_t)semaphore->count--;
    break;
  }
  case LKS_ARRIVE:
    event->value = thread->released = arrive(
        lks_object(exploration, address, LKS_OBJECT_BARRIER), thread->index,
        thread->pending.expected);
    break;
  case LKS_SLEEP:
    // What others slept is no part of what the thread knows: its sleep does not depend on theirs.
    exploration->slept += thread->pending.expected;
    thread->knownTime += thread->pending.expected;
    break;
  case LKS_READ_CLOCK:
    if (exploration->slept > thread->knownTime) thread->knownTime = exploration->slept;
    break;
  case LKS_SEMAPHORE_READ:
    event->value = thread->released =
        (uint64_t)lks_object(exploration, address, LKS_OBJECT_SEMAPHORE)->count;
    break;
  case LKS_SEMAPHORE_SIGNAL: {
    LKSObject *semaphore = lks_object(exploration, address, LKS_OBJECT_SEMAPHORE);
    event->value = (uint64_t)semaphore->count++;
    break;
  }
  case LKS_JOIN: {
    LKSThread *ended = &exploration->threads[address];
    if (ended->knownTime > thread->knownTime) thread->knownTime = ended->knownTime;
    for (uint32_t index = 0; index < exploration->threadCount; index++)
      if (ended->segments[index] > thread->segments[index])
        thread->segments[index] = ended->segments[index];
    // The ended thread makes no more accesses: all of its last segment is known.
    thread->segments[ended->index] = ended->segments[ended->index] + 1;
    break;
  }
  default:
    break;
  }
}

void lks_objectsForget(LKSExploration *exploration) {
  if (!exploration->heldLocks) return;
  exploration->heldLocks = 0;
  LKSTable *table = &exploration->objects;
  for (size_t index = 0; index < table->capacity; index++) {
    LKSObject *object = (LKSObject *)(table->entries + index * table->entrySize);
    if (!object->key || object->stamp != exploration->stamp || !object->owner) continue;
    object->owner = 0;
    if (object->kind == LKS_OBJECT_MUTEX && object->isReal) {
      // The fields that glibc's lock and unlock keep (bits/struct_mutex.h); its owner will not run.
      pthread_mutex_t *mutex = (pthread_mutex_t *)(uintptr_t)object->key;
      mutex->__data.__lock = 0;
      mutex->__data.__owner = 0;
      mutex->__data.__count = 0;
      mutex->__data.__nusers = 0;
    }
    object->isReal = false;
  }
}
