/// What an exploration notes that is to prove what swift_tasks.c relies on.
#ifndef LKS_TASK_EVIDENCE_H
#define LKS_TASK_EVIDENCE_H

#include "runtime.h"

bool lks_takeEvidence(LKSThread *thread, uint32_t kinds);

/// Whether something of libswift_Concurrency's arrives: always, but where its absence is tried out.
static inline bool lks_arrives(LKSThread *thread, uint32_t kinds) {
  return LKS_LIKELY(!thread->exploration->evidence.isGathered) || lks_takeEvidence(thread, kinds);
}

/// Whether an address is in code of the process.
bool lks_isCode(uintptr_t address);
/// The kind of evidence that a mark before a publication is; 0 where nobody asks for it.
uint32_t lks_evidenceOfRelease(LKSTaskCall call);
/// The kind of evidence that a call of an entry point is.
uint32_t lks_evidenceOfCall(LKSTaskCall call);

#endif
