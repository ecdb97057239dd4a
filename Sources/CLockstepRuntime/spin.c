/// Loops that only look: a thread that comes back to a place in the same state, having changed
/// nothing, will come back again until somebody else changes what it looked at. It waits, and the
/// model says so: its next step can be taken only after such a change.
///
/// Whether the state is the same is not guessed: it is the thread's registers and all of its stack,
/// with no access of its own to other memory in between that was not a look. A loop that counts its
/// rounds is in another state each time, and is none of these.
#include <unwind.h>

#include "runtime.h"

/// Rounds in other states after which a place is no longer looked at.
#define LKS_ROUNDS_THAT_DIFFER 64

// MARK: The state of a thread

struct State {
  uintptr_t top;
  uintptr_t stackPointer;
  uint64_t hash;
};

/// At the frame that called the runtime: what a call leaves as it is (System V ABI, 3.2.1).
static _Unwind_Reason_Code readRegisters(struct _Unwind_Context *context, void *argument) {
  static const int preserved[] = {3, 6, 12, 13, 14, 15};
  struct State *state = argument;
  if (_Unwind_GetIP(context) != state->top) return _URC_NO_REASON;
  state->stackPointer = _Unwind_GetCFA(context);
  for (size_t index = 0; index < sizeof preserved / sizeof *preserved; index++)
    state->hash = lks_mixed(state->hash, _Unwind_GetGR(context, preserved[index]));
  return _URC_END_OF_STACK;
}

uint64_t lks_stateAt(LKSThread *thread, uintptr_t programCounter) {
  uint64_t unseen = (uint64_t)thread->innerHolds << 32 | (thread->unseenChanges + thread->randomCount);
  struct State state = {.top = programCounter, .hash = lks_mixed(1, unseen)};
  thread->inRuntime++;
  _Unwind_Backtrace(readRegisters, &state);
  thread->inRuntime--;
  uintptr_t bottom = thread->bottomFrame;
  // A coroutine has its stack elsewhere.
  if (state.stackPointer < (uintptr_t)thread->stackLow || state.stackPointer >= bottom) return 0;
  for (uintptr_t word = state.stackPointer & ~(uintptr_t)7; word < bottom; word += 8)
    state.hash = lks_mixed(state.hash, *(const uint64_t *)word);
  state.hash = lks_hashKeptBytes(thread, state.hash);
  return state.hash ? state.hash : 1;
}

static uint64_t stateOf(LKSThread *thread) {
  return lks_stateAt(thread, thread->pending.programCounter);
}

// MARK: Looks

/// An attempt at a lock or a semaphore, which only looks where it fails.
static bool isAttempt(uint8_t kind) {
  return kind == LKS_TRY_LOCK || kind == LKS_TRY_LOCK_SHARED || kind == LKS_SEMAPHORE_TRY_WAIT;
}

/// The beginning of a critical section, which a loop may look in.
static bool isAcquisition(uint8_t kind) { return kind == LKS_LOCK || kind == LKS_LOCK_SHARED; }

static bool isLook(const LKSPending *pending) {
  return pending->kind == LKS_READ || pending->condition || isAttempt(pending->kind);
}

static bool overlaps(const LKSLook *look, uint64_t object, uint32_t size) {
  return look->object < object + size && object < look->object + look->size;
}

/// Whether it was a look at exactly these bytes.
static bool isAt(const LKSLook *look, uint64_t object, uint32_t size) {
  return look->object == object && look->size == size;
}

static LKSLook *findLook(LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  for (uint32_t index = 0; index < thread->lookCount; index++) {
    LKSLook *look = &thread->looks[index];
    if (look->programCounter == pending->programCounter &&
        isAt(look, pending->object, pending->size) && look->kind == pending->kind &&
        look->heldLocks == thread->heldLocks)
      return look;
  }
  return NULL;
}

/// Whether the step is where the loop holds least: one that waits inside a critical section of its own
/// would keep others out of it.
static bool isOutermost(const LKSThread *thread, const LKSLook *head) {
  for (const LKSLook *look = thread->looks; look < thread->looks + thread->lookCount; look++)
    if (look->number >= head->number && look->heldCount < head->heldCount) return false;
  return true;
}

/// Makes the pending step wait for a change of what was looked at since the same step last time, unless
/// that is too much to say.
static void await(LKSThread *thread, LKSLook *head) {
  LKSPending *pending = &thread->pending;
  // Where not all looks of the round are known, nor is what it waits for.
  if (thread->missedLook > head->number) return;
  const LKSLook *second = NULL;
  bool watchesOwn = false;
  for (const LKSLook *look = thread->looks; look < thread->looks + thread->lookCount; look++) {
    if (isAcquisition(look->kind) || look->number < head->number) continue;
    if (look == head) {
      watchesOwn = isLook(pending);
    } else if (overlaps(look, pending->object, pending->size)) {
      // Looked at twice in a round, if only in part: a change that came between the two was not missed by
      // both.
      return;
    } else if (!second) {
      second = look;
    } else {
      return;
    }
  }
  // An inlined attempt at a lock may go on as another step meanwhile.
  if ((!watchesOwn && !second) || pending->isLockAttempt) return;
  // What is watched besides is bytes, and fits an event.
  if (second && (isAttempt(second->kind) || second->size > UINT8_MAX)) return;
  pending->awaits = true;
  pending->watchesOwn = watchesOwn;
  if (second) {
    pending->other = second->object;
    pending->otherSize = (uint8_t)second->size;
  }
}

/// Whether there is room for one more look. Once there is none, those so far are taken to have come before a
/// loop, and are forgotten; the second time, it is the loop that has too many.
static bool hasRoom(LKSThread *thread) {
  if (thread->lookCount == 0) thread->hasForgottenLooks = false;
  if (thread->lookCount < LKS_MAXIMUM_LOOKS) return true;
  if (thread->hasForgottenLooks) return false;
  thread->lookCount = 0;
  thread->hasForgottenLooks = true;
  return true;
}

/// Notes a step that only looks, when it is announced.
static void look(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  LKSPending *pending = &thread->pending;
  LKSLook *known = findLook(thread);
  // A look that is new tells nothing until a place is known where threads come round.
  LKSSite *site = NULL;
  if (LKS_UNLIKELY(known || exploration->hasSpins))
    site = lks_tableFind(&exploration->sites, pending->programCounter, false);
  if (!known) {
    if (!hasRoom(thread)) {
      thread->missedLook = thread->looksTaken++;
      return;
    }
    thread->looks[thread->lookCount++] = (LKSLook){
        .programCounter = pending->programCounter, .object = pending->object,
        .size = pending->size, .kind = pending->kind, .heldLocks = thread->heldLocks,
        .heldCount = thread->heldCount, .number = thread->looksTaken++,
        .state = site && site->isSpin ? stateOf(thread) : 0};
    return;
  }
  if (site && site->roundsThatDiffer > LKS_ROUNDS_THAT_DIFFER) {
    known->number = thread->looksTaken++;
    return;
  }
  uint64_t state = stateOf(thread);
  bool isSame = state && state == known->state;
  if (site && site->isSpin) {
    if (isSame && isOutermost(thread, known)) await(thread, known);
    thread->isRoundAgain = isSame;
  } else if (known->state) {
    site = lks_tableFind(&exploration->sites, pending->programCounter, true);
    if (!site) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    if (!isSame) {
      site->roundsThatDiffer++;
    } else if (lks_learns(exploration)) {
      // From the next execution on every round counts, the first included.
      site->isSpin = true;
      exploration->hasSpins = true;
    }
  }
  known->state = state;
  known->number = thread->looksTaken++;
}

void lks_meetStep(LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  thread->isRoundAgain = false;
  // A step that a thread takes only to give way is no look.
  if (pending->flags & LKS_LIBRARY || pending->object == lks_threadObject(thread->index)) return;
  if (pending->kind == LKS_SLEEP) return;
  if (isLook(pending) || isAcquisition(pending->kind))
    look(thread);
  else if (pending->kind != LKS_UNLOCK && pending->kind != LKS_UNLOCK_SHARED)
    thread->lookCount = 0;
}

// MARK: Changes

/// Whether a step changes what a look looked at.
static bool changes(const LKSLook *look, const LKSEvent *event) {
  switch (event->kind) {
  case LKS_WRITE:
  case LKS_READ_MODIFY_WRITE:
  case LKS_OPAQUE_READ_WRITE:
    return !isAttempt(look->kind) && !isAcquisition(look->kind) &&
           overlaps(look, event->object, event->size);
  case LKS_UNLOCK:
    return (look->kind == LKS_TRY_LOCK || look->kind == LKS_TRY_LOCK_SHARED) &&
           look->object == event->object;
  case LKS_UNLOCK_SHARED:
    return look->kind == LKS_TRY_LOCK && look->object == event->object;
  case LKS_SEMAPHORE_SIGNAL:
    return look->kind == LKS_SEMAPHORE_TRY_WAIT && look->object == event->object;
  case LKS_WAIT:
    return look->kind == LKS_TRY_LOCK && look->object == event->other;
  default:
    return false;
  }
}

void lks_noteChange(LKSExploration *exploration, const LKSThread *self, const LKSEvent *event) {
  bool isLock = event->kind == LKS_LOCK || event->kind == LKS_UNLOCK ||
                event->kind == LKS_TRY_LOCK ||
                (event->kind >= LKS_LOCK_SHARED && event->kind <= LKS_UNLOCK_SHARED);
  if (!isLock) exploration->lookRounds.count = 0;
  for (uint64_t rest = exploration->ready & ~(1ull << self->index); rest; rest &= rest - 1) {
    LKSThread *thread = &exploration->threads[__builtin_ctzll(rest)];
    for (uint32_t index = 0; index < thread->lookCount; index++)
      if (changes(&thread->looks[index], event)) thread->looks[index].hasChanged = true;
  }
}

void lks_noteLook(LKSThread *thread, const LKSEvent *event) {
  for (uint32_t index = 0; index < thread->lookCount; index++) {
    LKSLook *look = &thread->looks[index];
    if (isAt(look, event->object, event->size) && !isAcquisition(look->kind)) look->hasChanged = false;
  }
}

bool lks_changeIsSeen(const LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  for (uint32_t index = 0; index < thread->lookCount; index++) {
    const LKSLook *look = &thread->looks[index];
    if (isAcquisition(look->kind) || !look->hasChanged) continue;
    if (pending->watchesOwn && isAt(look, pending->object, pending->size)) return true;
    if (pending->otherSize && isAt(look, pending->other, pending->otherSize)) return true;
  }
  return false;
}

// MARK: Looks at memory that nobody else has touched yet

/// Accesses within which a loop that only looks must have come round.
#define LKS_LONGEST_ROUND 64

bool lks_suspectSpin(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter) {
  LKSSuspicion *suspicion = &thread->suspicion;
  if (suspicion->isOver) return false;
  bool isOwnStack =
      address >= (uintptr_t)thread->stackLow && address < thread->bottomFrame;
  if ((!reads && !isOwnStack) || suspicion->accesses++ == LKS_LONGEST_ROUND) {
    suspicion->isOver = true;
    return false;
  }
  if (suspicion->marks && reads) lks_markShared(thread, address);
  if (!suspicion->state) {
    suspicion->programCounter = programCounter;
    suspicion->address = address;
    suspicion->state = lks_stateAt(thread, programCounter);
    suspicion->isOver = !suspicion->state;
  } else if (suspicion->programCounter == programCounter && suspicion->address == address) {
    // The second round tells that it is one, and the third what it looks at.
    suspicion->isOver =
        suspicion->marks || lks_stateAt(thread, programCounter) != suspicion->state;
    suspicion->marks = true;
    suspicion->accesses = 0;
  }
  return !suspicion->isOver;
}
