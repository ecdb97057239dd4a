/// Robust mutexes, which outlive their owners. The kernel walks a list of those that a thread holds when
/// it ends; here the end of a thread gives them up by a step each, so that it is seen.
#include <errno.h>

#include "runtime.h"

enum { LKS_OWNER_LIVES, LKS_OWNER_DIED, LKS_NOT_RECOVERABLE };

static LKSObject *modelOf(LKSThread *thread, pthread_mutex_t *mutex) {
  return lks_object(thread->exploration, (uintptr_t)mutex, LKS_OBJECT_MUTEX);
}

int lks_mutexInherit(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller) {
  if (!lks_mutexIsRobust(mutex)) return 0;
  LKSObject *model = modelOf(thread, mutex);
  thread->robustHolds++;
  if (model->ownerState != LKS_NOT_RECOVERABLE)
    return model->ownerState == LKS_OWNER_DIED ? EOWNERDEAD : 0;
  thread->robustHolds--;
  lks_prepare(thread, LKS_UNLOCK, (uintptr_t)mutex, 1, caller);
  lks_step(thread);
  return ENOTRECOVERABLE;
}

void lks_mutexBequeath(LKSThread *thread, pthread_mutex_t *mutex) {
  LKSObject *model = modelOf(thread, mutex);
  if (!lks_mutexIsRobust(mutex) || model->owner != thread->index + 1) return;
  thread->robustHolds--;
  if (model->ownerState == LKS_OWNER_DIED) model->ownerState = LKS_NOT_RECOVERABLE;
}

/// The one of those that a thread holds that comes first in memory: the same each time.
static LKSObject *firstRobustHold(LKSThread *thread) {
  LKSTable *table = &thread->exploration->objects;
  LKSObject *first = NULL;
  for (size_t index = 0; index < table->capacity; index++) {
    LKSObject *object = (LKSObject *)(table->entries + index * table->entrySize);
    if (!object->key || object->stamp != thread->exploration->stamp ||
        object->owner != thread->index + 1 || object->kind != LKS_OBJECT_MUTEX ||
        !object->isRobust)
      continue;
    if (!first || object->key < first->key) first = object;
  }
  return first;
}

void lks_giveUpRobustMutexes(LKSThread *thread) {
  while (thread->robustHolds) {
    LKSObject *model = firstRobustHold(thread);
    if (!model) return;
    thread->robustHolds--;
    uintptr_t address = (uintptr_t)model->key;
    lks_prepare(thread, LKS_UNLOCK, address, 1, (uintptr_t)thread->start);
    lks_step(thread);
    lks_object(thread->exploration, address, LKS_OBJECT_MUTEX)->ownerState = LKS_OWNER_DIED;
  }
}

int pthread_mutex_consistent(pthread_mutex_t *mutex) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(pthread_mutex_consistent)(mutex);
  LKSObject *model = modelOf(thread, mutex);
  if (!lks_mutexIsRobust(mutex) || model->owner != thread->index + 1 ||
      model->ownerState != LKS_OWNER_DIED)
    return EINVAL;
  model->ownerState = LKS_OWNER_LIVES;
  return 0;
}
