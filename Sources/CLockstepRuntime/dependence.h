/// Which steps that are announced depend on a step that is taken: the engine's `Independence`, at the time of
/// each step.
#ifndef LKS_DEPENDENCE_H
#define LKS_DEPENDENCE_H

#include "runtime.h"

/// What a pending step whose kind depends on the state of its object would be, if it were taken now.
uint8_t lks_outcomeNow(LKSThread *thread);

/// What a pending step would be, if it were taken now.
static inline uint8_t lks_kindNow(LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  bool isCertain = lks_isMemory(pending->kind) && !pending->condition;
  return LKS_LIKELY(isCertain) ? pending->kind : lks_outcomeNow(thread);
}

static inline bool lks_clash(
    const uint8_t *dependence, uint8_t kind, uint64_t object, uint32_t size, uint8_t otherKind,
    uint64_t otherObject, uint32_t otherSize) {
  return object < otherObject + otherSize && otherObject < object + size &&
         dependence[kind * LKS_KIND_COUNT + otherKind];
}

/// Whether a pending step depends on the step of another thread that is just being taken.
static inline bool lks_depends(
    const uint8_t *dependence, LKSThread *thread, const LKSEvent *event) {
  const LKSPending *pending = &thread->pending;
  // Whether such an update writes may change with what came before it.
  uint8_t kind = pending->condition ? LKS_READ_MODIFY_WRITE : lks_kindNow(thread);
  uint8_t eventKind =
      event->flags & LKS_COMPARE_AND_SWAP ? LKS_READ_MODIFY_WRITE : event->kind;
  if (lks_clash(dependence, kind, pending->object, pending->size, eventKind, event->object,
                event->size))
    return true;
  if (pending->otherSize && pending->awaits &&
      lks_clash(dependence, LKS_READ, pending->other, pending->otherSize, eventKind,
                event->object, event->size))
    return true;
  if (event->otherSize && lks_clash(dependence, kind, pending->object, pending->size, LKS_READ,
                                    event->other, event->otherSize))
    return true;
  bool waits = kind == LKS_WAIT, otherWaits = event->kind == LKS_WAIT;
  if (waits &&
      lks_clash(dependence, LKS_UNLOCK, pending->other, 1, event->kind, event->object,
                event->size))
    return true;
  if (otherWaits &&
      lks_clash(dependence, kind, pending->object, pending->size, LKS_UNLOCK, event->other, 1))
    return true;
  return waits && otherWaits &&
         lks_clash(dependence, LKS_UNLOCK, pending->other, 1, LKS_UNLOCK, event->other, 1);
}

#endif
