/// Work items: blocks that can be waited for and cancelled. One that a controlled thread makes is a
/// block of our own around the program's, so that its end is seen wherever it is called.
///
/// It is a group that its first end leaves: see dispatch_group.c.
#include "dispatch.h"

extern void *_NSConcreteStackBlock[32] __attribute__((weak));

/// (dispatch/block.h)
enum { LKS_BLOCK_BARRIER = 1, LKS_BLOCK_HAS_HELPERS = 1 << 25 };

typedef struct LKSWorkItem {
  LKSBlock base;
  LKSBlock *work;
  unsigned long flags;
  bool isCancelled;
  bool isDone;
} LKSWorkItem;

typedef struct LKSBlockDescriptor {
  unsigned long reserved;
  unsigned long size;
  void (*copy)(void *copy, const void *block);
  void (*dispose)(const void *block);
} LKSBlockDescriptor;

static void copyWork(void *copy, const void *block) {
  ((LKSWorkItem *)copy)->work = LKS_REAL(_Block_copy)(((const LKSWorkItem *)block)->work);
}

static void disposeWork(const void *block) {
  LKS_REAL(_Block_release)(((const LKSWorkItem *)block)->work);
}

/// A step on the flags of a work item, beside what is waited for.
static void stepFlags(
    LKSThread *thread, LKSWorkItem *item, LKSDispatchCall call, uintptr_t caller) {
  LKSKind kind = call == LKS_DISPATCH_CANCEL ? LKS_CALL : LKS_SHARED_CALL;
  lks_settleExternal(thread);
  lks_prepare(thread, kind, (uintptr_t)&item->flags, 1, caller)->other = call;
  lks_step(thread);
}

/// The model of what is waited for: one that was made before this execution has none yet.
static uintptr_t groupOf(LKSThread *thread, LKSWorkItem *item) {
  if (!lks_isGroup(thread->exploration, (uintptr_t)item) && !item->isDone)
    lks_groupFill(thread, (uintptr_t)item);
  return (uintptr_t)item;
}

static void invoke(void *block, ...) {
  LKSWorkItem *item = block;
  LKSThread *thread = lks_controlled();
  if (!thread) {
    if (!item->isCancelled) lks_callBlock(item->work);
    item->isDone = true;
    return;
  }
  uintptr_t caller = LKS_CALLER;
  stepFlags(thread, item, LKS_DISPATCH_IS_CANCELLED, caller);
  uintptr_t group = groupOf(thread, item);
  if (!item->isCancelled) lks_callBlock(item->work);
  if (item->isDone) return;
  item->isDone = true;
  lks_groupLeave(thread, group, caller);
}

static bool isOurs(const LKSBlock *block) { return block && block->invoke == invoke; }

bool lks_isBarrierBlock(const LKSBlock *block) {
  return isOurs(block) && ((const LKSWorkItem *)block)->flags & LKS_BLOCK_BARRIER;
}

static void *makeItem(LKSThread *thread, unsigned long flags, LKSBlock *work) {
  static const LKSBlockDescriptor descriptor = {
      0, sizeof(LKSWorkItem), copyWork, disposeWork};
  LKSWorkItem item = {
      .base = {_NSConcreteStackBlock, LKS_BLOCK_HAS_HELPERS, 0, invoke, &descriptor},
      .work = work,
      .flags = flags,
  };
  LKSWorkItem *made = LKS_REAL(_Block_copy)(&item);
  if (made) lks_groupFill(thread, (uintptr_t)made);
  return made;
}

extern void *dispatch_block_create(unsigned long flags, LKSBlock *block);
extern void *dispatch_block_create_with_qos_class(
    unsigned long flags, unsigned quality, int priority, LKSBlock *block);
extern void dispatch_block_perform(unsigned long flags, LKSBlock *block);
extern intptr_t dispatch_block_wait(LKSBlock *block, uint64_t timeout);
extern void dispatch_block_notify(LKSBlock *block, void *queue, LKSBlock *notification);
extern void dispatch_block_cancel(LKSBlock *block);
extern intptr_t dispatch_block_testcancel(LKSBlock *block);

void *dispatch_block_create(unsigned long flags, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  return thread ? makeItem(thread, flags, block)
                : LKS_REAL(dispatch_block_create)(flags, block);
}

void *dispatch_block_create_with_qos_class(
    unsigned long flags, unsigned quality, int priority, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  return thread ? makeItem(thread, flags, block)
                : LKS_REAL(dispatch_block_create_with_qos_class)(
                      flags, quality, priority, block);
}

void dispatch_block_perform(unsigned long flags, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (thread)
    lks_callBlock(block);
  else
    LKS_REAL(dispatch_block_perform)(flags, block);
}

/// Whether a controlled thread uses a work item that was made outside of any exploration.
static bool isForeign(LKSThread *thread, const LKSBlock *block) {
  if (thread && !isOurs(block))
    lks_uncontrolled(thread->exploration, "a DispatchWorkItem made outside the exploration");
  return !isOurs(block);
}

intptr_t dispatch_block_wait(LKSBlock *block, uint64_t timeout) {
  LKSThread *thread = lks_controlled();
  if (isForeign(thread, block)) return LKS_REAL(dispatch_block_wait)(block, timeout);
  if (!thread) return !((LKSWorkItem *)block)->isDone;
  uintptr_t group = groupOf(thread, (LKSWorkItem *)block);
  return lks_groupWait(thread, group, timeout, LKS_CALLER) ? 0 : 1;
}

void dispatch_block_notify(LKSBlock *block, void *queue, LKSBlock *notification) {
  LKSThread *thread = lks_controlled();
  if (isForeign(thread, block) || !thread) {
    LKS_REAL(dispatch_block_notify)(block, queue, notification);
    return;
  }
  LKSItem *item = lks_newItem(thread, (uintptr_t)queue, LKS_DISPATCH_ASYNC, LKS_CALLER);
  item->block = LKS_REAL(_Block_copy)(notification);
  LKS_REAL(_Block_copy)(block);
  item->releaseNotifier = (void (*)(void *))LKS_REAL(_Block_release);
  lks_groupNotify(thread, groupOf(thread, (LKSWorkItem *)block), item);
}

void dispatch_block_cancel(LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (isForeign(thread, block)) {
    LKS_REAL(dispatch_block_cancel)(block);
    return;
  }
  LKSWorkItem *item = (LKSWorkItem *)block;
  if (thread) stepFlags(thread, item, LKS_DISPATCH_CANCEL, LKS_CALLER);
  item->isCancelled = true;
}

intptr_t dispatch_block_testcancel(LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (isForeign(thread, block)) return LKS_REAL(dispatch_block_testcancel)(block);
  LKSWorkItem *item = (LKSWorkItem *)block;
  if (thread) stepFlags(thread, item, LKS_DISPATCH_IS_CANCELLED, LKS_CALLER);
  return item->isCancelled;
}
