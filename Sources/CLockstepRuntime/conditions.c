/// Models of conditions: who waits, and whom a signal may wake.
///
/// A signal wakes one of the threads that wait, whichever (POSIX: at least one of them). Where only one
/// does, that is settled. Where several do, each of them may take the step of being woken, until one has.
#include "runtime.h"

/// A thread goes on from its wait: its next step is to take the lock again, or the end of a wait with a
/// time limit.
static void wake(LKSExploration *exploration, uint8_t index) {
  LKSThread *thread = &exploration->threads[index];
  if (thread->pending.kind != LKS_WAKE) return;
  thread->pending = thread->relock;
  lks_setState(thread, LKS_READY);
  lks_announce(exploration, thread);
}

static int placeOf(const LKSObject *condition, uint8_t thread) {
  const uint8_t *place = memchr(condition->queue, thread, condition->queueCount);
  return place ? (int)(place - condition->queue) : -1;
}

bool lks_canWake(const LKSObject *condition, uint8_t thread) {
  if (!condition->signalCount) return false;
  int place = placeOf(condition, thread);
  return place >= 0 && place < condition->signals[condition->signalCount - 1];
}

/// Lets those be chosen whom a signal may wake, and no others.
static void offer(LKSExploration *exploration, const LKSObject *condition) {
  for (uint8_t place = 0; place < condition->queueCount; place++) {
    LKSThread *thread = &exploration->threads[condition->queue[place]];
    if (thread->pending.kind != LKS_WAKE) continue;
    bool canWake = lks_canWake(condition, thread->index);
    lks_setState(thread, canWake ? LKS_READY : LKS_WAITING);
  }
}

uint64_t lks_signalOne(LKSExploration *exploration, LKSObject *condition) {
  // As many signals as threads: all of them are sure to be woken.
  if (condition->queueCount == condition->signalCount) return LKS_NOBODY;
  if (condition->queueCount == 1) {
    condition->queueCount = 0;
    wake(exploration, condition->queue[0]);
    return condition->queue[0];
  }
  condition->signals[condition->signalCount++] = condition->queueCount;
  offer(exploration, condition);
  return LKS_SEVERAL;
}

uint64_t lks_signalAll(LKSExploration *exploration, LKSObject *condition) {
  uint64_t woken = 0;
  condition->signalCount = 0;
  for (uint8_t place = 0; place < condition->queueCount; place++) {
    woken |= 1ull << condition->queue[place];
    wake(exploration, condition->queue[place]);
  }
  condition->queueCount = 0;
  return woken;
}

bool lks_leaveWaiters(LKSExploration *exploration, LKSObject *condition, uint8_t thread) {
  int place = placeOf(condition, thread);
  if (place < 0) return false;
  memmove(
      condition->queue + place, condition->queue + place + 1,
      (size_t)(--condition->queueCount - place));
  // Of the signals that may be its own, it takes the one that fewest others can.
  uint8_t kept = 0;
  bool isTaken = false;
  for (uint8_t index = 0; index < condition->signalCount; index++) {
    uint8_t limit = condition->signals[index];
    bool isOwn = limit > place;
    if (isOwn && !isTaken)
      isTaken = true;
    else
      condition->signals[kept++] = isOwn ? limit - 1 : limit;
  }
  condition->signalCount = kept;
  offer(exploration, condition);
  return true;
}
