/// Which accesses to memory are steps: those to bytes that two threads touch, one of them writing,
/// in no order that creation and join of threads give by themselves.
///
/// What is known to be shared only grows. Whenever it does, the executions so far had too few
/// steps, and the exploration begins anew (`lks_sharedGrew`).
#include <sys/mman.h>

#include "runtime.h"

static bool knows(const LKSThread *thread, uint8_t other, uint16_t segment) {
  return other == thread->index + 1 || thread->segments[other - 1] >= segment;
}

#define LKS_NEAR_SIZE (sizeof(LKSCell) * LKS_NEAR_STRIDE * LKS_MAXIMUM_THREADS)

bool lks_cellsCreate(LKSExploration *exploration) {
  exploration->cells.entrySize = sizeof(LKSFarCell);
  exploration->cells.memory = exploration->shared;
  if (exploration->shared) {
    exploration->nearCells = lks_sharedAllocate(exploration->shared, LKS_NEAR_SIZE);
    return exploration->nearCells;
  }
  void *memory = mmap(NULL, LKS_NEAR_SIZE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  exploration->nearCells = memory == MAP_FAILED ? NULL : memory;
  return exploration->nearCells;
}

void lks_cellsDestroy(LKSExploration *exploration) {
  lks_tableFree(&exploration->cells);
  if (exploration->nearCells) munmap(exploration->nearCells, LKS_NEAR_SIZE);
}

void lks_forgetShared(LKSExploration *exploration) {
  LKSTable *cells = &exploration->cells;
  if (cells->entries) memset(cells->entries, 0, cells->capacity * cells->entrySize);
  cells->count = 0;
  madvise(exploration->nearCells, LKS_NEAR_SIZE,
          exploration->shared ? MADV_REMOVE : MADV_DONTNEED);
}

/// The cell of the word at an address.
static inline LKSCell *cellOf(LKSExploration *exploration, uintptr_t address) {
  LKSCell *near = lks_nearCell(exploration, address);
  if (LKS_LIKELY(near)) return near;
  uint64_t name = lks_objectName(exploration, address);
  LKSFarCell *far = lks_tableFind(&exploration->cells, (name >> 3) + 1, true);
  if (LKS_UNLIKELY(!far)) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  return &far->cell;
}

/// Notes an access to a cell by which others may be met; true if it is a step.
static bool meet(LKSThread *thread, LKSCell *cell, uintptr_t address, bool writes) {
  LKSExploration *exploration = thread->exploration;
  uint16_t segment = (uint16_t)thread->segments[thread->index];
  uint8_t self = thread->index + 1;
  if (cell->stamp != exploration->stamp) {
    cell->stamp = exploration->stamp;
    cell->writer = cell->reader = 0;
    cell->manyReaders = false;
  }
  bool clashes = cell->writer && !knows(thread, cell->writer, cell->writerSegment);
  if (writes && !clashes && cell->reader)
    clashes = cell->manyReaders || !knows(thread, cell->reader, cell->readerSegment);
  if (LKS_UNLIKELY(clashes) && !lks_isCacheOfSwift(address) && lks_learns(exploration)) {
    cell->isShared = true;
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

/// Notes an access to eight bytes; true if it is a step.
static inline bool touch(LKSThread *thread, uintptr_t address, bool writes) {
  LKSCell *cell = cellOf(thread->exploration, address);
  if (cell->isShared) return true;
  if (lks_repeatsAccess(thread, cell, writes)) return false;
  return meet(thread, cell, address, writes);
}

static inline bool touchAll(LKSThread *thread, uintptr_t address, size_t size, bool writes) {
  // Words of memory are words of names: arenas, stacks and what is left are aligned alike.
  uintptr_t word = address & ~(uintptr_t)7;
  bool isStep = touch(thread, word, writes);
  while (LKS_UNLIKELY((word += 8) < address + size)) isStep |= touch(thread, word, writes);
  return isStep;
}

static bool reads(LKSKind kind) { return kind == LKS_READ; }

bool lks_isKnownShared(LKSExploration *exploration, uintptr_t address) {
  return cellOf(exploration, address & ~(uintptr_t)7)->isShared;
}

void lks_markShared(LKSThread *thread, uintptr_t address) {
  LKSCell *cell = cellOf(thread->exploration, address & ~(uintptr_t)7);
  if (!cell->isShared && lks_learns(thread->exploration)) cell->isShared = true;
}

void lks_access(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter) {
  if (LKS_UNLIKELY(thread->externalAddress))
    lks_meetAccess(thread, address, (uint32_t)size, !reads(kind), programCounter);
  if (!touchAll(thread, address, size, !reads(kind))) {
    lks_noteQuietAccess(thread, address, reads(kind), programCounter);
    return;
  }
  lks_stepAccess(thread, address, size, kind, programCounter);
  if (LKS_UNLIKELY(thread->externalAddress)) lks_resumeExternal(thread);
}

void lks_stepAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter) {
  LKSPending *pending = lks_prepare(thread, kind, address, (uint32_t)size, programCounter);
  if (thread->raceIgnored) pending->flags |= LKS_RACE_IGNORED;
  lks_step(thread);
}

void lks_atomicAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, LKSOrder order,
    const uint64_t *expected, uintptr_t programCounter) {
  if (LKS_UNLIKELY(thread->externalAddress))
    lks_meetAccess(thread, address, (uint32_t)size, !reads(kind), programCounter);
  if (!touchAll(thread, address, size, !reads(kind))) {
    lks_noteQuietAccess(thread, address, reads(kind), programCounter);
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
