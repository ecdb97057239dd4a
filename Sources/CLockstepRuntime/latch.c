/// Latches. To do what others wait for is no step of its own, as the end of a thread is none: it
/// belongs to the step before. To wait is one, possible once it is done.
#include <stdlib.h>

#include "runtime.h"

static uint32_t append(LKSExploration *exploration, LKSLatch latch) {
  if (exploration->latchCount == exploration->latchCapacity) {
    uint32_t capacity = exploration->latchCapacity ? exploration->latchCapacity * 2 : 64;
    LKSThread *self = lks_current;
    if (self) self->inRuntime++;
    LKSLatch *grown = realloc(exploration->latches, capacity * sizeof(LKSLatch));
    if (self) self->inRuntime--;
    if (!grown) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    exploration->latches = grown;
    exploration->latchCapacity = capacity;
  }
  exploration->latches[exploration->latchCount] = latch;
  return exploration->latchCount++;
}

uint32_t lks_newLatch(LKSThread *maker, uintptr_t owner, uint8_t holder) {
  uint64_t object = lks_threadObject(0) | (uint64_t)maker->index << 40 |
                    (uint64_t)++maker->latchCount << 8;
  return append(
      maker->exploration, (LKSLatch){.object = object, .owner = owner, .holder = holder});
}

/// Set in a gate's name, the rest of which is its owner's.
#define LKS_GATE (1ull << 57)

uint32_t lks_newGate(LKSExploration *exploration, uintptr_t owner) {
  uint64_t object = lks_objectName(exploration, owner) | LKS_GATE;
  return append(
      exploration, (LKSLatch){.object = object, .owner = owner, .holder = LKS_NOBODY});
}

void lks_completeLatch(LKSThread *thread, uint32_t index) {
  LKSLatch *latch = &thread->exploration->latches[index];
  if (latch->isDone) return;
  latch->isDone = true;
  lks_annotate(thread, LKS_COMPLETE, latch->object, 0, 0);
  lks_publish(thread, latch->object);
}

static bool isDone(LKSThread *thread) {
  return thread->exploration->latches[thread->pending.address].isDone;
}

void lks_awaitLatch(LKSThread *thread, uint32_t index, uintptr_t programCounter) {
  lks_settleExternal(thread);
  LKSPending *pending = lks_prepare(thread, LKS_AWAIT, index, 1, programCounter);
  pending->object = thread->exploration->latches[index].object;
  pending->ready = isDone;
  lks_step(thread);
  lks_learn(thread, thread->exploration->latches[index].object);
}

const LKSLatch *lks_latchNamed(const LKSExploration *exploration, uint64_t object) {
  for (uint32_t index = 0; index < exploration->latchCount; index++)
    if (exploration->latches[index].object == object) return &exploration->latches[index];
  return NULL;
}
