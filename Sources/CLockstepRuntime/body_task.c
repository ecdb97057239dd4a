/// The task that is the body of an execution. It is made before that, by Swift's own means, and its first
/// job is kept back for thread 0. Its memory comes from outside, and so may whoever resumes it.
#include <time.h>

#include "body_task.h"
#include "runtime.h"

// MARK: Before the execution

__thread bool lks_capturesNext;
/// Kept back for the execution that this thread runs next.
static __thread LKSBody captured;

void lks_captureNextJob(void) {
  captured = (LKSBody){0};
  lks_capturesNext = true;
}

void lks_noteBodyBlock(void *block, size_t size) {
  uintptr_t start = (uintptr_t)block;
  if (!block || captured.blockCount == LKS_MAXIMUM_BODY_BLOCKS) return;
  captured.blocks[captured.blockCount].start = start;
  captured.blocks[captured.blockCount++].size = size;
  uintptr_t end = captured.low + captured.span;
  if (captured.blockCount == 1 || start < captured.low) captured.low = start;
  if (start + size > end) end = start + size;
  captured.span = end - captured.low;
}

void lks_capture(LKSJob job) {
  lks_capturesNext = false;
  captured.job = job;
}

LKSBody lks_releaseBody(void) {
  LKSBody body = captured;
  captured = (LKSBody){0};
  return body;
}

void lks_keepBody(const LKSBody *body) { captured = *body; }

// MARK: Names

/// Names of a body's memory are as though a thread that there is not had allocated it.
#define LKS_BODY_NAME (1ull << 60 | (uint64_t)LKS_MAXIMUM_THREADS << 40)
#define LKS_BODY_BLOCK_BITS 32

uint64_t lks_bodyName(const LKSBody *body, uintptr_t address) {
  // Of two blocks at one place the older had been freed.
  for (uint32_t index = body->blockCount; index-- > 0;) {
    uintptr_t offset = address - body->blocks[index].start;
    if (offset < body->blocks[index].size)
      return LKS_BODY_NAME | (uint64_t)index << LKS_BODY_BLOCK_BITS | offset;
  }
  return address;
}

uintptr_t lks_bodyAddress(const LKSBody *body, uint64_t name) {
  uint32_t index = name >> LKS_BODY_BLOCK_BITS & 0xff;
  return index < body->blockCount ? body->blocks[index].start + (uint32_t)name : 0;
}

// MARK: Jobs from outside

/// The tasks that are or were bodies of executions, and have not come to their ends: to tell whose a job
/// is that comes from outside. One whose end was not seen leaves its address to another task, but not its
/// number.
#define LKS_MAXIMUM_BODIES 4096
static struct {
  _Atomic(void *) task;
  _Atomic uint32_t number;
  _Atomic(LKSExploration *) exploration;
} bodies[LKS_MAXIMUM_BODIES];
static _Atomic int bodyLimit;

/// The number that a task has from its making, and none of the next 2^32 tasks (swift/ABI/Task.h).
static uint32_t numberOf(const void *task) {
  uint32_t number;
  memcpy(&number, (const char *)task + 0x24, sizeof number);
  return number;
}

void lks_takeBody(LKSExploration *exploration) {
  atomic_store(&exploration->resumedFromOutside, false);
  exploration->bodyPlace = -1;
  exploration->taskBody.job.function = NULL;
  exploration->taskBody.span = 0;
  if (!captured.job.function) return;
  exploration->taskBody = lks_releaseBody();
  void *task = exploration->taskBody.job.context;
  for (int index = 0; index < LKS_MAXIMUM_BODIES; index++) {
    void *none = NULL;
    if (!atomic_compare_exchange_strong(&bodies[index].task, &none, task)) continue;
    atomic_store(&bodies[index].number, numberOf(task));
    atomic_store(&bodies[index].exploration, exploration);
    exploration->bodyPlace = index;
    int limit = atomic_load(&bodyLimit);
    while (limit <= index && !atomic_compare_exchange_weak(&bodyLimit, &limit, index + 1)) {
    }
    return;
  }
}

/// Milliseconds that are waited, once, for somebody outside to resume a body that nobody else will.
#define LKS_OUTSIDE_PATIENCE 200

static void waitForOutside(LKSExploration *exploration) {
  if (exploration->bodyPlace < 0 || exploration->hasWaitedForOutside ||
      exploration->ending != LKS_COMPLETED)
    return;
  exploration->hasWaitedForOutside = true;
  const struct timespec millisecond = {0, 1000000};
  for (int count = 0; count < LKS_OUTSIDE_PATIENCE; count++) {
    if (atomic_load(&exploration->resumedFromOutside)) return;
    LKS_REAL(nanosleep)(&millisecond, NULL);
  }
}

void lks_leaveBody(LKSExploration *exploration) {
  waitForOutside(exploration);
  if (atomic_load(&exploration->resumedFromOutside))
    lks_uncontrolled(exploration, "a task that something outside the exploration resumes");
  // One that was left suspended may yet be resumed by somebody, when nobody is there to go on with it.
  if (exploration->bodyPlace >= 0)
    atomic_store(&bodies[exploration->bodyPlace].exploration, NULL);
}

void lks_endBodyTask(LKSExploration *exploration) {
  if (exploration->bodyPlace >= 0)
    atomic_store(&bodies[exploration->bodyPlace].task, NULL);
  exploration->bodyPlace = -1;
}

bool lks_isJobOfExecution(void *job) {
  LKSExploration *owner = NULL;
  bool isOurs = lks_isInRegion((uintptr_t)job);
  if (isOurs) {
    LKSThread *thread = lks_arenaOwner((uintptr_t)job);
    owner = thread ? thread->exploration : NULL;
  }
  for (int index = 0; index < atomic_load(&bodyLimit) && !isOurs; index++) {
    isOurs = atomic_load(&bodies[index].task) == job &&
             atomic_load(&bodies[index].number) == numberOf(job);
    if (isOurs) owner = atomic_load(&bodies[index].exploration);
  }
  if (owner) atomic_store(&owner->resumedFromOutside, true);
  return isOurs;
}
