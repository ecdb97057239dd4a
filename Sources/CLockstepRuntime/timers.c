/// Timers: what is due after some time. No time passes by itself: a thread of its own stands for it,
/// whose steps are that it passes, and that the next timer is due.
#include <stdlib.h>
#include <time.h>

#include "dispatch.h"
#include "task_evidence.h"

/// Of the times that Dispatch counts in (dispatch/time.h): the clock is in the highest bits.
#define LKS_DISPATCH_WALL (1ull << 63)
#define LKS_DISPATCH_MONOTONIC (1ull << 62)
#define LKS_DISPATCH_FOREVER (~0ull)

extern void dispatch_after_f(
    uint64_t when, dispatch_queue_t queue, void *context, void (*work)(void *));
extern void dispatch_after(uint64_t when, void *queue, LKSBlock *block);
extern uint64_t dispatch_time(uint64_t when, int64_t delta);

// MARK: Times of Dispatch

uint64_t dispatch_time(uint64_t when, int64_t delta) {
  LKSThread *thread = lks_controlled();
  if (thread && when == 0)
    when = thread->exploration->startTimes[CLOCK_MONOTONIC] + thread->knownTime;
  return LKS_REAL(dispatch_time)(when, delta);
}

/// A time of Dispatch's, in nanoseconds since executions start.
static uint64_t sinceStart(const LKSExploration *exploration, uint64_t when) {
  if (when == LKS_DISPATCH_FOREVER) return when;
  bool isWall = when & LKS_DISPATCH_WALL;
  clockid_t clock = isWall                           ? CLOCK_REALTIME
                    : when & LKS_DISPATCH_MONOTONIC ? CLOCK_BOOTTIME
                                                    : CLOCK_MONOTONIC;
  uint64_t time = isWall ? -when : when & ~LKS_DISPATCH_MONOTONIC;
  uint64_t start = exploration->startTimes[clock];
  return time > start ? time - start : 0;
}

uint64_t lks_delayUntil(LKSThread *thread, uint64_t when) {
  uint64_t due = sinceStart(thread->exploration, when);
  return due > thread->knownTime ? due - thread->knownTime : 0;
}

// MARK: Timers

static void insert(LKSExploration *exploration, LKSTimer timer) {
  LKSTimers *timers = &exploration->timers;
  if (timers->count == timers->capacity) {
    size_t capacity = timers->capacity ? timers->capacity * 2 : 16;
    LKSTimer *grown = realloc(timers->timers, capacity * sizeof(LKSTimer));
    if (!grown) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    timers->timers = grown;
    timers->capacity = capacity;
  }
  size_t place = timers->count++;
  while (place > 0 && timers->timers[place - 1].deadline <= timer.deadline) {
    timers->timers[place] = timers->timers[place - 1];
    place--;
  }
  timers->timers[place] = timer;
}

/// Time passes, one timer after another, until there is none.
static void *runClock(void *argument) {
  LKSThread *thread = argument;
  LKSExploration *exploration = thread->exploration;
  LKSTimers *timers = &exploration->timers;
  while (timers->count) {
    exploration->lazy |= 1ull << thread->index;
    uint64_t deadline = timers->timers[timers->count - 1].deadline;
    if (deadline > thread->knownTime) lks_pass(thread, deadline - thread->knownTime, 0);
    lks_stepTasks(thread, LKS_TASK_TIME, 0);
    LKSTimer timer = timers->timers[--timers->count];
    if (!timer.item)
      lks_startTaskJob(thread, timer.job);
    else if (timer.item->source)
      lks_fireSource(thread, timer.item);
    else
      lks_enqueue(thread, timer.item);
    // To enqueue is a step elsewhere: whoever looks whether the clock runs must come before or after.
    if (timer.item) lks_stepTasks(thread, LKS_TASK_END, 0);
  }
  exploration->lazy &= ~(1ull << thread->index);
  timers->clockRuns = false;
  return NULL;
}

static void nameClock(LKSThread *thread, LKSThread *child) {
  (void)thread;
  strcpy(child->name, "clock");
}

/// Sets a timer, after a step on what tasks share, to which time belongs.
static void set(LKSThread *thread, LKSTimer timer, uint64_t delay) {
  LKSExploration *exploration = thread->exploration;
  thread->inRuntime++;
  timer.deadline =
      delay > UINT64_MAX - thread->knownTime ? UINT64_MAX : thread->knownTime + delay;
  insert(exploration, timer);
  thread->inRuntime--;
  if (exploration->timers.clockRuns) return;
  exploration->timers.clockRuns = true;
  lks_startJob(thread, (LKSJob){0}, runClock, nameClock);
}

void lks_enqueueLater(LKSThread *thread, LKSItem *item, uint64_t delay) {
  lks_stepTasks(thread, LKS_TASK_ENQUEUE, item->caller);
  set(thread, (LKSTimer){.item = item}, delay);
  // What follows is the program's own.
  thread->inTasks = false;
}

void dispatch_after_f(
    uint64_t when, dispatch_queue_t queue, void *context, void (*work)(void *)) {
  LKSThread *thread = lks_controlled();
  uintptr_t caller = LKS_CALLER;
  if (!thread) {
    LKS_REAL(dispatch_after_f)(when, queue, context, work);
    return;
  }
  if (lks_isTaskLibrary(caller)) {
    if (!lks_arrives(thread, LKS_EVIDENCE_TIMER)) return;
    lks_meetTasks(thread, caller);
    set(thread, (LKSTimer){.job = {work, context, false}}, lks_delayUntil(thread, when));
    return;
  }
  LKSItem *item = lks_newItem(thread, (uintptr_t)queue, LKS_DISPATCH_ASYNC, caller);
  item->job = (LKSJob){work, context, false};
  LKS_REAL(dispatch_retain)(queue);
  item->isRetained = true;
  lks_enqueueLater(thread, item, lks_delayUntil(thread, when));
}

void dispatch_after(uint64_t when, void *queue, LKSBlock *block) {
  LKSThread *thread = lks_controlled();
  if (!thread) {
    LKS_REAL(dispatch_after)(when, queue, block);
    return;
  }
  LKSItem *item = lks_newItem(thread, (uintptr_t)queue, LKS_DISPATCH_ASYNC, LKS_CALLER);
  item->block = LKS_REAL(_Block_copy)(block);
  item->isBarrier = lks_isBarrierBlock(block);
  LKS_REAL(dispatch_retain)(queue);
  item->isRetained = true;
  lks_enqueueLater(thread, item, lks_delayUntil(thread, when));
}
