/// Who has resumed which continuation: see continuations.c.
#ifndef LKS_CONTINUATIONS_H
#define LKS_CONTINUATIONS_H

#include "runtime.h"

typedef struct LKSContinuationState {
  uint64_t key;
  uint32_t stamp;
  bool isResumed;
} LKSContinuationState;

/// What the continuation is known by that a call of an entry point resumes: the object that checks it, or
/// the task that waits for it, which has one at a time. 0 where that cannot be told.
uintptr_t lks_continuationOf(uint32_t index, uintptr_t task, uintptr_t self);
/// A task makes a continuation that is not checked.
void lks_beginContinuation(LKSThread *thread, uintptr_t task);
/// A continuation is about to be resumed; does not return if it has been before.
void lks_meetResumption(LKSThread *thread, uintptr_t continuation, uintptr_t programCounter);

#endif
