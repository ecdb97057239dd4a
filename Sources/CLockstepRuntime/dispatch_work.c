/// Work that is handed to queues. What is enqueued is a thread of the execution of its own, which
/// waits for its turn; what is done synchronously stays on the caller's.
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
  thread->exploration->latches[item->latch].hasBegun = true;
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

LKSThread *lks_itemThread(LKSThread *thread, LKSItem *item) {
  LKSThread *child = lks_newThread(thread->exploration, thread);
  if (!child) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  child->start = runItem;
  child->argument = item;
  item->latch = lks_newLatch(child, item->queue, child->index);
  if (!lks_queue(thread->exploration, item->queue)->isGlobal)
    strncpy(child->name, lks_queueLabel(item->queue), sizeof child->name - 1);
  // The body's thread is called so.
  if (item->queue == (uintptr_t)&_dispatch_main_q) strcpy(child->name, "main queue");
  return child;
}

void lks_startItem(LKSThread *thread, LKSThread *child) {
  const LKSItem *item = child->argument;
  lks_annotate(
      thread, LKS_SPAWN, lks_threadObject(child->index), child->index, item->caller);
  lks_runAhead(thread, child);
}

void lks_enqueue(LKSThread *thread, LKSItem *item) {
  bool isShared = !item->isBarrier && lks_isShared(thread->exploration, item->queue);
  lks_stepQueue(thread, item->queue, isShared, item->call, item->caller);
  if (!item->isRetained) LKS_REAL(dispatch_retain)((void *)item->queue);
  LKSThread *child = lks_itemThread(thread, item);
  lks_enterQueue(thread, item->queue, item->latch, item->isBarrier, &item->turn);
  if (item->handled || item->ended) lks_enterSource(thread, item);
  lks_startItem(thread, child);
}

void lks_enqueueAfter(LKSThread *thread, LKSItem *item) {
  LKS_REAL(dispatch_retain)((void *)item->queue);
  lks_startItem(thread, lks_itemThread(thread, item));
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
