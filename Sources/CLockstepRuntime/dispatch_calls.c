/// Calls that hand work to queues.
#include "dispatch.h"

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
  item->job = (LKSJob){work, context, false};
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
  item->job = (LKSJob){work, context, false};
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
      syncFunction(thread, queue, (LKSJob){work, context, false}, isBarrier, LKS_CALLER);      \
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
