/// Groups. To enter one is a step that two threads may take in either order, and to wait is one that
/// depends on it. To leave is none, as the end of a thread is none: whoever waits does so for all who
/// entered before.
///
/// That rests on nobody entering while others wait, when it would matter whether the last one has
/// left. Where somebody does, or waits for a time only, all of this is steps that depend on each
/// other.
#include <stdlib.h>

#include "dispatch.h"

#define LKS_NOW 0ull
#define LKS_FOREVER (~0ull)
#define LKS_MAXIMUM_TIMED 8

typedef struct LKSGroup {
  uint64_t key;
  uint32_t stamp;
  /// Kept from one execution to the next.
  bool isOrdered;
  /// Somebody waits, or did, in this generation; and by whom it was entered.
  bool isAwaited;
  bool isEntered;
  /// Who waits, plus one, or LKS_NOBODY where they are several.
  uint8_t waiter;
  int64_t count;
  /// Those who enter after somebody waited and had to wait no more begin another.
  uint32_t generation;
  /// Latches of those who wait for a time only.
  uint32_t timed[LKS_MAXIMUM_TIMED];
  uint32_t timedCount;
} LKSGroup;

size_t lks_groupSize(void) { return sizeof(LKSGroup); }

static LKSGroup *groupAt(LKSThread *thread, uintptr_t address) {
  LKSExploration *exploration = thread->exploration;
  // By its name: what is kept of it is kept wherever it lies in a later execution.
  uint64_t name = lks_objectName(exploration, address);
  LKSGroup *group = lks_tableFind(&exploration->groups, name, true);
  if (!group) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (group->stamp != exploration->stamp)
    *group = (LKSGroup){
        .key = name, .stamp = exploration->stamp, .isOrdered = lks_isWatched(exploration, name)};
  return group;
}

bool lks_isGroup(LKSExploration *exploration, uintptr_t address) {
  uint64_t name = lks_objectName(exploration, address);
  const LKSGroup *group = lks_tableFind(&exploration->groups, name, false);
  return group && group->stamp == exploration->stamp;
}

static void step(
    LKSThread *thread, uintptr_t group, bool isShared, LKSDispatchCall call, uintptr_t caller) {
  if (lks_isUnderLibraryLock(thread)) return;
  lks_settleExternal(thread);
  LKSKind kind = isShared && !groupAt(thread, group)->isOrdered ? LKS_SHARED_CALL : LKS_CALL;
  lks_prepare(thread, kind, group, 1, caller)->other = call;
  lks_step(thread);
}

/// From now on, in later executions too, the order of all that is done with the group counts.
static void makeOrdered(LKSThread *thread, uintptr_t address) {
  LKSGroup *group = groupAt(thread, address);
  if (!group->isOrdered) group->isOrdered = lks_watchFromNow(thread->exploration, group->key);
}

void lks_groupEnter(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  step(thread, address, true, LKS_DISPATCH_ENTER, caller);
  LKSGroup *group = groupAt(thread, address);
  if (group->isAwaited) {
    // Whoever waited itself knows that all have left.
    if (group->isEntered && group->waiter != thread->index + 1) makeOrdered(thread, address);
    if (group->count == 0) {
      group->generation++;
      group->isAwaited = group->isEntered = false;
      group->waiter = 0;
    }
  }
  group->isEntered = true;
  group->count++;
}

void lks_groupFill(LKSThread *thread, uintptr_t address) {
  LKSGroup *group = groupAt(thread, address);
  group->count = 1;
  group->isEntered = true;
}

/// What names one generation of a group's completions among what threads publish.
static uint64_t keyOf(LKSThread *thread, uintptr_t address, uint32_t generation) {
  return lks_objectName(thread->exploration, address) | 1ull << 56 |
         (uint64_t)(generation & 0xff) << 48;
}

void lks_groupLeave(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  lks_settleExternal(thread);
  if (groupAt(thread, address)->isOrdered)
    step(thread, address, false, LKS_DISPATCH_LEAVE, caller);
  LKSGroup *group = groupAt(thread, address);
  if (group->count == 0) lks_crash(thread, LKS_TRAP, caller);
  group->count--;
  uint64_t object = lks_objectName(thread->exploration, address);
  lks_annotate(thread, LKS_COMPLETE, object, 0, caller)->other = group->generation;
  lks_publish(thread, keyOf(thread, address, group->generation));
  if (group->count) return;
  for (uint32_t index = 0; index < group->timedCount; index++)
    lks_completeLatch(thread, group->timed[index]);
  group->timedCount = 0;
}

// MARK: Waiting

static bool isEmpty(LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  const LKSGroup *group = groupAt(thread, pending->address);
  return group->generation > pending->other || group->count == 0;
}

void lks_awaitGroup(
    LKSThread *thread, uintptr_t address, uint32_t generation, uintptr_t caller) {
  lks_settleExternal(thread);
  LKSPending *pending = lks_prepare(thread, LKS_AWAIT, address, 1, caller);
  pending->other = generation;
  pending->ready = isEmpty;
  lks_step(thread);
  lks_learn(thread, keyOf(thread, address, generation));
}

/// Time is up for one who waits.
static void *runTimeout(void *argument) {
  LKSThread *thread = lks_current;
  LKSItem *item = argument;
  LKSExploration *exploration = thread->exploration;
  exploration->lazy |= 1ull << thread->index;
  step(thread, item->group, false, LKS_DISPATCH_TIMEOUT, item->caller);
  exploration->lazy &= ~(1ull << thread->index);
  if (exploration->latches[item->latch].isDone) return NULL;
  exploration->latches[item->latch].isTimeout = true;
  LKSGroup *group = groupAt(thread, item->group);
  uint32_t kept = 0;
  for (uint32_t index = 0; index < group->timedCount; index++)
    if (group->timed[index] != item->latch) group->timed[kept++] = group->timed[index];
  group->timedCount = kept;
  lks_completeLatch(thread, item->latch);
  return NULL;
}

/// Waits until the group is empty or time is up, whichever a schedule has first.
static bool waitInTime(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  LKSGroup *group = groupAt(thread, address);
  if (group->timedCount == LKS_MAXIMUM_TIMED) {
    lks_uncontrolled(exploration, "more threads that wait for a group, for a time");
    return false;
  }
  uint32_t latch = lks_newLatch(thread, address, LKS_NOBODY);
  group->timed[group->timedCount++] = latch;
  LKSItem *item = lks_newItem(thread, 0, LKS_DISPATCH_TIMEOUT, caller);
  item->group = address;
  item->latch = latch;
  LKSThread *child = lks_newThread(exploration, thread);
  if (!child) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  child->start = runTimeout;
  child->argument = item;
  strcpy(child->name, "timeout");
  lks_annotate(thread, LKS_SPAWN, lks_threadObject(child->index), child->index, 0);
  lks_runAhead(thread, child);
  lks_awaitLatch(thread, latch, caller);
  return !exploration->latches[latch].isTimeout;
}

static void noteWaiter(LKSGroup *group, uint8_t waiter) {
  bool isOnly = !group->isAwaited || group->waiter == waiter;
  group->isAwaited = true;
  group->waiter = isOnly ? waiter : LKS_NOBODY;
}

bool lks_groupWait(LKSThread *thread, uintptr_t address, uint64_t timeout, uintptr_t caller) {
  if (timeout != LKS_FOREVER) makeOrdered(thread, address);
  step(thread, address, false, LKS_DISPATCH_GROUP_WAIT, caller);
  LKSGroup *group = groupAt(thread, address);
  bool isDone = group->count == 0;
  if (!isDone && timeout == LKS_NOW) return false;
  if (!isDone && timeout != LKS_FOREVER) return waitInTime(thread, address, caller);
  noteWaiter(group, thread->index + 1);
  lks_awaitGroup(thread, address, group->generation, caller);
  return true;
}

void lks_groupNotify(LKSThread *thread, uintptr_t address, LKSItem *item) {
  step(thread, address, false, LKS_DISPATCH_NOTIFY, item->caller);
  LKSGroup *group = groupAt(thread, address);
  noteWaiter(group, LKS_NOBODY);
  item->notifier = address;
  item->notifierGeneration = group->generation;
  lks_enqueueAfter(thread, item);
}

// MARK: Calls

extern void dispatch_group_enter(void *group);
extern void dispatch_group_leave(void *group);
extern intptr_t dispatch_group_wait(void *group, uint64_t timeout);
extern void dispatch_group_notify(void *group, void *queue, LKSBlock *block);
extern void dispatch_group_notify_f(void *group, void *queue, void *context, LKSFunction work);

void dispatch_group_enter(void *group) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_group_enter)(group);
    return;
  }
  lks_groupEnter(thread, (uintptr_t)group, LKS_CALLER);
}

void dispatch_group_leave(void *group) {
  LKSThread *thread = lks_controlled();
  if (thread)
    lks_groupLeave(thread, (uintptr_t)group, LKS_CALLER);
  else
    LKS_REAL(dispatch_group_leave)(group);
}

intptr_t dispatch_group_wait(void *group, uint64_t timeout) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(dispatch_group_wait)(group, timeout);
  return lks_groupWait(thread, (uintptr_t)group, timeout, LKS_CALLER) ? 0 : 1;
}

void dispatch_group_notify(void *group, void *queue, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_group_notify)(group, queue, block);
    return;
  }
  LKSItem *item = lks_newItem(thread, (uintptr_t)queue, LKS_DISPATCH_ASYNC, LKS_CALLER);
  item->block = LKS_REAL(_Block_copy)(block);
  item->isBarrier = lks_isBarrierBlock(block);
  LKS_REAL(dispatch_retain)(group);
  item->releaseNotifier = LKS_REAL(dispatch_release);
  lks_groupNotify(thread, (uintptr_t)group, item);
}

void dispatch_group_notify_f(void *group, void *queue, void *context, LKSFunction work) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_group_notify_f)(group, queue, context, work);
    return;
  }
  LKSItem *item = lks_newItem(thread, (uintptr_t)queue, LKS_DISPATCH_ASYNC, LKS_CALLER);
  item->job = (LKSJob){work, context, false};
  LKS_REAL(dispatch_retain)(group);
  item->releaseNotifier = LKS_REAL(dispatch_release);
  lks_groupNotify(thread, (uintptr_t)group, item);
}
