/// Timers: what is due after some time. No time passes by itself: a thread of its own stands for it,
/// whose steps are that it passes, and that the next timer is due.
#include <stdlib.h>
#include <time.h>

#include "runtime.h"

/// Of the times that Dispatch counts in (dispatch/time.h): the clock is in the highest bits.
#define LKS_DISPATCH_WALL (1ull << 63)
#define LKS_DISPATCH_MONOTONIC (1ull << 62)
#define LKS_DISPATCH_FOREVER (~0ull)

extern void dispatch_after_f(
    uint64_t when, dispatch_queue_t queue, void *context, void (*work)(void *));

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
    lks_startTaskJob(thread, timers->timers[--timers->count].job, false);
  }
  exploration->lazy &= ~(1ull << thread->index);
  timers->clockRuns = false;
  return NULL;
}

void dispatch_after_f(
    uint64_t when, dispatch_queue_t queue, void *context, void (*work)(void *)) {
  LKSThread *thread = lks_controlled();
  uintptr_t caller = LKS_CALLER;
  if (!thread || !lks_isTaskLibrary(caller)) {
    if (thread) lks_uncontrolled(thread->exploration, "dispatch_after");
    LKS_REAL(dispatch_after_f)(when, queue, context, work);
    return;
  }
  LKSExploration *exploration = thread->exploration;
  lks_meetTasks(thread, caller);
  thread->inRuntime++;
  insert(exploration, (LKSTimer){sinceStart(exploration, when), {work, context, false}});
  thread->inRuntime--;
  if (exploration->timers.clockRuns) return;
  exploration->timers.clockRuns = true;
  lks_startJob(thread, (LKSJob){0}, runClock);
}
