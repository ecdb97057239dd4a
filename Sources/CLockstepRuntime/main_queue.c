/// The main queue. In a whole program it is the main thread's: what is enqueued there begins when the
/// thread gives itself up to it (`dispatch_main`), and never does where the thread only waits, or returns.
/// In an exploration within a test it is a serial queue as any other.
#include "dispatch.h"

static bool isThere(void) { return &_dispatch_main_q; }

/// The latch of the main thread's own code, after which the queue's work comes; -1 where nothing does.
static int64_t gateOf(LKSExploration *exploration) {
  if (!exploration->hasMainQueue) return -1;
  if (!exploration->mainGate) {
    uint32_t gate = lks_newGate(exploration, (uintptr_t)&_dispatch_main_q);
    exploration->latches[gate].holder = 0;
    exploration->mainGate = gate + 1;
  }
  return (int64_t)exploration->mainGate - 1;
}

int64_t lks_mainQueueGate(LKSExploration *exploration, uintptr_t queue) {
  return isThere() && queue == (uintptr_t)&_dispatch_main_q ? gateOf(exploration) : -1;
}

void lks_runOnMainQueue(LKSThread *thread, void (*work)(void)) {
  LKSQueueFrame frame = {(uintptr_t)&_dispatch_main_q, false, NULL};
  thread->exploration->hasMainQueue = isThere();
  if (isThere()) thread->queueFrame = &frame;
  work();
  thread->queueFrame = NULL;
}

static bool never(LKSThread *thread) {
  (void)thread;
  return false;
}

/// The main thread's own code has come to its end, and the queue's work may begin.
static void give(LKSThread *thread, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  lks_settleExternal(thread);
  bool isOfTasks = lks_isTaskLibrary(caller);
  if (isOfTasks) lks_meetTasks(thread, caller);
  int64_t gate = gateOf(exploration);
  if (gate < 0) return;
  exploration->latches[gate].isJob = isOfTasks;
  lks_completeLatch(thread, (uint32_t)gate);
}

extern void dispatch_main(void);
/// Gives the main thread to the main queue, for good. What runs there has threads of its own here.
void dispatch_main(void) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_main)();
    return;
  }
  if (!thread->exploration->hasMainQueue) {
    lks_uncontrolled(thread->exploration, "dispatch_main");
    LKS_REAL(dispatch_main)();
    return;
  }
  give(thread, LKS_CALLER);
  LKSPending *pending = lks_prepare(thread, LKS_AWAIT, 0, 1, LKS_CALLER);
  pending->object = lks_threadObject(thread->index);
  pending->ready = never;
  lks_step(thread);
}

// MARK: Jobs of tasks

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
