/// Locks held that are not on top, and objects that go from thread to thread.
#include <string.h>

#include "watch.h"

bool lkw_release(LKWThread *self, uint64_t object, LKWHold *released) {
  uint32_t depth = self->depth;
  for (uint32_t index = depth; index-- > 0;) {
    if (self->holds[index].object != object) continue;
    if (released) *released = self->holds[index];
    memmove(&self->holds[index], &self->holds[index + 1], (depth - 1 - index) * sizeof(LKWHold));
    self->depth = depth - 1;
    return true;
  }
  if (self->lost == 0) return false;
  // It may be one of those that found no room.
  self->lost--;
  return true;
}

/// Where code keeps no frame pointers, what is found above the first return address is any word of
/// the stack: the tool sorts out what is no return address.
void lkw_noteCallers(LKWThread *self, LKWHold *hold, uint64_t *frame) {
  uint64_t above = frame[0], low = (uint64_t)frame, room = self->stackTop - 16;
  for (int index = 1; index < LKW_CALLERS; index++) {
    if (above <= low || above > room || above % 8) {
      hold->callers[index] = 0;
      return;
    }
    hold->callers[index] = ((uint64_t *)above)[1];
    low = above;
    above = ((uint64_t *)above)[0];
  }
}

// MARK: Handed over

_Atomic uint64_t lkw_handedOver[LKW_HANDED_OVER];

static _Atomic uint64_t *entry(uint64_t object, uint32_t probe) {
  uint64_t hash = (object >> 3) * 0x9e3779b97f4a7c15ull;
  uint32_t index = (uint32_t)(hash >> 52) + probe;
  return &lkw_handedOver[index % LKW_HANDED_OVER];
}

enum { PROBES = 64, REMOVED = 1 };

static _Atomic uint64_t *find(uint64_t object) {
  for (uint32_t probe = 0; probe < PROBES; probe++) {
    uint64_t found = atomic_load_explicit(entry(object, probe), memory_order_relaxed);
    if (found == object) return entry(object, probe);
    if (found == 0) return NULL;
  }
  return NULL;
}

bool lkw_isHandedOver(uint64_t object) { return find(object) != NULL; }

void lkw_markHandedOver(uint64_t object) {
  if (find(object)) return;
  for (uint32_t probe = 0; probe < PROBES; probe++) {
    uint64_t expected = atomic_load_explicit(entry(object, probe), memory_order_relaxed);
    if (expected > REMOVED) continue;
    if (atomic_compare_exchange_strong(entry(object, probe), &expected, object)) return;
  }
  lkw_table.isIncomplete = 1;
}

void lkw_unmarkHandedOver(uint64_t object) {
  _Atomic uint64_t *found = find(object);
  if (found) atomic_store_explicit(found, REMOVED, memory_order_relaxed);
}
