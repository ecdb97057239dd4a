/// Accesses to memory, and which of them are steps: see memory.c and external.c.
#ifndef LKS_MEMORY_H
#define LKS_MEMORY_H

#include "compiler.h"
#include "region.h"
#include "table.h"

/// A thread's access in one of its segments, in one execution: from the top, the execution's stamp in 32
/// bits, the segment in 24, a flag, and the thread plus one in seven. Zero is none.
typedef uint64_t LKSMoment;

#define LKS_SEGMENT_BITS 24
/// Of a moment at which a word was read: others read it before, and not all of them are known to it.
#define LKS_MANY_READERS (1ull << 7)
/// In place of the moment at which a word was written: two threads touch it.
#define LKS_SHARED_WORD UINT64_MAX
/// Segment of the moment at which a word was freed, in place of that at which it was read: no thread
/// gets that far.
#define LKS_FREED_SEGMENT ((1u << LKS_SEGMENT_BITS) - 1)

static inline LKSMoment lks_moment(uint32_t stamp, uint32_t segment, uint8_t thread) {
  return (LKSMoment)stamp << 32 | (LKSMoment)segment << 8 | (thread + 1u);
}
static inline uint32_t lks_stampOf(LKSMoment moment) { return (uint32_t)(moment >> 32); }
static inline uint32_t lks_segmentOf(LKSMoment moment) { return (uint32_t)moment >> 8; }
static inline uint32_t lks_threadOf(LKSMoment moment) { return (moment & 0x7f) - 1u; }

/// What a thread does from now on is not known to those who knew all that it did so far.
static inline void lks_beginSegment(LKSThread *thread, uint32_t segment) {
  thread->segments[thread->index] = segment;
  thread->moment = lks_moment(thread->exploration->stamp, segment, thread->index);
}

/// Who touched eight bytes of memory.
typedef struct LKSCell {
  /// When they were last written, or that they are shared, which is kept from one execution to the next.
  LKSMoment write;
  /// When they were last read since, or freed. Of a shared word, only when it was freed.
  LKSMoment read;
} LKSCell;

/// A cell of a word that is not near.
typedef struct LKSFarCell {
  uint64_t key;
  LKSCell cell;
} LKSFarCell;

/// Words at the beginning of an arena, and at the bottom of a stack, whose cells need no look-up.
#define LKS_NEAR_WORDS (LKS_STACK_SIZE / 8)
/// Cells of one thread: those of its arena, those of its stack, and a gap (see LKS_STAGGER).
#define LKS_NEAR_STRIDE (LKS_NEAR_WORDS * 2 + LKS_STAGGER / sizeof(LKSCell))

/// The cell of the word at an address, where it is near; NULL elsewhere.
static inline LKSCell *lks_nearCell(const LKSExploration *exploration, uintptr_t address) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (offset - LKS_ARENAS_SIZE < LKS_REGION_SIZE - LKS_ARENAS_SIZE) {
    offset -= LKS_ARENAS_SIZE;
    uint64_t thread = offset / LKS_STACK_SIZE;
    return exploration->nearCells + thread * LKS_NEAR_STRIDE + LKS_NEAR_WORDS +
           (offset & (LKS_STACK_SIZE - 1)) / 8;
  }
  if (LKS_LIKELY(offset < LKS_ARENAS_SIZE)) {
    uint64_t thread = offset >> LKS_ARENA_BITS;
    // Counted from the floor, as names are.
    uintptr_t word = (address - exploration->arenaFloors[thread]) >> 3;
    if (LKS_LIKELY(word < LKS_NEAR_WORDS))
      return exploration->nearCells + thread * LKS_NEAR_STRIDE + word;
  }
  return NULL;
}

/// Whether an access only repeats what its thread did last with the word: then it is no step, and
/// there is nothing to learn from it. Who wrote a word need not be known to have read it, too.
static inline bool lks_repeatsAccess(const LKSThread *thread, const LKSCell *cell, bool writes) {
  if (cell->write == thread->moment) return !writes || !cell->read;
  return !writes && cell->read == thread->moment && cell->write != LKS_SHARED_WORD;
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
/// Notes that a block is about to be freed, whose words are those of `lks_access`; true if that is a
/// step. Words that nobody has touched and that are not near are left out.
bool lks_touchFreed(LKSThread *thread, uintptr_t block, size_t size);
/// It is freed from here on: to touch it is an error.
void lks_markFreed(LKSThread *thread, uintptr_t block, size_t size);
/// Notes an access to memory that may be a step; returns once it may be carried out.
void lks_meetMemory(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter);
/// An atomic access; returns once it may be carried out. One of more than eight bytes has no condition.
void lks_atomicAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, LKSOrder order,
    LKSCondition condition, uint64_t operand, uintptr_t programCounter);
/// Announces the formal access left open, if it turned out to be a step of its own.
void lks_settleExternal(LKSThread *thread);
/// The same before a step on objects of the program's own: Swift passes a lock that is a variable by a formal
/// access of it, and what is done with it is the step. `other` may be 0.
void lks_settleBefore(LKSThread *thread, uintptr_t object, uintptr_t other);
/// Goes on with an open access after a step, in which others may have written there.
void lks_resumeExternal(LKSThread *thread);
/// Meets an instrumented access while a formal one is open: is it what was opened?
void lks_meetAccess(
    LKSThread *thread, uintptr_t address, uint32_t size, bool writes, uintptr_t programCounter);

/// The compiler's numbers of memory orders are C11's.
static inline LKSOrder lks_orderOf(int order) {
  switch (order & 0x7fff) {
  case __ATOMIC_RELAXED: return LKS_ORDER_RELAXED;
  case __ATOMIC_CONSUME: return LKS_ORDER_CONSUME;
  case __ATOMIC_ACQUIRE: return LKS_ORDER_ACQUIRE;
  case __ATOMIC_RELEASE: return LKS_ORDER_RELEASE;
  case __ATOMIC_ACQ_REL: return LKS_ORDER_ACQUIRE_RELEASE;
  default: return LKS_ORDER_SEQUENTIALLY_CONSISTENT;
  }
}

/// Whether an access is only one more that is no step: of one near word, as its thread had it last, and
/// with nothing that watches the thread's accesses. Nearly all are.
static inline bool lks_isUneventful(
    const LKSThread *thread, uintptr_t address, size_t size, bool writes) {
  const LKSCell *cell = lks_nearCell(thread->exploration, address);
  return cell && (address & 7) + size <= 8 && !thread->externalAddress && !thread->lookCount &&
         thread->quietAccesses + 1 < thread->quietLimit && lks_repeatsAccess(thread, cell, writes);
}

/// Notes an access to memory; returns once it may be carried out.
static inline void lks_access(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter) {
  if (LKS_LIKELY(lks_isUneventful(thread, address, size, kind != LKS_READ)))
    thread->quietAccesses++;
  else
    lks_meetMemory(thread, address, size, kind, programCounter);
}

/// Reads bytes for a function that uses them after a further access; returns where they are, as they were at
/// this one, until `lks_forgetKeptBytes`.
static inline const void *lks_readBytes(
    LKSThread *thread, const void *bytes, size_t size, uintptr_t programCounter) {
  uint64_t latestStep = thread->latestStep;
  lks_access(thread, (uintptr_t)bytes, size, LKS_READ, programCounter);
  if (LKS_LIKELY(thread->latestStep == latestStep)) return bytes;
  size_t before = thread->kept.size;
  lks_keepBytes(thread, bytes, size);
  return thread->kept.bytes + before;
}

#endif
