/// Many iterations at once.
#include "dispatch.h"

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
    children[index] = lks_itemThread(thread, item);
    LKS_REAL(dispatch_retain)((void *)model.queue);
    lks_stepQueue(thread, model.queue, true, item->call, item->caller);
    lks_enterQueue(thread, model.queue, item->latch, false, &item->turn);
    lks_startItem(thread, children[index]);
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
                    .job = {NULL, context, false},
                    .iterate = work,
                    .caller = LKS_CALLER});
  else
    LKS_REAL(dispatch_apply_f)(count, queue, context, work);
}
