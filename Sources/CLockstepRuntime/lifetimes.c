/// The ends of locks, conditions and semaphores. To destroy one that somebody holds or waits for, to use
/// one that was destroyed, and to give up a lock that another thread holds are undefined (POSIX.1-2017:
/// pthread_mutex_destroy, pthread_cond_destroy, sem_destroy, pthread_mutex_lock): they end the execution.
///
/// To destroy is a step of a kind that depends on all that others do with the object: of a lock, to try
/// to take it and to give it up; of a condition, to wake all that wait, who must be none; of a semaphore,
/// to look at its count.
///
/// To make a new one where one is in use is undefined as well (pthread_mutex_init, pthread_cond_init,
/// sem_init). That is no step as long as all who use it come after it, as where a program makes its locks
/// before its threads; once somebody was met who does not, it is as though the old one were destroyed.
#include "dispatch.h"
#include "runtime.h"

/// What becomes of an object; `other` of the steps.
typedef enum { ENDS, BEGINS } Change;

static void takeStep(
    LKSThread *thread, LKSKind kind, uintptr_t address, Change change, uintptr_t caller) {
  LKSPending *pending = lks_prepare(thread, kind, address, 1, caller);
  pending->flags |= LKS_DESTROYS;
  pending->other = change;
  lks_step(thread);
}

void lks_misuse(LKSThread *thread, uint64_t reason, uintptr_t address, uintptr_t caller) {
  lks_annotate(
      thread, LKS_CRASH, lks_objectName(thread->exploration, address), reason, caller);
  lks_endExecution(thread->exploration, LKS_CRASHED);
}

/// Whether another thread waits for a unit of a semaphore.
static bool isAwaited(const LKSThread *thread, uintptr_t semaphore) {
  const LKSExploration *exploration = thread->exploration;
  for (uint64_t rest = exploration->ready; rest; rest &= rest - 1) {
    const LKSThread *other = &exploration->threads[__builtin_ctzll(rest)];
    if (other != thread && other->pending.kind == LKS_SEMAPHORE_WAIT &&
        other->pending.address == semaphore)
      return true;
  }
  return false;
}

/// Whether a lock's holder has ended, and will never give it up: that is another mistake.
static bool isLeft(const LKSThread *thread, uintptr_t lock) {
  const LKSObject *model = lks_object(thread->exploration, lock, LKS_OBJECT_MUTEX);
  return model->owner && thread->exploration->threads[model->owner - 1].state == LKS_ENDED;
}

/// Takes the steps by which an object ends, or another begins in its place; false if it is in use.
static bool replace(
    LKSThread *thread, uintptr_t address, uint8_t kind, Change change, uintptr_t caller) {
  switch (kind) {
  case LKS_OBJECT_MUTEX:
    takeStep(thread, LKS_TRY_LOCK, address, change, caller);
    if (!thread->tookLock) return isLeft(thread, address);
    takeStep(thread, LKS_UNLOCK, address, change, caller);
    return true;
  case LKS_OBJECT_CONDITION:
    takeStep(thread, LKS_BROADCAST, address, change, caller);
    // Those for whom there is a signal are awake already, whoever else it might have woken.
    return thread->released == 0;
  case LKS_OBJECT_SEMAPHORE:
    takeStep(thread, LKS_SEMAPHORE_READ, address, change, caller);
    return thread->released > 0 || !isAwaited(thread, address);
  default:
    return true;
  }
}

/// One that was destroyed is none any more, to be destroyed once again.
static void meetDestroyed(LKSThread *thread, uintptr_t address, int kind, uintptr_t caller) {
  if (LKS_UNLIKELY(lks_object(thread->exploration, address, kind)->end == LKS_DESTROYED))
    lks_misuse(thread, LKS_USED_AFTER_DESTROY, address, caller);
}

void lks_meetDestroy(uintptr_t address, int kind, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread || !lks_isOfProgram(thread->exploration, caller)) return;
  // Which thread runs a deinitialiser is not for schedules to say.
  if (thread->raceIgnored) return;
  lks_settleBefore(thread, address, 0);
  meetDestroyed(thread, address, kind, caller);
  if (!replace(thread, address, (uint8_t)kind, ENDS, caller))
    lks_misuse(thread, LKS_DESTROYED_IN_USE, address, caller);
  // By another thread meanwhile.
  meetDestroyed(thread, address, kind, caller);
  lks_object(thread->exploration, address, kind)->end = LKS_DESTROYED;
}

void lks_meetFreedObject(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  LKSObject *object = lks_tableFind(&thread->exploration->objects, address, false);
  if (!object || object->stamp != thread->exploration->stamp ||
      object->end > LKS_BEGUN)
    return;
  uint8_t kind = object->kind;
  // One that its holder frees with the block that it is in is nobody else's any more.
  bool isOwn = kind == LKS_OBJECT_MUTEX && object->owner == thread->index + 1;
  if (!isOwn && !replace(thread, address, kind, ENDS, caller))
    lks_misuse(thread, LKS_DESTROYED_IN_USE, address, caller);
  lks_object(thread->exploration, address, kind)->end = LKS_FREED;
}

/// From now on, to make a new one in the object's place is a step.
static void watch(LKSExploration *exploration, uintptr_t address) {
  uint64_t name = lks_objectName(exploration, address);
  if (!lks_isWatched(exploration, name)) lks_watchFromNow(exploration, name);
}

/// Whether a thread comes after another one's segment, as far as threads' starts and ends tell.
static bool comesAfter(const LKSThread *thread, uint8_t other, uint32_t segment) {
  return thread->index == other || thread->segments[other] >= segment;
}

void lks_meetEndedObject(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  LKSObject *object = lks_tableFind(&exploration->objects, address, false);
  if (!object) return;
  object->isUsed = true;
  if (LKS_LIKELY(!object->end)) return;
  if (object->end == LKS_BEGUN) {
    if (LKS_UNLIKELY(!comesAfter(thread, object->beginner, object->beginSegment)))
      watch(exploration, address);
    return;
  }
  uint64_t reason = object->end == LKS_FREED ? LKS_USED_AFTER_FREE : LKS_USED_AFTER_DESTROY;
  lks_misuse(thread, reason, address, caller);
}

void lks_beginObject(uintptr_t address, int kind, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  LKSExploration *exploration = thread->exploration;
  LKSObject *object = lks_object(exploration, address, kind);
  bool isUsed = !object->end && object->isUsed;
  object->end = LKS_ALIVE;
  if (!lks_isOfProgram(exploration, caller) || thread->raceIgnored) return;
  lks_settleBefore(thread, address, 0);
  if (LKS_UNLIKELY(lks_isWatched(exploration, lks_objectName(exploration, address)))) {
    if (!replace(thread, address, (uint8_t)kind, BEGINS, caller))
      lks_misuse(thread, LKS_BEGUN_IN_USE, address, caller);
    object = lks_object(exploration, address, kind);
  } else if (isUsed) {
    watch(exploration, address);
  }
  object->end = LKS_BEGUN;
  object->beginner = (uint8_t)thread->index;
  object->beginSegment = thread->segments[thread->index];
}

// MARK: Locks left behind

/// Where the program took a lock that a thread holds; 0 where a library did.
static uintptr_t acquisitionOf(const LKSExploration *exploration, const LKSObject *lock) {
  uint64_t name = lks_objectName(exploration, lock->key);
  for (size_t index = exploration->traceCount; index--;) {
    const LKSEvent *event = &exploration->trace[index];
    bool takes = event->kind == LKS_LOCK || event->kind == LKS_TRY_LOCK;
    if (takes && event->object == name && event->thread == lock->owner - 1)
      return event->flags & LKS_LIBRARY ? 0 : event->programCounter;
  }
  return 0;
}

static void noteLeftLock(LKSExploration *exploration, uintptr_t acquisition) {
  for (uint32_t index = 0; index < exploration->leftLockCount; index++)
    if (exploration->leftLocks[index] == acquisition) return;
  if (exploration->leftLockCount < LKS_MAXIMUM_LEFT_LOCKS)
    exploration->leftLocks[exploration->leftLockCount++] = acquisition;
}

void lks_noteLeftLocks(LKSExploration *exploration) {
  if (exploration->ending != LKS_COMPLETED || !exploration->heldLocks) return;
  LKSTable *table = &exploration->objects;
  for (size_t index = 0; index < table->capacity; index++) {
    const LKSObject *object = (LKSObject *)(table->entries + index * table->entrySize);
    bool isHeld = object->key && object->stamp == exploration->stamp && object->owner &&
                  object->kind == LKS_OBJECT_MUTEX;
    uintptr_t acquisition = isHeld ? acquisitionOf(exploration, object) : 0;
    if (acquisition) noteLeftLock(exploration, acquisition);
  }
}

uintptr_t lks_leftLock(const LKSExploration *exploration, size_t index) {
  return index < exploration->leftLockCount ? exploration->leftLocks[index] : 0;
}
