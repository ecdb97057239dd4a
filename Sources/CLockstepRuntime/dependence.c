/// What a step that is announced would come to now, where its kind alone does not tell.
#include "dependence.h"

/// Whether an atomic update with a condition would store, if it were carried out now.
static bool storesNow(const LKSPending *pending) {
  uint64_t value = lks_peek(pending->address, pending->size), operand = pending->expected;
  switch ((LKSCondition)pending->condition) {
  case LKS_IF_THERE: return value == operand;
  case LKS_UNLESS_THERE: return value != operand;
  case LKS_UNLESS_SET: return operand & ~value;
  case LKS_UNLESS_CLEAR: return value & ~operand;
  default: return true;
  }
}

uint8_t lks_outcomeNow(LKSThread *thread) {
  LKSPending *pending = &thread->pending;
  if (pending->condition) return storesNow(pending) ? LKS_READ_MODIFY_WRITE : LKS_READ;
  switch (pending->kind) {
  case LKS_TRY_LOCK: {
    LKSObject *lock = lks_object(thread->exploration, pending->address, LKS_OBJECT_MUTEX);
    return lock->owner || lock->count ? LKS_TRY_LOCK_FAILED : LKS_TRY_LOCK;
  }
  case LKS_TRY_LOCK_SHARED: {
    LKSObject *lock = lks_object(thread->exploration, pending->address, LKS_OBJECT_MUTEX);
    return lock->owner ? LKS_TRY_LOCK_SHARED_FAILED : LKS_TRY_LOCK_SHARED;
  }
  case LKS_SEMAPHORE_TRY_WAIT: {
    LKSObject *semaphore = lks_object(thread->exploration, pending->address, LKS_OBJECT_SEMAPHORE);
    return semaphore->count > 0 ? LKS_SEMAPHORE_TRY_WAIT : LKS_SEMAPHORE_TRY_WAIT_FAILED;
  }
  case LKS_WAIT_END: {
    LKSObject *condition =
        lks_object(thread->exploration, pending->address, LKS_OBJECT_CONDITION);
    return lks_canWake(condition, thread->index) ? LKS_TIMED_WAKE : LKS_WAIT_END;
  }
  default:
    return pending->kind;
  }
}
