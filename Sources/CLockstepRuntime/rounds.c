/// States of the whole program that come again. If everything that could go on did so in between, the
/// same may happen for ever: a livelock, and not one that a limit of steps makes out of patience.
///
/// As spin.c has it, a state is not guessed: it is the registers and the stack of each thread, what it
/// holds and is about to do, and the memory that the threads wrote to.
#include "runtime.h"

/// Whether all threads that could take a step at some time since a state have taken one.
static bool isFair(LKSExploration *exploration, const LKSRound *round) {
  uint64_t threads = lks_enabledThreads(exploration);
  for (size_t index = round->events; index < exploration->traceCount; index++)
    threads |= exploration->trace[index].enabled;
  bool isFair = threads != 0;
  for (uint64_t rest = threads; rest; rest &= rest - 1)
    isFair &= exploration->threads[__builtin_ctzll(rest)].latestStep > round->steps;
  return isFair;
}

/// Notes a state of the whole program; true if it is one in which it was before, and fairly so.
static bool comesAgain(LKSThread *thread, LKSRounds *rounds, uint64_t state) {
  LKSExploration *exploration = thread->exploration;
  for (uint32_t index = 0; index < rounds->count; index++) {
    const LKSRound *round = &rounds->all[index];
    if (round->state != state) continue;
    bool isLivelock = isFair(exploration, round);
    // Unfair, it would go round as often as one likes: the others first.
    thread->yielded = !isLivelock;
    return isLivelock;
  }
  if (rounds->count < LKS_MAXIMUM_ROUNDS)
    rounds->all[rounds->count++] = (LKSRound){state, exploration->steps, exploration->traceCount};
  return false;
}

/// What a thread is about to do, and what it holds.
static uint64_t withPending(uint64_t hash, const LKSThread *thread) {
  hash = lks_mixed(hash, thread->state);
  if (thread->state != LKS_READY) return hash;
  hash = lks_mixed(hash, thread->pending.programCounter);
  // A library's function may read and write at one place.
  hash = lks_mixed(hash, thread->pending.kind);
  hash = lks_mixed(hash, thread->pending.object);
  return lks_mixed(hash, thread->heldLocks);
}

// MARK: Threads that only look

/// What the threads are about to do and what they hold; memory is as it was at the first of `rounds`.
static uint64_t stateOfLooks(const LKSExploration *exploration) {
  uint64_t hash = 1;
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    const LKSThread *thread = &exploration->threads[index];
    hash = withPending(hash, thread);
    if (thread->state != LKS_READY) continue;
    // Where it is in its loop, and in what state it came to each of its looks.
    hash = lks_mixed(hash, thread->lookCount);
    for (uint32_t look = 0; look < thread->lookCount; look++)
      hash = lks_mixed(hash, thread->looks[look].state);
  }
  return hash;
}

bool lks_isLivelock(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  return comesAgain(thread, &exploration->lookRounds, stateOfLooks(exploration));
}

// MARK: Threads that write

/// Whether states are compared now: in blocks of so many steps as are kept, ever farther apart.
static bool isWatched(const LKSExploration *exploration) {
  uint64_t block = exploration->steps / LKS_MAXIMUM_ROUNDS;
  return (block & (block - 1)) == 0;
}

/// Keeps the state in which a thread announces its step; one that cannot be told is like no other.
static void keepState(LKSThread *thread, bool isWatched) {
  uint64_t state = isWatched ? lks_stateAt(thread, thread->pending.programCounter) : 0;
  thread->roundState = state ? state : lks_mixed(2, thread->exploration->steps + 1);
  // From here on its first write to each place is met again, be it a step or not.
  lks_beginSegment(thread, thread->segments[thread->index] + 1);
}

/// A hash of what is in the memory that was written to; 0 where it is gone.
static uint64_t contentsOfWritten(const LKSExploration *exploration) {
  uint64_t values[LKS_MAXIMUM_WRITTEN] = {0};
  struct iovec local[LKS_MAXIMUM_WRITTEN], remote[LKS_MAXIMUM_WRITTEN];
  long size = 0;
  for (uint32_t index = 0; index < exploration->writtenCount; index++) {
    const LKSWritten *written = &exploration->written[index];
    local[index] = (struct iovec){&values[index], written->size};
    remote[index] = (struct iovec){(void *)written->address, written->size};
    size += written->size;
  }
  size_t count = exploration->writtenCount;
  if (lks_peekThrough(local, remote, count) != size) return 0;
  uint64_t hash = 1;
  for (uint32_t index = 0; index < count; index++) hash = lks_mixed(hash, values[index]);
  return hash;
}

bool lks_comesRound(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  bool isWatchedNow = isWatched(exploration);
  keepState(thread, isWatchedNow);
  if (!isWatchedNow) return false;
  uint64_t block = exploration->steps / LKS_MAXIMUM_ROUNDS;
  if (block != exploration->roundBlock) exploration->rounds.count = 0;
  exploration->roundBlock = block;

  uint64_t state = contentsOfWritten(exploration);
  if (!state) return false;
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    const LKSThread *other = &exploration->threads[index];
    state = lks_mixed(withPending(state, other), other->roundState);
    // Who looks at the clock finds that time has passed, and no random number is the next one.
    state = lks_mixed(state, other->allClockLooks + other->libraryClockLooks);
    state = lks_mixed(state, other->randomCount);
  }
  return comesAgain(thread, &exploration->rounds, state);
}

void lks_noteWritten(LKSExploration *exploration, uintptr_t address, size_t size) {
  for (uint32_t index = 0; index < exploration->writtenCount; index++) {
    const LKSWritten *written = &exploration->written[index];
    if (written->address == address && written->size == size) return;
  }
  // What lies elsewhere may have been written to once more since.
  exploration->rounds.count = 0;
  if (exploration->writtenCount == LKS_MAXIMUM_WRITTEN || size > sizeof(uint64_t))
    exploration->plan.endsAtRound = false;
  else
    exploration->written[exploration->writtenCount++] = (LKSWritten){address, (uint32_t)size};
}

void lks_noteRoundStep(LKSExploration *exploration, const LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  switch (pending->kind) {
  case LKS_READ:
    if (pending->object == LKS_CLOCK) exploration->rounds.count = 0;
    return;
  case LKS_WRITE:
  case LKS_READ_MODIFY_WRITE:
    break;
  case LKS_LOCK ... LKS_UNLOCK:
  case LKS_LOCK_SHARED ... LKS_UNLOCK_SHARED:
    return;
  default:
    exploration->rounds.count = 0;
    return;
  }
  lks_noteWritten(exploration, pending->address, pending->size);
}
