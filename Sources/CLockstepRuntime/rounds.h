/// States of the whole program that come again: see rounds.c.
#ifndef LKS_ROUNDS_H
#define LKS_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct LKSThread LKSThread;
typedef struct LKSExploration LKSExploration;

#define LKS_MAXIMUM_ROUNDS 128
/// Most places that the threads may write to in an execution whose states are compared.
#define LKS_MAXIMUM_WRITTEN 64

/// A state of the whole program, and the steps and events until then.
typedef struct LKSRound {
  uint64_t state;
  uint64_t steps;
  size_t events;
} LKSRound;

typedef struct LKSRounds {
  LKSRound all[LKS_MAXIMUM_ROUNDS];
  uint32_t count;
} LKSRounds;

/// Memory that was written to.
typedef struct LKSWritten {
  uintptr_t address;
  uint32_t size;
} LKSWritten;

/// Whether the whole program is in a state in which it was before, and all that could go on did so in
/// between: a thread came round in a loop that only looks.
bool lks_isLivelock(LKSThread *thread);

/// The same of threads that write, each undoing what it did, in an execution whose plan asks for it.
/// The thread has just announced a step.
bool lks_comesRound(LKSThread *thread);
/// Notes a write in such an execution, other than to the thread's own stack.
void lks_noteWritten(LKSExploration *exploration, uintptr_t address, size_t size);
/// Notes a step that is taken in one.
void lks_noteRoundStep(LKSExploration *exploration, const LKSThread *thread);

#endif
