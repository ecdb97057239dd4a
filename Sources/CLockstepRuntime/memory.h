/// Accesses to memory, and which of them are steps: see memory.c and external.c.
#ifndef LKS_MEMORY_H
#define LKS_MEMORY_H

#include "compiler.h"
#include "region.h"
#include "table.h"

/// Who touched eight bytes of memory in this execution, and whether two threads ever did.
typedef struct LKSCell {
  uint32_t stamp;
  uint16_t writerSegment;
  uint16_t readerSegment;
  /// Threads plus one; zero is none.
  uint8_t writer;
  uint8_t reader;
  bool manyReaders;
  /// Kept from one execution to the next.
  bool isShared;
} LKSCell;

/// A cell of a word that is not near.
typedef struct LKSFarCell {
  uint64_t key;
  LKSCell cell;
} LKSFarCell;

/// Words at the beginning of an arena, and at the bottom of a stack, whose cells need no look-up.
#define LKS_NEAR_WORDS 4096
/// Cells of one thread: those of its arena, those of its stack, and a gap (see LKS_STAGGER).
#define LKS_NEAR_STRIDE (LKS_NEAR_WORDS * 2 + LKS_STAGGER / sizeof(LKSCell))

/// The cell of the word at an address, where it is near; NULL elsewhere.
static inline LKSCell *lks_nearCell(const LKSExploration *exploration, uintptr_t address) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (LKS_LIKELY(offset < LKS_ARENAS_SIZE)) {
    uint64_t thread = offset >> LKS_ARENA_BITS;
    uintptr_t word = (address - exploration->arenaFloors[thread]) >> 3;
    if (LKS_LIKELY(word < LKS_NEAR_WORDS))
      return exploration->nearCells + thread * LKS_NEAR_STRIDE + word;
  } else if (offset < LKS_REGION_SIZE) {
    uint64_t thread = (offset - LKS_ARENAS_SIZE) / LKS_STACK_SIZE;
    uintptr_t top = LKS_STACK_SIZE - thread * LKS_STAGGER;
    uintptr_t word = (top - 1 - (offset - LKS_ARENAS_SIZE) % LKS_STACK_SIZE) >> 3;
    if (LKS_LIKELY(word < LKS_NEAR_WORDS))
      return exploration->nearCells + thread * LKS_NEAR_STRIDE + LKS_NEAR_WORDS + word;
  }
  return NULL;
}

/// Whether an access only repeats what its thread did last with the word: then it is no step, and
/// there is nothing to learn from it.
static inline bool lks_repeatsAccess(const LKSThread *thread, const LKSCell *cell, bool writes) {
  uint8_t self = thread->index + 1;
  uint16_t segment = (uint16_t)thread->segments[thread->index];
  if (cell->isShared || cell->stamp != thread->exploration->stamp) return false;
  return writes ? cell->writer == self && cell->writerSegment == segment && !cell->reader
                : cell->reader == self && cell->readerSegment == segment;
}

/// Makes room for the cells; false when there is none.
bool lks_cellsCreate(LKSExploration *exploration);
void lks_cellsDestroy(LKSExploration *exploration);

/// A place in the code of which something was learned: where a formal access is opened, or where
/// the fast path of a `Mutex` was inlined.
typedef struct LKSSite {
  uint64_t key;
  /// The lock is only tried: who finds it taken gives up.
  bool isTryLock;
  /// What happens in the access is not instrumented: it is a step of its own.
  bool isOpaque;
  /// A look that a thread came back to in the same state.
  bool isSpin;
  uint8_t roundsThatDiffer;
  /// Bytes of the variable that it accesses.
  uint32_t extent;
} LKSSite;

/// Whether a word is known to be shared.
bool lks_isKnownShared(LKSExploration *exploration, uintptr_t address);
/// Takes a word for shared, since somebody waits for it to change.
void lks_markShared(LKSThread *thread, uintptr_t address);
void lks_access(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter);
/// The same of memory that is known to be shared.
void lks_stepAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter);
/// An atomic access; returns once it may be carried out.
void lks_atomicAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, LKSOrder order,
    const uint64_t *expected, uintptr_t programCounter);
/// Announces the formal access left open, if it turned out to be a step of its own.
void lks_settleExternal(LKSThread *thread);
/// Goes on with an open access after a step, in which others may have written there.
void lks_resumeExternal(LKSThread *thread);
/// Meets an instrumented access while a formal one is open: is it what was opened?
void lks_meetAccess(
    LKSThread *thread, uintptr_t address, uint32_t size, bool writes, uintptr_t programCounter);

#endif
