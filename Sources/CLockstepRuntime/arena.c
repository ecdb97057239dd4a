/// Allocation. A controlled thread takes its memory from an arena of its own, from the same place
/// in every execution, and nothing that is freed is handed out again before the execution ends: so
/// an address stands for one object, and has the same name in every execution.
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "runtime.h"

/// State of a block, in the sixteen bytes before it.
typedef struct LKSBlockHeader {
  uint64_t size;
  uint32_t state;
  uint32_t thread;
} LKSBlockHeader;

enum { LKS_BLOCK_LIVE = 0xa110c8ed, LKS_BLOCK_FREED = 0xf2eedead, LKS_BLOCK_GAP = 0x6a90000 };

/// Above this, memory that an execution used is given back to the system.
#define LKS_KEPT_BYTES (16u << 20)
/// Freed blocks of at least this size are given back where they cannot be handed out again.
#define LKS_RETURNED_BYTES (64u << 10)
/// Part of an arena that executions may leave behind at most.
#define LKS_LEFT_BEHIND (LKS_ARENA_SIZE / 4 * 3)

static inline LKSBlockHeader *headerOf(const void *block) { return (LKSBlockHeader *)block - 1; }

/// Where what comes behind a block begins.
static inline uint8_t *endOf(const LKSBlockHeader *header) {
  return (uint8_t *)(header + 1) + ((header->size + 15) & ~(uint64_t)15);
}

/// Fills what lies between two places, if anything does.
static inline void fillGap(uint8_t *from, const uint8_t *to) {
  if (from != to)
    *(LKSBlockHeader *)from =
        (LKSBlockHeader){(uint64_t)(to - from) - sizeof(LKSBlockHeader), LKS_BLOCK_GAP, 0};
}

/// An allocation does not fit. If only what earlier executions left behind is in its way, the execution
/// ends here: elsewhere the memory would have another name in each.
static void meetArenaEnd(LKSThread *thread, size_t needed) {
  size_t used = (size_t)(thread->arenaTop - thread->arenaFloor);
  if (used + needed <= (size_t)(thread->arenaEnd - thread->arenaBase)) {
    thread->exploration->isMemoryUsedUp = true;
    lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  }
  lks_uncontrolled(thread->exploration, "more memory in one thread than its arena holds");
}

static void *allocate(LKSThread *thread, size_t size, size_t alignment) {
  if (size > LKS_ARENA_SIZE) return NULL;
  LKSExploration *exploration = thread->exploration;
  // Where memory is limited, the system says when it is used up.
  if (LKS_UNLIKELY(exploration->memoryLimit)) {
    if (exploration->allocated + size > exploration->memoryLimit) return NULL;
    exploration->allocated += size;
  }
  uint8_t *top = thread->arenaTop;
  uintptr_t block = ((uintptr_t)top + sizeof(LKSBlockHeader) + alignment - 1) & ~(alignment - 1);
  size_t rounded = (size + 15) & ~(size_t)15;
  if (LKS_UNLIKELY(block + rounded > (uintptr_t)thread->arenaEnd)) {
    meetArenaEnd(thread, block + rounded - (uintptr_t)top);
    return NULL;
  }
  if (LKS_UNLIKELY(alignment > thread->arenaAlignment)) thread->arenaAlignment = alignment;
  uint8_t *header = (uint8_t *)headerOf((void *)block);
  fillGap(top, header);
  *(LKSBlockHeader *)header = (LKSBlockHeader){size, LKS_BLOCK_LIVE, thread->index};
  thread->arenaTop = (uint8_t *)block + rounded;
  atomic_fetch_add_explicit(&thread->liveBlocks, 1, memory_order_relaxed);
  return (void *)block;
}

/// Gives the pages between two places back to the system.
static void giveBack(const uint8_t *from, const uint8_t *to) {
  uintptr_t first = ((uintptr_t)from + 4095) & ~(uintptr_t)4095;
  uintptr_t last = (uintptr_t)to & ~(uintptr_t)4095;
  if (first < last) madvise((void *)first, last - first, MADV_DONTNEED);
}

/// Raises a floor past what an execution left allocated. The next one may reach it by a cache that was
/// filled on first use; what was freed behind the last such block is used again.
static void raiseFloor(LKSThread *thread) {
  uint8_t *former = thread->arenaFloor, *floor = former;
  for (uint8_t *at = floor; at < thread->arenaTop;) {
    const LKSBlockHeader *header = (const LKSBlockHeader *)at;
    at = endOf(header);
    if (header->state == LKS_BLOCK_LIVE)
      floor = at;
    else if (header->size >= LKS_RETURNED_BYTES)
      giveBack((const uint8_t *)(header + 1), at);
  }
  // Names are counted from the floor: what is aligned must lie equally far from it in each execution.
  uintptr_t alignment = thread->arenaAlignment < 64 ? 64 : thread->arenaAlignment;
  uintptr_t height = (uintptr_t)(floor - thread->arenaBase + alignment - 1) & ~(alignment - 1);
  uint8_t *raised = thread->arenaBase + height;
  if (raised > thread->arenaEnd) raised = thread->arenaEnd;
  fillGap(floor, raised);
  lks_setArenaFloor(thread, raised);
  size_t left = (size_t)(raised - former);
  if (left > thread->arenaMostLeft) thread->arenaMostLeft = left;
  // What was found is carried out again, and once more to be described.
  size_t needed = thread->arenaMostUsed + 2 * thread->arenaMostLeft;
  if (height > LKS_LEFT_BEHIND || (size_t)(thread->arenaEnd - raised) < needed)
    thread->exploration->isMemoryUsedUp = true;
}

void lks_arenasReset(LKSExploration *exploration) {
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread->arenaTop > thread->arenaTouched) thread->arenaTouched = thread->arenaTop;
    size_t used = (size_t)(thread->arenaTop - thread->arenaFloor);
    if (used > thread->arenaMostUsed) thread->arenaMostUsed = used;
    if (atomic_load_explicit(&thread->liveBlocks, memory_order_relaxed) != 0) raiseFloor(thread);
    atomic_store_explicit(&thread->liveBlocks, 0, memory_order_relaxed);
    if (thread->arenaTop > thread->arenaFloor + LKS_KEPT_BYTES)
      giveBack(thread->arenaFloor + LKS_KEPT_BYTES, thread->arenaTop);
    thread->arenaTop = thread->arenaFloor;
  }
}

bool lks_heapBlock(
    const LKSExploration *exploration, uintptr_t address, uintptr_t *base, size_t *size) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (offset >= LKS_ARENAS_SIZE) return false;
  const LKSThread *thread = &exploration->threads[offset >> LKS_ARENA_BITS];
  // From the floor of this execution, or, for what outlived an earlier one, from the very bottom.
  const uint8_t *at =
      address >= (uintptr_t)thread->arenaFloor ? thread->arenaFloor : thread->arenaBase;
  while (at < thread->arenaTop) {
    const LKSBlockHeader *header = (const LKSBlockHeader *)at;
    const uint8_t *block = at + sizeof *header;
    const uint8_t *end = endOf(header);
    if (address < (uintptr_t)end) {
      *base = (uintptr_t)block;
      *size = header->size;
      return header->state != LKS_BLOCK_GAP && address >= (uintptr_t)block;
    }
    at = end;
  }
  return false;
}

void lks_forEachHeapBlock(
    const LKSExploration *exploration, void (*visit)(uintptr_t, size_t, void *), void *argument) {
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    const LKSThread *thread = &exploration->threads[index];
    for (const uint8_t *at = thread->arenaFloor; at < thread->arenaTop;) {
      const LKSBlockHeader *header = (const LKSBlockHeader *)at;
      if (header->state != LKS_BLOCK_GAP) visit((uintptr_t)(header + 1), header->size, argument);
      at = endOf(header);
    }
  }
}

// AddressSanitizer keeps its own books of memory.
#if defined(__SANITIZE_ADDRESS__)
#define LKS_NO_ARENA 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LKS_NO_ARENA 1
#endif
#endif

#ifndef LKS_NO_ARENA

// glibc's own names for its allocator (malloc/malloc.c): no look-up, so no recursion at start-up.
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

/// What a thread outside executions allocates; it may be with what a body's task is made.
static inline void *outside(void *block, size_t size) {
  if (LKS_UNLIKELY(lks_capturesNext)) lks_noteBodyBlock(block, size);
  return block;
}

void *malloc(size_t size) {
  LKSThread *thread = lks_controlled();
  if (LKS_LIKELY(!thread)) return outside(__libc_malloc(size), size);
  void *block = allocate(thread, size, 16);
  return block ? block : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  LKSThread *thread = lks_controlled();
  if (LKS_LIKELY(!thread)) return outside(__libc_calloc(count, size), count * size);
  size_t total;
  if (__builtin_mul_overflow(count, size, &total)) {
    errno = ENOMEM;
    return NULL;
  }
  void *block = allocate(thread, total, 16);
  return block ? memset(block, 0, total) : __libc_calloc(count, size);
}

/// Frees a block of an arena.
static void release(void *block, uintptr_t caller) {
  LKSBlockHeader *header = headerOf(block);
  if (header->state != LKS_BLOCK_LIVE) {
    // As glibc does: a block freed twice is the program's error, and going on would hide it.
    LKSThread *thread = lks_controlled();
    if (thread) lks_crash(thread, LKS_FREED_TWICE, caller);
    static const char message[] = "lockstep: the program frees a block twice\n";
    lks_writeError(message, sizeof message - 1);
    abort();
  }
  lks_meetFree((uintptr_t)block, header->size, caller);
  // Another thread may have freed it before this one's step.
  if (header->state != LKS_BLOCK_LIVE) return release(block, caller);
  header->state = LKS_BLOCK_FREED;
  LKSThread *owner = lks_arenaOwner((uintptr_t)block);
  if (owner && (uint8_t *)block >= owner->arenaFloor)
    atomic_fetch_sub_explicit(&owner->liveBlocks, 1, memory_order_relaxed);
}

void free(void *block) {
  if (!block) return;
  if (LKS_UNLIKELY(lks_isInRegion((uintptr_t)block)))
    release(block, LKS_CALLER);
  else
    __libc_free(block);
}

void *realloc(void *block, size_t size) {
  if (block && LKS_UNLIKELY(lks_isInRegion((uintptr_t)block))) {
    size_t old = headerOf(block)->size;
    uintptr_t caller = LKS_CALLER;
    if (size == 0) {
      release(block, caller);
      return NULL;
    }
    void *moved = malloc(size);
    if (!moved) return NULL;
    memcpy(moved, block, old < size ? old : size);
    release(block, caller);
    return moved;
  }
  if (!block) return malloc(size);
  LKSThread *thread = lks_controlled();
  if (LKS_LIKELY(!thread) || size == 0) return __libc_realloc(block, size);
  void *moved = malloc(size);
  if (!moved) return NULL;
  size_t old = malloc_usable_size(block);
  memcpy(moved, block, old < size ? old : size);
  __libc_free(block);
  return moved;
}

void *memalign(size_t alignment, size_t size) {
  LKSThread *thread = lks_controlled();
  void *block = thread ? allocate(thread, size, alignment < 16 ? 16 : alignment) : NULL;
  return block ? block : outside(__libc_memalign(alignment, size), size);
}

void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  void *block = memalign(alignment, size);
  if (!block) return ENOMEM;
  *result = block;
  return 0;
}

size_t malloc_usable_size(void *block) {
  if (!block) return 0;
  if (LKS_UNLIKELY(lks_isInRegion((uintptr_t)block))) return headerOf(block)->size;
  return LKS_REAL(malloc_usable_size)(block);
}

#endif
