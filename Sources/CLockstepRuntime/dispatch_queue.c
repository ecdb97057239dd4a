/// Queues: what they are, and whose turn it is in them.
///
/// A call is a step on the queue at the bottom of the chain of targets. What comes before a piece
/// of work is known once it is enqueued, and it waits for that: for the one before it in a serial
/// queue, for barriers in a concurrent one. A serial queue with a target of its own has a place in
/// the target for as long as it has work: so its items come one after another there, as far as they
/// were enqueued in time.
#include "dispatch.h"

extern const char *dispatch_queue_get_label(void *queue);

// MARK: Models

size_t lks_queueSize(void) { return sizeof(LKSQueue); }

const char *lks_queueLabel(uintptr_t queue) {
  if (queue == (uintptr_t)&_dispatch_main_q) return "main";
  const char *label = queue ? LKS_REAL(dispatch_queue_get_label)((void *)queue) : NULL;
  // Foundation's own name for one, with its address.
  if (label && strncmp(label, "NSOperationQueue 0x", 19) == 0) return "operations";
  return label ? label : "";
}

LKSQueue *lks_queue(LKSExploration *exploration, uintptr_t address) {
  // By its name: what is kept of it is kept wherever it lies in a later execution.
  uint64_t name = lks_objectName(exploration, address);
  LKSQueue *queue = lks_tableFind(&exploration->queues, name, true);
  if (!queue) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (queue->stamp == exploration->stamp) return queue;
  *queue = (LKSQueue){
      .key = name, .stamp = exploration->stamp, .isSuspended = lks_isWatched(exploration, name)};
  LKSQueueFacts known = lks_queueFacts((void *)address);
  queue->isGlobal = !known.key && lks_isRootQueue((void *)address);
  queue->isConcurrent = known.isConcurrent;
  queue->isInactive = known.isInactive;
  queue->target = known.target;
  if (queue->isInactive) queue->gate = lks_newGate(exploration, address) + 1;
  return queue;
}

// MARK: Steps

bool lks_isUnderLibraryLock(LKSThread *thread) {
  // Others could not go on, should they need the lock.
  if (thread->libraryLocks)
    lks_uncontrolled(thread->exploration, "Dispatch, called under a lock of a library's own");
  return thread->libraryLocks;
}

static uintptr_t bottomOf(LKSExploration *exploration, uintptr_t address) {
  for (;;) {
    const LKSQueue *queue = lks_queue(exploration, address);
    if (!queue->target || queue->isGlobal) return address;
    address = queue->target;
  }
}

bool lks_isShared(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target)
    if (!lks_queue(exploration, address)->isConcurrent) return false;
  return true;
}

void lks_stepQueue(
    LKSThread *thread, uintptr_t address, bool isShared, LKSDispatchCall call, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  if (lks_isUnderLibraryLock(thread)) return;
  lks_settleExternal(thread);
  uintptr_t bottom = bottomOf(exploration, address);
  for (;;) {
    if (lks_queue(exploration, bottom)->isGlobal) return;
    // The main queue has the jobs of tasks too.
    uintptr_t object =
        bottom == (uintptr_t)&_dispatch_main_q ? lks_taskObject() : bottom;
    lks_prepare(thread, isShared ? LKS_SHARED_CALL : LKS_CALL, object, 1, caller)->other = call;
    lks_step(thread);
    // Somebody may have set another target meanwhile.
    uintptr_t now = bottomOf(exploration, address);
    if (now == bottom) return;
    bottom = now;
  }
}

// MARK: Turns

static void add(LKSThread *thread, LKSTurn *turn, uint32_t latch) {
  if (turn->count == LKS_MAXIMUM_TURN) {
    lks_uncontrolled(thread->exploration, "a barrier after more work than can be waited for");
    return;
  }
  turn->latches[turn->count++] = latch;
}

void lks_enterQueue(
    LKSThread *thread, uintptr_t address, uint32_t latch, bool isBarrier, LKSTurn *turn) {
  LKSExploration *exploration = thread->exploration;
  LKSQueue *queue = lks_queue(exploration, address);
  if (queue->isGlobal) return;
  uintptr_t target = queue->target;
  if (queue->gate) add(thread, turn, queue->gate - 1);
  if (!queue->isConcurrent) {
    int64_t first = queue->tail ? -1 : lks_mainQueueGate(exploration, address);
    if (first >= 0) add(thread, turn, (uint32_t)first);
    if (queue->tail) exploration->latches[queue->tail - 1].successor = latch + 1;
    exploration->latches[latch].former = queue->tail ? queue->tail : (uint32_t)(first + 1);
    if (queue->tail && (!target || queue->open)) add(thread, turn, queue->tail - 1);
    queue->tail = latch + 1;
    if (!target || queue->open++) return;
    uint32_t session = lks_newLatch(thread, target, exploration->latches[latch].holder);
    lks_queue(exploration, address)->session = session + 1;
    lks_enterQueue(thread, target, session, false, turn);
    return;
  }
  if (isBarrier) {
    for (uint32_t index = 0; index < queue->readerCount; index++)
      add(thread, turn, queue->readers[index]);
    if (!queue->readerCount && queue->tail) add(thread, turn, queue->tail - 1);
    queue->tail = latch + 1;
    queue->readerCount = 0;
  } else {
    if (queue->tail) add(thread, turn, queue->tail - 1);
    if (queue->readerCount == LKS_MAXIMUM_TURN)
      lks_uncontrolled(exploration, "a barrier after more work than can be waited for");
    else
      queue->readers[queue->readerCount++] = latch;
  }
  if (target) lks_enterQueue(thread, target, latch, false, turn);
}

/// In which order a thread waits must not depend on who enqueued first, where that does not matter.
static void sort(const LKSExploration *exploration, LKSTurn *turn) {
  for (uint32_t index = 1; index < turn->count; index++) {
    uint32_t latch = turn->latches[index];
    uint32_t place = index;
    for (; place > 0 && exploration->latches[turn->latches[place - 1]].object >
                            exploration->latches[latch].object;
         place--)
      turn->latches[place] = turn->latches[place - 1];
    turn->latches[place] = latch;
  }
}

/// Whether somebody suspends the queue, or one of its targets, in some execution.
static bool isSuspended(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target)
    if (lks_queue(exploration, address)->isSuspended) return true;
  return false;
}

/// The latch, plus one, of a suspension that has not ended.
static uint32_t gateOf(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target)
    if (lks_queue(exploration, address)->gate) return lks_queue(exploration, address)->gate;
  return 0;
}

void lks_awaitTurn(LKSThread *thread, uintptr_t address, LKSTurn *turn, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  sort(exploration, turn);
  for (uint32_t index = 0; index < turn->count; index++) {
    const LKSLatch *latch = &exploration->latches[turn->latches[index]];
    // What the thread has done itself it need not wait for.
    if (latch->isDone && latch->holder == thread->index) continue;
    lks_awaitLatch(thread, turn->latches[index], caller);
  }
  while (isSuspended(exploration, address)) {
    lks_stepQueue(thread, address, false, LKS_DISPATCH_BEGIN, caller);
    uint32_t gate = gateOf(exploration, address);
    if (!gate) break;
    lks_awaitLatch(thread, gate - 1, caller);
  }
}

/// Whether the end of an item decides what comes next.
static bool endIsSeen(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target) {
    const LKSQueue *queue = lks_queue(exploration, address);
    if (queue->target && !queue->isConcurrent) return true;
  }
  return false;
}

static void leave(LKSThread *thread, uintptr_t address, uint32_t latch) {
  LKSExploration *exploration = thread->exploration;
  LKSQueue *queue = lks_queue(exploration, address);
  if (!queue->target) return;
  if (queue->isConcurrent) {
    leave(thread, queue->target, latch);
    return;
  }
  uint32_t session = queue->session - 1;
  if (--queue->open) {
    uint32_t successor = exploration->latches[latch].successor;
    if (successor)
      exploration->latches[session].holder = exploration->latches[successor - 1].holder;
    return;
  }
  lks_completeLatch(thread, session);
  leave(thread, queue->target, session);
}

void lks_leaveQueue(LKSThread *thread, uintptr_t address, uint32_t latch, uintptr_t caller) {
  lks_settleExternal(thread);
  if (endIsSeen(thread->exploration, address))
    lks_stepQueue(thread, address, false, LKS_DISPATCH_END, caller);
  lks_completeLatch(thread, latch);
  leave(thread, address, latch);
}

bool lks_isOnQueue(LKSThread *thread, uintptr_t queue, bool asBarrier) {
  for (const LKSQueueFrame *frame = thread->queueFrame; frame; frame = frame->outer) {
    uintptr_t at = frame->queue;
    for (; at; at = lks_queue(thread->exploration, at)->target) {
      if (at != queue) continue;
      if (!asBarrier || frame->isBarrier || !lks_queue(thread->exploration, at)->isConcurrent)
        return true;
    }
  }
  return false;
}
