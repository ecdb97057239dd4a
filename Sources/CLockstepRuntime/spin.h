/// Loops that only look: see spin.c.
#ifndef LKS_SPIN_H
#define LKS_SPIN_H

#include <stdbool.h>
#include <stdint.h>
#include "CLockstepRuntime.h"

typedef struct LKSThread LKSThread;

#define LKS_MAXIMUM_LOOKS 16

/// A step that only looks, since the thread last changed anything.
typedef struct LKSLook {
  uintptr_t programCounter;
  uint64_t object;
  /// The thread's state when it was about to look; 0 is not known.
  uint64_t state;
  /// What the thread held then.
  uint64_t heldLocks;
  uint32_t heldCount;
  uint32_t size;
  /// The number of the look, of those since the thread changed anything.
  uint32_t number;
  uint8_t kind;
  /// Somebody changed the object since.
  bool hasChanged;
} LKSLook;

/// What is found out of a thread that has made no step for very long: does it only look?
typedef struct LKSSuspicion {
  uintptr_t programCounter;
  uintptr_t address;
  uint64_t state;
  uint32_t accesses;
  bool marks;
  bool isOver;
} LKSSuspicion;

static inline uint64_t lks_mixed(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15ull;
  return hash ^ hash >> 29;
}

/// A hash of all that decides what the running thread does next, but for memory that others can see; 0
/// where it cannot be told.
uint64_t lks_stateAt(LKSThread *thread, uintptr_t programCounter);
/// Meets a step that is about to be announced: is it a look that was taken before?
void lks_meetStep(LKSThread *thread);
/// Notes that a step of `self` may have changed what others looked at.
void lks_noteChange(LKSExploration *exploration, const LKSThread *self, const LKSEvent *event);
/// Notes that a thread has just looked.
void lks_noteLook(LKSThread *thread, const LKSEvent *event);
/// Follows a thread that has made no step for very long, access by access; true while there is more to
/// find out. What a loop looks at that only looks is taken for shared: then its looks are steps.
bool lks_suspectSpin(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter);
/// Whether what an awaiting thread looked at has changed.
bool lks_changeIsSeen(const LKSThread *thread);

#endif
