/// Timers: what is due after some time. No time passes by itself: a thread of its own stands for it,
/// whose step is that the next timer is due.
#include <stdlib.h>
#include <time.h>

#include "runtime.h"

/// Of the times that Dispatch counts in (dispatch/time.h): the clock is in the highest bits.
#define LKS_DISPATCH_WALL (1ull << 63)
#define LKS_DISPATCH_MONOTONIC (1ull << 62)
#define LKS_DISPATCH_FOREVER (~0ull)

extern void dispatch_after_f(
    uint64_t when, dispatch_queue_t queue, void *context, void (*work)(void *));

static uint64_t now(clockid_t clock) {
  struct timespec time;
  if (clock_gettime(clock, &time)) return 0;
  return (uint64_t)time.tv_sec * 1000000000ull + (uint64_t)time.tv_nsec;
}

/// Nanoseconds from now until a time of Dispatch's.
static uint64_t delayUntil(uint64_t when) {
  if (when == LKS_DISPATCH_FOREVER) return when;
  bool isWall = when & LKS_DISPATCH_WALL;
  uint64_t time = isWall ? -when : when & ~LKS_DISPATCH_MONOTONIC;
  uint64_t present = now(isWall                           ? CLOCK_REALTIME
                         : when & LKS_DISPATCH_MONOTONIC ? CLOCK_BOOTTIME
                                                         : CLOCK_MONOTONIC);
  return time > present ? time - present : 0;
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
    lks_stepTasks(thread, LKS_TASK_TIME, 0);
    LKSTimer timer = timers->timers[--timers->count];
    if (timer.deadline > exploration->slept) exploration->slept = timer.deadline;
    lks_startTaskJob(thread, timer.job, false);
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
  uint64_t delay = delayUntil(when);
  uint64_t deadline = delay > UINT64_MAX - exploration->slept ? UINT64_MAX
                                                              : exploration->slept + delay;
  insert(exploration, (LKSTimer){deadline, {work, context, false}});
  thread->inRuntime--;
  if (exploration->timers.clockRuns) return;
  exploration->timers.clockRuns = true;
  lks_startJob(thread, (LKSJob){0}, runClock);
}
