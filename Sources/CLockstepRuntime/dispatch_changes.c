/// What is changed of queues: activation, suspension, targets.
#include "dispatch.h"

extern void dispatch_set_target_queue(void *object, void *queue);
extern void dispatch_activate(void *object);

/// The gate of a queue that was made inactive opens.
static bool activate(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  if (!lks_queue(exploration, address)->isInactive) return false;
  lks_stepQueue(thread, address, false, LKS_DISPATCH_ACTIVATE, caller);
  LKSQueue *queue = lks_queue(exploration, address);
  if (!queue->isInactive) return false;
  queue->isInactive = false;
  uint32_t gate = queue->gate;
  queue->gate = 0;
  if (gate) lks_completeLatch(thread, gate - 1);
  return true;
}

/// Whether an object is a queue that is known, so that its model counts.
static bool isQueue(const void *object) {
  return object == (void *)&_dispatch_main_q || lks_queueFacts(object).key;
}

void dispatch_activate(void *object) {
  LKSThread *thread = lks_controlled();
  if (thread && lks_activateSource(thread, (uintptr_t)object, LKS_CALLER)) return;
  if (thread && isQueue(object)) activate(thread, (uintptr_t)object, LKS_CALLER);
  LKSQueueFacts known = lks_queueFacts(object);
  // What is kept of a queue is kept for later executions, in which one made before is still active.
  if (known.key && known.isInactive) {
    known.isInactive = false;
    lks_setQueueFacts(object, known);
  }
  LKS_REAL(dispatch_activate)(object);
}

extern void dispatch_suspend(void *object);
extern void dispatch_resume(void *object);

void dispatch_suspend(void *object) {
  LKSThread *thread = lks_controlled();
  uintptr_t address = (uintptr_t)object;
  if (thread && lks_suspendSource(thread, address, LKS_CALLER)) return;
  if (!thread || !isQueue(object)) {
    LKS_REAL(dispatch_suspend)(object);
    return;
  }
  LKSExploration *exploration = thread->exploration;
  LKSQueue *known = lks_queue(exploration, address);
  if (!known->isSuspended) known->isSuspended = lks_watchFromNow(exploration, known->key);
  lks_stepQueue(thread, address, false, LKS_DISPATCH_SUSPEND, LKS_CALLER);
  LKSQueue *queue = lks_queue(exploration, address);
  if (queue->suspensions++ || queue->gate) return;
  uint32_t gate = lks_newLatch(thread, address, LKS_NOBODY);
  lks_queue(exploration, address)->gate = gate + 1;
}

void dispatch_resume(void *object) {
  LKSThread *thread = lks_controlled();
  uintptr_t address = (uintptr_t)object;
  if (thread && lks_resumeSource(thread, address, LKS_CALLER)) return;
  if (!thread || !isQueue(object)) {
    LKS_REAL(dispatch_resume)(object);
    return;
  }
  LKSExploration *exploration = thread->exploration;
  if (lks_queue(exploration, address)->isInactive) {
    dispatch_activate(object);
    return;
  }
  lks_stepQueue(thread, address, false, LKS_DISPATCH_RESUME, LKS_CALLER);
  LKSQueue *queue = lks_queue(exploration, address);
  if (queue->suspensions == 0) lks_crash(thread, LKS_TRAP, LKS_CALLER);
  if (--queue->suspensions || !queue->gate) return;
  uint32_t gate = queue->gate - 1;
  queue->gate = 0;
  lks_completeLatch(thread, gate);
}

void dispatch_set_target_queue(void *object, void *target) {
  LKSThread *thread = lks_controlled();
  uintptr_t address = (uintptr_t)object;
  if (thread && isQueue(object)) {
    LKSExploration *exploration = thread->exploration;
    lks_stepQueue(thread, address, false, LKS_DISPATCH_SET_TARGET, LKS_CALLER);
    LKSQueue *queue = lks_queue(exploration, address);
    if (queue->tail || queue->readerCount)
      lks_uncontrolled(exploration, "dispatch_set_target_queue of a queue that was used");
    queue->target = target && !lks_isRootQueue(target) ? (uintptr_t)target : 0;
  }
  LKSQueueFacts known = lks_queueFacts(object);
  if (known.key) {
    known.target = target && !lks_isRootQueue(target) ? (uintptr_t)target : 0;
    lks_setQueueFacts(object, known);
  }
  LKS_REAL(dispatch_set_target_queue)(object, target);
}

extern void dispatch_queue_set_width(void *queue, long width);
/// How many threads may work for a queue of the task runtime's at once, which is told as the queue is made: by
/// work of libdispatch's own, for which it would start a thread.
void dispatch_queue_set_width(void *queue, long width) {
  LKSThread *thread = lks_controlled();
  // A child of a program has none that could run beside the execution, and hands nothing to the real queue.
  if (thread && thread->exploration->isChild) return;
  if (thread) thread->inRuntime++;
  LKS_REAL(dispatch_queue_set_width)(queue, width);
  if (thread) thread->inRuntime--;
}
