/// Evidence that what swift_tasks.c relies on in libswift_Concurrency is so in this process: that its
/// marks, its jobs and its calls arrive, and that a task lies in memory as it is read.
#include <link.h>

#include "task_evidence.h"

void lks_gatherTaskEvidence(LKSExploration *exploration, uint32_t withheld) {
  exploration->evidence = (LKSTaskEvidence){.isGathered = true, .withheld = withheld};
}

uint32_t lks_taskEvidence(const LKSExploration *exploration) { return exploration->evidence.seen; }

bool lks_takeEvidence(LKSThread *thread, uint32_t kinds) {
  LKSTaskEvidence *evidence = &thread->exploration->evidence;
  if (evidence->withheld & kinds) return false;
  evidence->seen |= kinds;
  return true;
}

typedef struct {
  uintptr_t address;
  bool isCode;
} Place;

static int lookInto(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  Place *place = argument;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    if (header->p_type == PT_LOAD && header->p_flags & PF_X &&
        place->address - (info->dlpi_addr + header->p_vaddr) < header->p_memsz)
      place->isCode = true;
  }
  return place->isCode;
}

bool lks_isCode(uintptr_t address) {
  Place place = {address, false};
  dl_iterate_phdr(lookInto, &place);
  return place.isCode;
}

uint32_t lks_evidenceOfRelease(LKSTaskCall call) {
  switch (call) {
    case LKS_TASK_END: return LKS_EVIDENCE_RELEASE_END;
    case LKS_TASK_ENQUEUE: return LKS_EVIDENCE_RELEASE_ENQUEUE;
    case LKS_TASK_LEAVE: return LKS_EVIDENCE_RELEASE_LEAVE;
    default: return 0;
  }
}

uint32_t lks_evidenceOfCall(LKSTaskCall call) {
  switch (call) {
    // A continuation is made: of the entry points, only that is no step.
    case LKS_TASK_STATE: return LKS_EVIDENCE_CALL_BEGIN;
    case LKS_TASK_SWITCH: return LKS_EVIDENCE_CALL_SWITCH;
    case LKS_TASK_CREATE: return LKS_EVIDENCE_CALL_CREATE;
    case LKS_TASK_CANCEL: return LKS_EVIDENCE_CALL_CANCEL;
    case LKS_TASK_IS_CANCELLED: return LKS_EVIDENCE_CALL_IS_CANCELLED;
    case LKS_TASK_CONTINUE: return LKS_EVIDENCE_CALL_CONTINUE;
    case LKS_TASK_SUSPEND: return LKS_EVIDENCE_CALL_SUSPEND;
    case LKS_TASK_GROUP: return LKS_EVIDENCE_CALL_GROUP;
    default: return 0;
  }
}
