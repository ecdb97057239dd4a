/// Memory of explorations: an arena and a stack for each thread, at addresses that are the same in
/// every process, so that objects keep their names from one execution to the next.
#include <sys/mman.h>

#include "runtime.h"

/// Below where position-independent executables and libraries are loaded.
#define LKS_BASE 0x500000000000ull
#define LKS_SLOTS 32

static _Atomic uint32_t usedSlots;
/// Regions that did not fit where they should, by slot.
static _Atomic uintptr_t strayRegions[LKS_SLOTS];
static _Atomic uint32_t strayCount;

uint8_t *lks_regionReserve(int *slot) {
  uint32_t used = atomic_load(&usedSlots);
  int index;
  do {
    if (used == UINT32_MAX) return NULL;
    index = __builtin_ctz(~used);
  } while (!atomic_compare_exchange_weak(&usedSlots, &used, used | 1u << index));
  *slot = index;
  void *wanted = (void *)(LKS_BASE + (uintptr_t)index * LKS_REGION_SIZE);
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  void *region = mmap(
      wanted, LKS_REGION_SIZE, PROT_READ | PROT_WRITE, flags | MAP_FIXED_NOREPLACE, -1, 0);
  if (region != MAP_FAILED && region != wanted) {
    // Kernels before 4.17 take the address for a hint.
    munmap(region, LKS_REGION_SIZE);
    region = MAP_FAILED;
  }
  if (region == MAP_FAILED) {
    region = mmap(NULL, LKS_REGION_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (region == MAP_FAILED) {
      atomic_fetch_and(&usedSlots, ~(1u << index));
      return NULL;
    }
    atomic_store(&strayRegions[index], (uintptr_t)region);
    atomic_fetch_add(&strayCount, 1);
  }
  return region;
}

void lks_regionRelease(uint8_t *region, int slot) {
  munmap(region, LKS_REGION_SIZE);
  if (atomic_exchange(&strayRegions[slot], 0)) atomic_fetch_sub(&strayCount, 1);
  atomic_fetch_and(&usedSlots, ~(1u << slot));
}

bool lks_isInRegion(uintptr_t address) {
  if (address - LKS_BASE < LKS_SLOTS * LKS_REGION_SIZE) return true;
  if (LKS_LIKELY(atomic_load_explicit(&strayCount, memory_order_relaxed) == 0)) return false;
  for (int slot = 0; slot < LKS_SLOTS; slot++) {
    uintptr_t region = atomic_load_explicit(&strayRegions[slot], memory_order_relaxed);
    if (region && address - region < LKS_REGION_SIZE) return true;
  }
  return false;
}

uint64_t lks_objectName(const LKSExploration *exploration, uintptr_t address) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (offset >= LKS_REGION_SIZE) return address;
  if (offset < LKS_ARENAS_SIZE) {
    uint64_t thread = offset >> LKS_ARENA_BITS;
    uintptr_t floor = (uintptr_t)exploration->threads[thread].arenaFloor;
    // What an earlier execution left behind keeps its address.
    if (address < floor) return address;
    return 1ull << 60 | thread << 40 | (address - floor);
  }
  uint64_t thread = (offset - LKS_ARENAS_SIZE) / LKS_STACK_SIZE;
  uintptr_t low = (uintptr_t)exploration->region + LKS_ARENAS_SIZE + thread * LKS_STACK_SIZE;
  return 2ull << 60 | thread << 40 | (address - low);
}

uintptr_t lks_addressOf(const LKSExploration *exploration, uint64_t object) {
  uint64_t thread = object >> 40 & 0xff;
  uint64_t offset = object & 0xffffffffffull;
  switch (object >> 60) {
  case 1:
    return (uintptr_t)exploration->threads[thread].arenaFloor + offset;
  case 2:
    return (uintptr_t)exploration->region + LKS_ARENAS_SIZE + thread * LKS_STACK_SIZE + offset;
  case 3:
    return 0;
  default:
    return object;
  }
}

static _Atomic(LKSExploration *) owners[LKS_SLOTS];

void lks_regionSetOwner(int slot, LKSExploration *exploration) {
  atomic_store(&owners[slot], exploration);
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
