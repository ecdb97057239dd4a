/// Where a thread is: on which queue, what is kept with it, and what it is called.
#include <dlfcn.h>
#include <stdio.h>

#include "dispatch.h"

extern void dispatch_assert_queue(void *queue);
extern void dispatch_assert_queue_not(void *queue);
extern void dispatch_assert_queue_barrier(void *queue);

#define LKS_ASSERT(function, condition)                                                     \
  void function(void *queue) {                                                              \
    LKSThread *thread = lks_controlled();                                                   \
    uintptr_t address = (uintptr_t)queue;                                                   \
    if (!thread)                                                                            \
      LKS_REAL(function)(queue);                                                            \
    else if (!(condition))                                                                  \
      lks_crash(thread, LKS_TRAP, LKS_CALLER);                                              \
  }

LKS_ASSERT(dispatch_assert_queue, lks_isOnQueue(thread, address, false))
LKS_ASSERT(dispatch_assert_queue_not, !lks_isOnQueue(thread, address, false))
LKS_ASSERT(dispatch_assert_queue_barrier, lks_isOnQueue(thread, address, true))

extern void dispatch_queue_set_specific(
    void *queue, const void *key, void *value, LKSFunction destructor);
extern void *dispatch_queue_get_specific(void *queue, const void *key);
extern void *dispatch_get_specific(const void *key);

/// A step on what a queue keeps for its users, beside the queue.
static void stepSpecific(
    LKSThread *thread, uintptr_t queue, LKSDispatchCall call, uintptr_t caller) {
  LKSKind kind = call == LKS_DISPATCH_SET_SPECIFIC ? LKS_CALL : LKS_SHARED_CALL;
  lks_settleExternal(thread);
  lks_prepare(thread, kind, queue + 8, 1, caller)->other = call;
  lks_step(thread);
}

void dispatch_queue_set_specific(
    void *queue, const void *key, void *value, LKSFunction destructor) {
  LKSThread *thread = lks_controlled();
  if (thread) stepSpecific(thread, (uintptr_t)queue, LKS_DISPATCH_SET_SPECIFIC, LKS_CALLER);
  LKS_REAL(dispatch_queue_set_specific)(queue, key, value, destructor);
}

void *dispatch_queue_get_specific(void *queue, const void *key) {
  LKSThread *thread = lks_controlled();
  if (thread) stepSpecific(thread, (uintptr_t)queue, LKS_DISPATCH_GET_SPECIFIC, LKS_CALLER);
  return LKS_REAL(dispatch_queue_get_specific)(queue, key);
}

void *dispatch_get_specific(const void *key) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(dispatch_get_specific)(key);
  uintptr_t queue = thread->queueFrame ? thread->queueFrame->queue : 0;
  for (; queue; queue = lks_queue(thread->exploration, queue)->target) {
    stepSpecific(thread, queue, LKS_DISPATCH_GET_SPECIFIC, LKS_CALLER);
    void *value = LKS_REAL(dispatch_queue_get_specific)((void *)queue, key);
    if (value) return value;
  }
  return NULL;
}

void lks_warmUpDispatch(void) {
  static const char key;
  typedef void *GetSpecific(const void *);
  GetSpecific *real = (GetSpecific *)dlsym(RTLD_NEXT, "dispatch_get_specific");
  if (real) real(&key);
}

// MARK: Names

bool lks_dispatchName(
    LKSExploration *exploration, uint64_t object, char *text, size_t size) {
  const LKSLatch *latch = lks_latchNamed(exploration, object);
  uintptr_t address = latch ? latch->owner : lks_addressOf(exploration, object);
  if (address == lks_taskObject()) address = 0;
  if (address && lks_isGroup(exploration, address)) {
    snprintf(text, size, "a group");
    return true;
  }
  const LKSQueue *queue =
      lks_tableFind(&exploration->queues, lks_objectName(exploration, address), false);
  if (!queue || !address || queue->stamp != exploration->stamp) return false;
  const char *label = lks_queueLabel(address);
  snprintf(text, size, label[0] ? "queue '%s'" : "a queue", label);
  return true;
}
