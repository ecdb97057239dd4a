/// Memory that the program gives back. To free a block is to write all of it (as ThreadSanitizer has
/// it), so that it races with whoever still uses the block; to use it afterwards is an error, which
/// ends the execution. No block is handed out again before that, so what is freed stays so.
#include "runtime.h"

/// Bytes of a block that count: to look through a large one takes longer than it tells.
#define LKS_FREED_BYTES 4096

/// In a program in Swift nobody can tell who gives a block back: the Swift runtime frees by calls in tail
/// position, which leave no trace of it, and what it frees is in order with all that released it before,
/// unseen.
void lks_meetFree(uintptr_t block, size_t size, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (!thread || lks_needsSwift() || !lks_isOfProgram(thread->exploration, caller)) return;
  lks_settleExternal(thread);
  if (size > LKS_FREED_BYTES) size = LKS_FREED_BYTES;
  bool hasObjects = thread->exploration->objects.count;
  for (uintptr_t word = block; hasObjects && word < block + size; word += 8)
    lks_meetFreedObject(thread, word, caller);
  if (lks_touchFreed(thread, block, size)) {
    LKSPending *pending = lks_prepare(thread, LKS_WRITE, block, (uint32_t)size, caller);
    pending->flags |= LKS_FREES;
    if (thread->raceIgnored) pending->flags |= LKS_RACE_IGNORED;
    lks_step(thread);
  }
  lks_markFreed(thread, block, size);
}
