/// Jobs: work of which each piece is a thread of the execution of its own, for as long as it takes.
#include "runtime.h"

// MARK: Threads

/// The number of a thread that runs no job now; -1 when there are too many.
///
/// A number is used again in one execution: whoever starts a job knows that the one before it on the
/// same thread has ended, since the end of a job and the start of another are parts of steps on one
/// object (see swift_tasks.c). The number depends on the order of these steps alone.
static int freeNumber(LKSExploration *exploration) {
  for (uint32_t index = 0; index < exploration->jobNumberCount; index++) {
    uint8_t number = exploration->jobNumbers[index];
    uint8_t state = exploration->threads[number].state;
    if (state == LKS_UNUSED || state == LKS_ENDED) return number;
  }
  if (exploration->numberCount + 1 >= LKS_MAXIMUM_THREADS) return -1;
  uint8_t number = (uint8_t)++exploration->numberCount;
  exploration->jobNumbers[exploration->jobNumberCount++] = number;
  return number;
}

LKSThread *lks_startJob(
    LKSThread *thread, LKSJob job, void *(*start)(void *),
    void (*prepare)(LKSThread *thread, LKSThread *child)) {
  LKSExploration *exploration = thread->exploration;
  int number = freeNumber(exploration);
  if (number < 0) lks_endExecution(exploration, LKS_TOO_MANY_THREADS);
  LKSThread *child = lks_openThread(exploration, (uint32_t)number, thread);
  if (!child) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  child->start = start;
  child->argument = child;
  child->job = job;
  child->mainLatch = child->mainTurn = 0;
  if (prepare) prepare(thread, child);
  lks_annotate(thread, LKS_SPAWN, lks_threadObject(child->index), child->index, 0);
  lks_runAhead(thread, child);
  return child;
}
