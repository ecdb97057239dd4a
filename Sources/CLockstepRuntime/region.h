/// Where explorations' memory lies, and what it is called: see region.c.
#ifndef LKS_REGION_H
#define LKS_REGION_H

#include "exploration.h"

#define LKS_ARENA_BITS 30
#define LKS_ARENA_SIZE (1ull << LKS_ARENA_BITS)
#define LKS_STACK_SIZE (8ull << 20)
#define LKS_ARENAS_SIZE (LKS_ARENA_SIZE * LKS_MAXIMUM_THREADS)
#define LKS_REGION_SIZE (LKS_ARENAS_SIZE + LKS_STACK_SIZE * LKS_MAXIMUM_THREADS)

/// How far a thread's part of a region lies from where its room begins: caches choose their places by
/// the lower bits of an address, and what all threads use most must not compete for the same ones.
#define LKS_STAGGER (37 * 64)

/// Gives an exploration a region of its own; false when there is none to be had.
bool lks_regionReserve(LKSExploration *exploration);
/// Gives it back for the next exploration; what is still allocated in it stays.
void lks_regionRelease(LKSExploration *exploration);
/// Whether an address lies in some exploration's region.
bool lks_isInRegion(uintptr_t address);
/// The thread whose arena holds an address, if its exploration still is.
LKSThread *lks_arenaOwner(uintptr_t address);
/// Sets where what the next execution allocates in a thread begins.
void lks_setArenaFloor(LKSThread *thread, uint8_t *floor);

/// The name of what lies at an address: see the engine's `ObjectID`.
static inline uint64_t lks_objectName(const LKSExploration *exploration, uintptr_t address) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (offset >= LKS_REGION_SIZE) {
    uintptr_t below = exploration->mainStackTop - address;
    if (below - 1 < LKS_STACK_SIZE) return 2ull << 60 | (LKS_STACK_SIZE - below);
    bool isInBody = address - exploration->taskBody.low < exploration->taskBody.span;
    return isInBody ? lks_bodyName(&exploration->taskBody, address) : address;
  }
  if (offset < LKS_ARENAS_SIZE) {
    uint64_t thread = offset >> LKS_ARENA_BITS;
    uintptr_t floor = exploration->arenaFloors[thread];
    // What an earlier execution left behind keeps its address.
    if (address < floor) return address;
    return 1ull << 60 | thread << 40 | (address - floor);
  }
  uint64_t thread = (offset - LKS_ARENAS_SIZE) / LKS_STACK_SIZE;
  return 2ull << 60 | thread << 40 | (offset - LKS_ARENAS_SIZE) % LKS_STACK_SIZE;
}

static inline uint64_t lks_threadObject(uint32_t index) { return 3ull << 60 | index; }

#endif
