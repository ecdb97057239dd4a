/// Memory of explorations: an arena and a stack for each thread, at addresses that are the same in
/// every process, so that objects keep their names from one execution to the next.
#include <sys/mman.h>

#include "runtime.h"

/// Below where position-independent executables and libraries are loaded.
#define LKS_BASE 0x500000000000ull
/// Most explorations at the same time.
#define LKS_SLOTS 32

/// In a section that tells a program which has the runtime in it from one that goes to a library for it.
static _Atomic uint32_t usedSlots __attribute__((section("lockstep_runtime")));
/// Regions that were mapped, by slot. They stay: an execution's memory may outlive its exploration.
static _Atomic uintptr_t regions[LKS_SLOTS];
/// Where the free part of each thread's arena begins, for the next exploration in a slot.
static uintptr_t floors[LKS_SLOTS][LKS_MAXIMUM_THREADS];
/// The exploration in each slot.
static _Atomic(LKSExploration *) owners[LKS_SLOTS];
/// Regions that did not fit where they should.
static _Atomic uint32_t strayCount;

static uint8_t *mapRegion(int slot) {
  void *wanted = (void *)(LKS_BASE + (uintptr_t)slot * LKS_REGION_SIZE);
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *region = mmap(
      wanted, LKS_REGION_SIZE, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, -1, 0);
  if (region != MAP_FAILED && region != wanted) {
    // Kernels before 4.17 take the address for a hint.
    munmap(region, LKS_REGION_SIZE);
    region = MAP_FAILED;
  }
  if (region != MAP_FAILED) return region;
  region = mmap(NULL, LKS_REGION_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (region == MAP_FAILED) return NULL;
  atomic_fetch_add(&strayCount, 1);
  return region;
}

bool lks_regionReserve(LKSExploration *exploration) {
  uint32_t used = atomic_load(&usedSlots);
  int slot;
  do {
    if (used == UINT32_MAX) return false;
    slot = __builtin_ctz(~used);
  } while (!atomic_compare_exchange_weak(&usedSlots, &used, used | 1u << slot));
  uint8_t *region = (uint8_t *)atomic_load(&regions[slot]);
  if (!region) region = mapRegion(slot);
  if (!region) {
    atomic_fetch_and(&usedSlots, ~(1u << slot));
    return false;
  }
  atomic_store(&regions[slot], (uintptr_t)region);
  exploration->slot = slot;
  exploration->region = region;
  for (uint32_t index = 0; index < LKS_MAXIMUM_THREADS; index++) {
    LKSThread *thread = &exploration->threads[index];
    thread->arenaBase = region + index * LKS_ARENA_SIZE + index * LKS_STAGGER;
    thread->arenaEnd = region + (index + 1) * LKS_ARENA_SIZE;
    uintptr_t floor = floors[slot][index];
    thread->arenaTop = floor ? (uint8_t *)floor : thread->arenaBase;
    lks_setArenaFloor(thread, thread->arenaTop);
  }
  atomic_store(&owners[slot], exploration);
  return true;
}

void lks_regionRelease(LKSExploration *exploration) {
  int slot = exploration->slot;
  bool isHalfFull = false;
  atomic_store(&owners[slot], NULL);
  for (uint32_t index = 0; index < LKS_MAXIMUM_THREADS; index++) {
    const LKSThread *thread = &exploration->threads[index];
    floors[slot][index] = (uintptr_t)thread->arenaFloor;
    isHalfFull |= thread->arenaFloor - thread->arenaBase > (ptrdiff_t)(LKS_ARENA_SIZE / 2);
    uintptr_t free = ((uintptr_t)thread->arenaFloor + 4095) & ~(uintptr_t)4095;
    if (thread->arenaTouched > (uint8_t *)free)
      madvise((void *)free, (uintptr_t)thread->arenaTouched - free, MADV_DONTNEED);
  }
  // What is left allocated may still be reached: the next exploration has a region that has room.
  if (isHalfFull || exploration->isMemoryUsedUp) return;
  // Kernel threads that were abandoned have stacks of their own, and never run again.
  atomic_fetch_and(&usedSlots, ~(1u << slot));
}

bool lks_isInRegion(uintptr_t address) {
  if (address - LKS_BASE < LKS_SLOTS * LKS_REGION_SIZE) return true;
  if (LKS_LIKELY(atomic_load_explicit(&strayCount, memory_order_relaxed) == 0)) return false;
  for (int slot = 0; slot < LKS_SLOTS; slot++) {
    uintptr_t region = atomic_load_explicit(&regions[slot], memory_order_relaxed);
    if (region && address - region < LKS_REGION_SIZE) return true;
  }
  return false;
}

void lks_setArenaFloor(LKSThread *thread, uint8_t *floor) {
  thread->arenaFloor = floor;
  thread->exploration->arenaFloors[thread->index] = (uintptr_t)floor;
}

uintptr_t lks_addressOf(const LKSExploration *exploration, uint64_t object) {
  uint64_t thread = object >> 40 & 0xff;
  uint64_t offset = object & 0xffffffffffull;
  switch (object >> 60) {
  case 1:
    if (thread == LKS_MAXIMUM_THREADS) return lks_bodyAddress(&exploration->taskBody, object);
    return (uintptr_t)exploration->threads[thread].arenaFloor + offset;
  case 2:
    if (thread == 0 && exploration->mainStackTop)
      return exploration->mainStackTop - LKS_STACK_SIZE + offset;
    return (uintptr_t)exploration->region + LKS_ARENAS_SIZE + thread * LKS_STACK_SIZE + offset;
  case 3:
    return 0;
  default:
    return object;
  }
}

LKSThread *lks_arenaOwner(uintptr_t address) {
  for (int slot = 0; slot < LKS_SLOTS; slot++) {
    LKSExploration *exploration = atomic_load_explicit(&owners[slot], memory_order_relaxed);
    if (!exploration) continue;
    uintptr_t offset = address - (uintptr_t)exploration->region;
    if (offset < LKS_ARENAS_SIZE) return &exploration->threads[offset >> LKS_ARENA_BITS];
  }
  return NULL;
}
