/// Which accesses to memory are steps: those to bytes that two threads touch, one of them writing,
/// in no order that creation and join of threads give by themselves.
///
/// What is known to be shared only grows. Whenever it does, the executions so far had too few
/// steps, and the exploration begins anew (`lks_sharedGrew`).
#include <sys/mman.h>

#include "runtime.h"
#include "spin.h"

/// Whether a moment is one of this execution that a thread does not know of by the creation and join of
/// threads.
static bool isUnknown(const LKSThread *thread, LKSMoment moment) {
  if (lks_stampOf(moment) != thread->exploration->stamp) return false;
  uint32_t other = lks_threadOf(moment);
  return other != thread->index && thread->segments[other] < lks_segmentOf(moment);
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

/// The cell of the word at an address, made if it is new; without that, NULL where there is none.
static inline LKSCell *findCell(LKSExploration *exploration, uintptr_t address, bool insert) {
  LKSCell *near = lks_nearCell(exploration, address);
  if (LKS_LIKELY(near)) return near;
  uint64_t name = lks_objectName(exploration, address);
  LKSFarCell *far = lks_tableFind(&exploration->cells, (name >> 3) + 1, insert);
  if (LKS_UNLIKELY(!far && insert)) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  return far ? &far->cell : NULL;
}

static inline LKSCell *cellOf(LKSExploration *exploration, uintptr_t address) {
  return findCell(exploration, address, true);
}

static bool isFreed(const LKSExploration *exploration, const LKSCell *cell) {
  return lks_stampOf(cell->read) == exploration->stamp &&
         lks_segmentOf(cell->read) == LKS_FREED_SEGMENT;
}

/// Notes an access to a cell by which others may be met; true if it is a step.
static bool meet(LKSThread *thread, LKSCell *cell, uintptr_t address, bool writes) {
  if (LKS_UNLIKELY(isFreed(thread->exploration, cell))) {
    // Had it come before the free, the two would have met.
    bool isOthers = lks_threadOf(cell->read) != thread->index;
    if (isOthers && lks_learns(thread->exploration)) cell->write = LKS_SHARED_WORD;
    return true;
  }
  bool isReadNow = lks_stampOf(cell->read) == thread->exploration->stamp;
  bool areManyUnknown =
      isReadNow && (cell->read & LKS_MANY_READERS || isUnknown(thread, cell->read));
  bool clashes = isUnknown(thread, cell->write) || (writes && areManyUnknown);
  if (LKS_UNLIKELY(clashes) && !lks_isCacheOfSwift(address) && lks_learns(thread->exploration)) {
    cell->write = LKS_SHARED_WORD;
    return true;
  }
  if (writes) {
    cell->write = thread->moment;
    cell->read = 0;
  } else {
    cell->read = thread->moment | (areManyUnknown ? LKS_MANY_READERS : 0);
  }
  return false;
}

/// Notes an access to eight bytes; true if it is a step.
static inline bool touch(LKSThread *thread, uintptr_t address, bool writes) {
  LKSCell *cell = cellOf(thread->exploration, address);
  if (cell->write == LKS_SHARED_WORD) return true;
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

// MARK: Memory that is given back

bool lks_touchFreed(LKSThread *thread, uintptr_t block, size_t size) {
  bool isStep = false;
  for (uintptr_t word = block; word < block + size; word += 8) {
    LKSCell *cell = findCell(thread->exploration, word, false);
    if (cell) isStep |= cell->write == LKS_SHARED_WORD || meet(thread, cell, word, true);
  }
  return isStep;
}

void lks_markFreed(LKSThread *thread, uintptr_t block, size_t size) {
  LKSExploration *exploration = thread->exploration;
  exploration->hasFreed = true;
  for (uintptr_t word = block; word < block + size; word += 8) {
    LKSCell *cell = findCell(exploration, word, false);
    if (!cell) continue;
    if (cell->write != LKS_SHARED_WORD) cell->write = 0;
    cell->read = lks_moment(exploration->stamp, LKS_FREED_SEGMENT, thread->index);
  }
}

/// After the step of an access: one to memory that was freed ends the execution.
static inline void meetFreed(LKSThread *thread, uintptr_t address, uintptr_t programCounter) {
  LKSExploration *exploration = thread->exploration;
  if (LKS_LIKELY(!exploration->hasFreed)) return;
  const LKSCell *cell = findCell(exploration, address & ~(uintptr_t)7, false);
  if (cell && isFreed(exploration, cell))
    lks_misuse(thread, LKS_USED_AFTER_FREE, address, programCounter);
}

// MARK: Accesses

static bool reads(LKSKind kind) { return kind == LKS_READ; }

bool lks_isKnownShared(LKSExploration *exploration, uintptr_t address) {
  return cellOf(exploration, address & ~(uintptr_t)7)->write == LKS_SHARED_WORD;
}

void lks_markShared(LKSThread *thread, uintptr_t address) {
  LKSCell *cell = cellOf(thread->exploration, address & ~(uintptr_t)7);
  if (cell->write != LKS_SHARED_WORD && lks_learns(thread->exploration))
    cell->write = LKS_SHARED_WORD;
}

uint64_t lks_quietHash(LKSThread *thread) {
  uintptr_t end = thread->quietAddress + (thread->quietAddress ? thread->quietSize : 0);
  for (uintptr_t word = thread->quietAddress; word < end; word += 8) {
    uint64_t value = 0;
    lks_peekIfThere(word, end - word < 8 ? (uint32_t)(end - word) : 8, &value);
    thread->quietHash = lks_mixed(thread->quietHash, value);
  }
  thread->quietAddress = 0;
  return thread->quietHash;
}

/// Notes a write whose value is there once the thread does something else.
static void noteQuietWrite(LKSThread *thread, uintptr_t address, size_t size) {
  thread->quietHash =
      lks_mixed(lks_quietHash(thread), lks_objectName(thread->exploration, address));
  thread->quietAddress = address;
  thread->quietSize = (uint32_t)size;
}

/// Notes an access that is no step; a thread that makes too many in a row may wait for another.
static void noteQuietAccess(
    LKSThread *thread, uintptr_t address, size_t size, bool reads, uintptr_t programCounter) {
  // What a thread writes elsewhere than on its stack is not part of the state that spin.c compares.
  // Above the stack's bottom frame lie variables that are the thread's own.
  if (!reads && (address < (uintptr_t)thread->stackLow || address >= thread->bottomFrame)) {
    thread->lookCount = 0;
    if (LKS_UNLIKELY(thread->exploration->plan.endsAtRound))
      lks_noteWritten(thread->exploration, address, size);
    // What comes of what it keeps on its stack shows elsewhere.
    if (LKS_UNLIKELY(thread->exploration->plan.detailed))
      noteQuietWrite(thread, address, size);
  }
  if (LKS_UNLIKELY(++thread->quietAccesses >= thread->quietLimit))
    lks_meetQuietLimit(thread, address, reads, programCounter);
}

void lks_meetMemory(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter) {
  if (LKS_UNLIKELY(thread->externalAddress))
    lks_meetAccess(thread, address, (uint32_t)size, !reads(kind), programCounter);
  if (!touchAll(thread, address, size, !reads(kind))) {
    noteQuietAccess(thread, address, size, reads(kind), programCounter);
    return;
  }
  LKSPending *pending = lks_prepare(thread, kind, address, (uint32_t)size, programCounter);
  if (thread->raceIgnored) pending->flags |= LKS_RACE_IGNORED;
  lks_step(thread);
  meetFreed(thread, address, programCounter);
  if (LKS_UNLIKELY(thread->externalAddress)) lks_resumeExternal(thread);
}

/// Remembers what a thread reads of an atomic variable, and tells in its next write to it whether that
/// is still there: what others stored meanwhile, nobody can lose.
static void compareLooks(LKSThread *thread, uintptr_t address, uint32_t size, LKSKind kind) {
  LKSExploration *exploration = thread->exploration;
  uint64_t object = thread->pending.object;
  LKSEvent *event = &exploration->trace[exploration->traceCount - 1];
  if (size > 8 || event->thread != thread->index || event->object != object) return;
  uint64_t value = lks_peek(address, size);
  typeof(thread->atomicLooks[0]) *look = &thread->atomicLooks[(object >> 2) % LKS_ATOMIC_LOOKS];
  bool isThis = look->object == object && look->stamp == exploration->stamp && look->size == size;
  if (kind == LKS_READ) {
    look->object = object;
    look->value = value;
    look->stamp = exploration->stamp;
    look->size = size;
  } else if (isThis) {
    if (kind == LKS_WRITE && look->value == value) event->flags |= LKS_FINDS_THE_SAME;
    look->stamp = 0;
  }
}

void lks_atomicAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, LKSOrder order,
    LKSCondition condition, uint64_t operand, uintptr_t programCounter) {
  if (LKS_UNLIKELY(thread->externalAddress))
    lks_meetAccess(thread, address, (uint32_t)size, !reads(kind), programCounter);
  if (!touchAll(thread, address, size, !reads(kind))) {
    noteQuietAccess(thread, address, size, reads(kind), programCounter);
    return;
  }
  LKSPending *pending = lks_prepare(thread, kind, address, (uint32_t)size, programCounter);
  pending->order = (uint8_t)order;
  if (size <= 8) {
    pending->condition = (uint8_t)condition;
    pending->expected = operand;
  }
  lks_step(thread);
  meetFreed(thread, address, programCounter);
  compareLooks(thread, address, (uint32_t)size, kind);
}
