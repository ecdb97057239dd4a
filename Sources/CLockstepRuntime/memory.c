/// Which accesses to memory are steps: those to bytes that two threads touch, one of them writing,
/// in no order that creation and join of threads give by themselves.
///
/// What is known to be shared only grows. Whenever it does, the executions so far had too few
/// steps, and the exploration begins anew (`lks_sharedGrew`).
#include "runtime.h"

static bool knows(const LKSThread *thread, uint8_t other, uint32_t segment) {
  return other == thread->index + 1 || thread->segments[other - 1] >= segment;
}

/// Notes an access to eight bytes; true if it is a step.
static bool touch(LKSThread *thread, uint64_t name, bool writes) {
  LKSExploration *exploration = thread->exploration;
  LKSCell *cell = lks_tableFind(&exploration->cells, (name >> 3) + 1, true);
  if (LKS_UNLIKELY(!cell)) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (cell->isShared) return true;
  uint32_t segment = thread->segments[thread->index];
  uint8_t self = thread->index + 1;
  if (cell->stamp != exploration->stamp) {
    cell->stamp = exploration->stamp;
    cell->writer = cell->reader = 0;
    cell->manyReaders = false;
  }
  bool clashes = cell->writer && !knows(thread, cell->writer, cell->writerSegment);
  if (writes && !clashes && cell->reader)
    clashes = cell->manyReaders || !knows(thread, cell->reader, cell->readerSegment);
  if (LKS_UNLIKELY(clashes)) {
    cell->isShared = true;
    exploration->grew = true;
    return true;
  }
  if (writes) {
    cell->writer = self;
    cell->writerSegment = segment;
    cell->reader = 0;
    cell->manyReaders = false;
  } else {
    cell->manyReaders |= cell->reader && !knows(thread, cell->reader, cell->readerSegment);
    cell->reader = self;
    cell->readerSegment = segment;
  }
  return false;
}

static bool touchAll(LKSThread *thread, uintptr_t address, size_t size, bool writes) {
  uint64_t name = lks_objectName(thread->exploration, address);
  bool isStep = false;
  for (uint64_t cell = name & ~7ull; cell < name + size; cell += 8)
    isStep |= touch(thread, cell, writes);
  return isStep;
}

static bool reads(LKSKind kind) { return kind == LKS_READ; }

void lks_access(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter) {
  if (LKS_UNLIKELY(thread->externalAddress))
    lks_meetAccess(thread, address, (uint32_t)size, !reads(kind), programCounter);
  if (!touchAll(thread, address, size, !reads(kind))) {
    lks_noteQuietAccess(thread, programCounter);
    return;
  }
  LKSPending *pending = lks_prepare(thread, kind, address, (uint32_t)size, programCounter);
  if (thread->raceIgnored) pending->flags |= LKS_RACE_IGNORED;
  lks_step(thread);
  if (LKS_UNLIKELY(thread->externalAddress)) lks_resumeExternal(thread);
}

void lks_atomicAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, LKSOrder order,
    const uint64_t *expected, uintptr_t programCounter) {
  if (LKS_UNLIKELY(thread->externalAddress))
    lks_meetAccess(thread, address, (uint32_t)size, !reads(kind), programCounter);
  if (!touchAll(thread, address, size, !reads(kind))) {
    lks_noteQuietAccess(thread, programCounter);
    return;
  }
  LKSPending *pending = lks_prepare(thread, kind, address, (uint32_t)size, programCounter);
  pending->order = (uint8_t)order;
  if (expected) {
    pending->comparesAndSwaps = true;
    pending->expected = *expected;
  }
  lks_step(thread);
}
