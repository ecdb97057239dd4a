/// Continuations, each of which must be resumed once. To resume one again is undefined (or, where it is
/// checked, ends the program), and ends the execution before it is done.
#include "continuations.h"
#include "task_calls.h"

size_t lks_continuationSize(void) { return sizeof(LKSContinuationState); }

static LKSContinuationState *stateOf(LKSExploration *exploration, uintptr_t key) {
  LKSContinuationState *state = lks_tableFind(&exploration->continuations, key, true);
  if (!state) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (state->stamp != exploration->stamp) {
    state->stamp = exploration->stamp;
    state->isResumed = false;
  }
  return state;
}

/// The object that checks a continuation, of which the value at `self` consists; 0 where it cannot be told
/// for good: only what lies in an arena is not made anew at the place of another.
static uintptr_t checkerAt(uintptr_t self) {
  uint64_t checker = 0;
  return lks_peekIfThere(self, 8, &checker) && lks_isInRegion(checker) ? checker : 0;
}

uintptr_t lks_continuationOf(uint32_t index, uintptr_t task, uintptr_t self) {
  return index == LKS_CHECKED_RESUME || index == LKS_CHECKED_RESUME_THROWING ? checkerAt(self) : task;
}

void lks_beginContinuation(LKSThread *thread, uintptr_t task) {
  stateOf(thread->exploration, task)->isResumed = false;
}

void lks_meetResumption(LKSThread *thread, uintptr_t continuation, uintptr_t programCounter) {
  LKSContinuationState *state = stateOf(thread->exploration, continuation);
  if (state->isResumed) lks_crash(thread, LKS_RESUMED_TWICE, programCounter);
  state->isResumed = true;
}
