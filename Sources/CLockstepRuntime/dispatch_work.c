/// Work that is handed to queues. What is enqueued is a thread of the execution of its own, which waits
/// for its turn; what is done synchronously stays on the caller's.
#include <stdio.h>
#include <stdlib.h>

#include "dispatch.h"

// MARK: Items

LKSItem *lks_newItem(
    LKSThread *thread, uintptr_t queue, LKSDispatchCall call, uintptr_t caller) {
  thread->inRuntime++;
  LKSItem *item = calloc(1, sizeof *item);
  thread->inRuntime--;
  if (!item) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  item->next = thread->exploration->items;
  thread->exploration->items = item;
  item->queue = queue;
  item->call = (uint8_t)call;
  item->caller = caller;
  return item;
}

void lks_itemsForget(LKSExploration *exploration) {
  while (exploration->items) {
    LKSItem *item = exploration->items;
    exploration->items = item->next;
    free(item);
  }
}

/// Does the work itself.
static void perform(LKSThread *thread, LKSItem *item) {
  LKSQueueFrame frame = {item->queue, item->isBarrier, thread->queueFrame};
  thread->queueFrame = &frame;
  if (item->handled && !lks_beginHandler(thread, item)) {
    // Cancelled in the meantime.
  } else if (item->isTask) {
    thread->job = item->job;
    thread->mainTurn = 1;
    lks_runTaskJob(thread);
  } else if (item->isApply && item->block) {
    ((void (*)(void *, size_t))item->block->invoke)(item->block, item->iteration);
  } else if (item->isApply) {
    item->iterate(item->job.context, item->iteration);
  } else if (item->block) {
    lks_callBlock(item->block);
  } else if (item->job.function) {
    item->job.function(item->job.context);
  }
  thread->queueFrame = frame.outer;
}

static void wait(LKSThread *thread, LKSItem *item) {
  lks_awaitTurn(thread, item->queue, &item->turn, item->caller);
}

static void *runItem(void *argument) {
  LKSThread *thread = lks_current;
  LKSItem *item = argument;
  if (item->notifier) {
    lks_awaitGroup(thread, item->notifier, item->notifierGeneration, item->caller);
    item->releaseNotifier((void *)item->notifier);
    lks_stepQueue(thread, item->queue, false, item->call, item->caller);
    lks_enterQueue(thread, item->queue, item->latch, item->isBarrier, &item->turn);
  }
  wait(thread, item);
  perform(thread, item);
  lks_settleExternal(thread);
  if (item->block && !item->keepsBlock) LKS_REAL(_Block_release)(item->block);
  if (item->group) {
    lks_groupLeave(thread, item->group, item->caller);
    LKS_REAL(dispatch_release)((void *)item->group);
  }
  lks_leaveQueue(thread, item->queue, item->latch, item->caller);
  LKS_REAL(dispatch_release)((void *)item->queue);
  return NULL;
}

static LKSThread *newThread(LKSThread *thread, LKSItem *item) {
  LKSThread *child = lks_newThread(thread->exploration, thread);
  if (!child) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  child->start = runItem;
  child->argument = item;
  item->latch = lks_newLatch(child, item->queue, child->index);
  if (!lks_queue(thread->exploration, item->queue)->isGlobal)
    strncpy(child->name, lks_queueLabel(item->queue), sizeof child->name - 1);
  return child;
}

static void start(LKSThread *thread, LKSThread *child) {
  const LKSItem *item = child->argument;
  lks_annotate(
      thread, LKS_SPAWN, lks_threadObject(child->index), child->index, item->caller);
  lks_runAhead(thread, child);
}

void lks_enqueue(LKSThread *thread, LKSItem *item) {
  bool isShared = !item->isBarrier && lks_isShared(thread->exploration, item->queue);
  lks_stepQueue(thread, item->queue, isShared, item->call, item->caller);
  if (!item->isRetained) LKS_REAL(dispatch_retain)((void *)item->queue);
  LKSThread *child = newThread(thread, item);
  lks_enterQueue(thread, item->queue, item->latch, item->isBarrier, &item->turn);
  start(thread, child);
}

void lks_enqueueAfter(LKSThread *thread, LKSItem *item) {
  LKS_REAL(dispatch_retain)((void *)item->queue);
  start(thread, newThread(thread, item));
}

void lks_doOnQueue(LKSThread *thread, LKSItem *item) {
  bool isShared = !item->isBarrier && lks_isShared(thread->exploration, item->queue);
  lks_stepQueue(thread, item->queue, isShared, item->call, item->caller);
  item->latch = lks_newLatch(thread, item->queue, thread->index);
  lks_enterQueue(thread, item->queue, item->latch, item->isBarrier, &item->turn);
  wait(thread, item);
  perform(thread, item);
  lks_leaveQueue(thread, item->queue, item->latch, item->caller);
}

void lks_enqueueTaskJob(
    LKSThread *thread, uintptr_t queue, LKSJob job, uintptr_t programCounter) {
  LKSItem *item = lks_newItem(thread, queue, LKS_DISPATCH_ASYNC, programCounter);
  item->job = job;
  item->isTask = true;
  lks_enqueue(thread, item);
}

void lks_enterMainQueue(LKSThread *thread, LKSThread *child) {
  uintptr_t queue = (uintptr_t)&_dispatch_main_q;
  LKSTurn turn = {.count = 0};
  uint32_t latch = lks_newLatch(child, queue, child->index);
  thread->exploration->latches[latch].isJob = true;
  lks_enterQueue(thread, queue, latch, false, &turn);
  child->mainLatch = latch + 1;
  if (!turn.count) return;
  // Where the end of the one before is a step on what this is a step on, it has come or not.
  const LKSLatch *former = &thread->exploration->latches[turn.latches[0]];
  if (!former->isJob || !former->isDone) child->mainTurn = turn.latches[0] + 1;
}

void lks_leaveMainQueue(LKSThread *thread) {
  lks_settleExternal(thread);
  lks_completeLatch(thread, thread->mainLatch - 1);
}

// MARK: Asynchronous calls

extern void dispatch_async(void *queue, LKSBlock *block);
extern void dispatch_barrier_async(void *queue, LKSBlock *block);
extern void dispatch_barrier_async_f(void *queue, void *context, LKSFunction work);
extern void dispatch_group_async(void *group, void *queue, LKSBlock *block);
extern void dispatch_group_async_f(void *group, void *queue, void *context, LKSFunction work);

static LKSItem *newItem(LKSThread *thread, void *queue, bool isBarrier, uintptr_t caller) {
  LKSDispatchCall call = isBarrier ? LKS_DISPATCH_BARRIER_ASYNC : LKS_DISPATCH_ASYNC;
  LKSItem *item = lks_newItem(thread, (uintptr_t)queue, call, caller);
  item->isBarrier = isBarrier;
  return item;
}

void lks_asyncFunction(
    LKSThread *thread, dispatch_queue_t queue, LKSJob job, uintptr_t programCounter) {
  LKSItem *item = newItem(thread, queue, false, programCounter);
  item->job = job;
  lks_enqueue(thread, item);
}

static void asyncBlock(
    LKSThread *thread, void *queue, LKSBlock *block, bool isBarrier, uintptr_t caller) {
  LKSItem *item = newItem(thread, queue, isBarrier || lks_isBarrierBlock(block), caller);
  item->block = LKS_REAL(_Block_copy)(block);
  lks_enqueue(thread, item);
}

void dispatch_async(void *queue, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (thread)
    asyncBlock(thread, queue, block, false, LKS_CALLER);
  else
    LKS_REAL(dispatch_async)(queue, block);
}

void dispatch_barrier_async(void *queue, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (thread)
    asyncBlock(thread, queue, block, true, LKS_CALLER);
  else
    LKS_REAL(dispatch_barrier_async)(queue, block);
}

void dispatch_barrier_async_f(void *queue, void *context, LKSFunction work) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_barrier_async_f)(queue, context, work);
    return;
  }
  LKSItem *item = newItem(thread, queue, true, LKS_CALLER);
  item->job = (LKSJob){work, context};
  lks_enqueue(thread, item);
}

/// The group is entered by the caller, and left when the work is done.
static void asyncInGroup(LKSThread *thread, void *group, LKSItem *item) {
  lks_groupEnter(thread, (uintptr_t)group, item->caller);
  LKS_REAL(dispatch_retain)(group);
  item->group = (uintptr_t)group;
  lks_enqueue(thread, item);
}

void dispatch_group_async(void *group, void *queue, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_group_async)(group, queue, block);
    return;
  }
  LKSItem *item = newItem(thread, queue, lks_isBarrierBlock(block), LKS_CALLER);
  item->block = LKS_REAL(_Block_copy)(block);
  asyncInGroup(thread, group, item);
}

void dispatch_group_async_f(void *group, void *queue, void *context, LKSFunction work) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_group_async_f)(group, queue, context, work);
    return;
  }
  LKSItem *item = newItem(thread, queue, false, LKS_CALLER);
  item->job = (LKSJob){work, context};
  asyncInGroup(thread, group, item);
}

// MARK: Synchronous calls

/// The block is the caller's until the call returns.
static void syncBlock(
    LKSThread *thread, void *queue, LKSBlock *block, bool isBarrier, uintptr_t caller) {
  isBarrier |= lks_isBarrierBlock(block);
  LKSItem *item = lks_newItem(
      thread, (uintptr_t)queue, isBarrier ? LKS_DISPATCH_BARRIER_SYNC : LKS_DISPATCH_SYNC, caller);
  item->block = block;
  item->isBarrier = isBarrier;
  lks_doOnQueue(thread, item);
}

static void syncFunction(
    LKSThread *thread, void *queue, LKSJob job, bool isBarrier, uintptr_t caller) {
  LKSItem *item = lks_newItem(
      thread, (uintptr_t)queue, isBarrier ? LKS_DISPATCH_BARRIER_SYNC : LKS_DISPATCH_SYNC, caller);
  item->job = job;
  item->isBarrier = isBarrier;
  lks_doOnQueue(thread, item);
}

#define LKS_SYNC(function, isBarrier)                              \
  extern void function(void *queue, LKSBlock *block);              \
  void function(void *queue, LKSBlock *block) {                    \
    LKSThread *thread = lks_controlled();                          \
    if (thread)                                                    \
      syncBlock(thread, queue, block, isBarrier, LKS_CALLER);      \
    else                                                           \
      LKS_REAL(function)(queue, block);                            \
  }

#define LKS_SYNC_FUNCTION(function, isBarrier)                                          \
  extern void function(void *queue, void *context, LKSFunction work);                   \
  void function(void *queue, void *context, LKSFunction work) {                         \
    LKSThread *thread = lks_controlled();                                               \
    if (thread)                                                                         \
      syncFunction(thread, queue, (LKSJob){work, context}, isBarrier, LKS_CALLER);      \
    else                                                                                \
      LKS_REAL(function)(queue, context, work);                                         \
  }

LKS_SYNC(dispatch_sync, false)
LKS_SYNC(dispatch_barrier_sync, true)
LKS_SYNC(dispatch_async_and_wait, false)
LKS_SYNC(dispatch_barrier_async_and_wait, true)
LKS_SYNC_FUNCTION(dispatch_sync_f, false)
LKS_SYNC_FUNCTION(dispatch_barrier_sync_f, true)
LKS_SYNC_FUNCTION(dispatch_async_and_wait_f, false)
LKS_SYNC_FUNCTION(dispatch_barrier_async_and_wait_f, true)

// MARK: Many at once

extern void dispatch_apply(size_t count, void *queue, LKSBlock *block);
extern void dispatch_apply_f(
    size_t count, void *queue, void *context, void (*work)(void *, size_t));

/// The caller does one of the iterations itself; each of the others is a thread.
static void apply(LKSThread *thread, size_t count, LKSItem model) {
  LKSExploration *exploration = thread->exploration;
  if (count == 0) return;
  if (!model.queue) model.queue = (uintptr_t)LKS_REAL(dispatch_get_global_queue)(0, 0);
  bool isSerial = !lks_queue(exploration, model.queue)->isGlobal &&
                  !lks_isShared(exploration, model.queue);
  if (count >= LKS_MAXIMUM_THREADS && !isSerial)
    lks_endExecution(exploration, LKS_TOO_MANY_THREADS);
  LKSThread *children[LKS_MAXIMUM_THREADS];
  for (size_t index = 1; index < count; index++) {
    if (isSerial) break;
    LKSItem *item = lks_newItem(thread, model.queue, LKS_DISPATCH_ASYNC, model.caller);
    item->job = model.job;
    item->iterate = model.iterate;
    item->isApply = item->keepsBlock = true;
    item->block = model.block;
    item->iteration = index;
    children[index] = newThread(thread, item);
    LKS_REAL(dispatch_retain)((void *)model.queue);
    lks_stepQueue(thread, model.queue, true, item->call, item->caller);
    lks_enterQueue(thread, model.queue, item->latch, false, &item->turn);
    start(thread, children[index]);
  }
  for (size_t index = 0; index < (isSerial ? count : 1); index++) {
    LKSItem *item = lks_newItem(thread, model.queue, LKS_DISPATCH_SYNC, model.caller);
    item->job = model.job;
    item->iterate = model.iterate;
    item->block = model.block;
    item->isApply = true;
    item->iteration = index;
    lks_doOnQueue(thread, item);
  }
  lks_settleExternal(thread);
  for (size_t index = 1; index < count && !isSerial; index++) {
    LKSPending *pending =
        lks_prepare(thread, LKS_JOIN, children[index]->index, 1, model.caller);
    pending->object = lks_threadObject(children[index]->index);
    lks_step(thread);
  }
}

void dispatch_apply(size_t count, void *queue, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (thread)
    apply(thread, count,
          (LKSItem){.queue = (uintptr_t)queue, .block = block, .caller = LKS_CALLER});
  else
    LKS_REAL(dispatch_apply)(count, queue, block);
}

void dispatch_apply_f(size_t count, void *queue, void *context, void (*work)(void *, size_t)) {
  LKSThread *thread = lks_controlled();
  if (thread)
    apply(thread, count,
          (LKSItem){.queue = (uintptr_t)queue,
                    .job = {NULL, context},
                    .iterate = work,
                    .caller = LKS_CALLER});
  else
    LKS_REAL(dispatch_apply_f)(count, queue, context, work);
}

// MARK: Where the caller is

extern void dispatch_assert_queue(void *queue);
extern void dispatch_assert_queue_not(void *queue);
extern void dispatch_assert_queue_barrier(void *queue);

#define LKS_ASSERT(function, condition)                                                     \
  void function(void *queue) {                                                              \
    LKSThread *thread = lks_controlled();                                                   \
    uintptr_t address = (uintptr_t)queue;                                                   \
    if (!thread)                                                                            \
      LKS_REAL(function)(queue);                                                            \
    else if (!(condition))                                                                  \
      lks_crash(thread, LKS_TRAP, LKS_CALLER);                                              \
  }

LKS_ASSERT(dispatch_assert_queue, lks_isOnQueue(thread, address, false))
LKS_ASSERT(dispatch_assert_queue_not, !lks_isOnQueue(thread, address, false))
LKS_ASSERT(dispatch_assert_queue_barrier, lks_isOnQueue(thread, address, true))

extern void dispatch_queue_set_specific(
    void *queue, const void *key, void *value, LKSFunction destructor);
extern void *dispatch_queue_get_specific(void *queue, const void *key);
extern void *dispatch_get_specific(const void *key);

/// A step on what a queue keeps for its users, beside the queue.
static void stepSpecific(
    LKSThread *thread, uintptr_t queue, LKSDispatchCall call, uintptr_t caller) {
  LKSKind kind = call == LKS_DISPATCH_SET_SPECIFIC ? LKS_CALL : LKS_SHARED_CALL;
  lks_settleExternal(thread);
  lks_prepare(thread, kind, queue + 8, 1, caller)->other = call;
  lks_step(thread);
}

void dispatch_queue_set_specific(
    void *queue, const void *key, void *value, LKSFunction destructor) {
  LKSThread *thread = lks_controlled();
  if (thread) stepSpecific(thread, (uintptr_t)queue, LKS_DISPATCH_SET_SPECIFIC, LKS_CALLER);
  LKS_REAL(dispatch_queue_set_specific)(queue, key, value, destructor);
}

void *dispatch_queue_get_specific(void *queue, const void *key) {
  LKSThread *thread = lks_controlled();
  if (thread) stepSpecific(thread, (uintptr_t)queue, LKS_DISPATCH_GET_SPECIFIC, LKS_CALLER);
  return LKS_REAL(dispatch_queue_get_specific)(queue, key);
}

void *dispatch_get_specific(const void *key) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(dispatch_get_specific)(key);
  uintptr_t queue = thread->queueFrame ? thread->queueFrame->queue : 0;
  for (; queue; queue = lks_queue(thread->exploration, queue)->target) {
    stepSpecific(thread, queue, LKS_DISPATCH_GET_SPECIFIC, LKS_CALLER);
    void *value = LKS_REAL(dispatch_queue_get_specific)((void *)queue, key);
    if (value) return value;
  }
  return NULL;
}

// MARK: Names

bool lks_dispatchName(
    LKSExploration *exploration, uint64_t object, char *text, size_t size) {
  const LKSLatch *latch = lks_latchNamed(exploration, object);
  uintptr_t address = latch ? latch->owner : lks_addressOf(exploration, object);
  if (address == lks_taskObject()) address = 0;
  if (address && lks_isGroup(exploration, address)) {
    snprintf(text, size, "a group");
    return true;
  }
  const LKSQueue *queue =
      lks_tableFind(&exploration->queues, lks_objectName(exploration, address), false);
  if (!queue || !address || queue->stamp != exploration->stamp) return false;
  const char *label = lks_queueLabel(address);
  snprintf(text, size, label[0] ? "queue '%s'" : "a queue", label);
  return true;
}
