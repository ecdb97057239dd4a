/// Key paths that are applied at run time: the standard library writes the property, unseen.
#include "runtime.h"

void *lks_noteKeyPath(uint32_t index, uintptr_t caller);

/// Names a write through a key path while other threads run; returns where it goes on.
void *lks_noteKeyPath(uint32_t index, uintptr_t caller) {
  static const char *const names[] = {
      "swift_setAtReferenceWritableKeyPath", "swift_modifyAtReferenceWritableKeyPath"};
  static _Atomic(void *) found[2];
  void *next = atomic_load_explicit(&found[index], memory_order_relaxed);
  if (!next) {
    next = lks_next(names[index]);
    atomic_store_explicit(&found[index], next, memory_order_relaxed);
  }
  LKSThread *thread = lks_controlled();
  if (thread && thread->exploration->liveCount > 1 &&
      !lks_isLibraryCaller(thread->exploration, caller))
    lks_uncontrolled(thread->exploration, "a property written through a key path");
  return next;
}
