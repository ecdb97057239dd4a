/// Time. No thread sleeps: the exploration's threads have a clock of their own, which starts alike in
/// each execution and goes on by what they sleep, so that executions can be repeated and an hour takes
/// no time. What a thread sleeps is added when its step is chosen, and sums are the same in every
/// order: sleeps depend on nothing but looks at the clock.
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>

#include "runtime.h"

#define LKS_SECOND 1000000000ull

uint64_t lks_nanoseconds(const struct timespec *time) {
  if (time->tv_sec < 0) return 0;
  return (uint64_t)time->tv_sec * LKS_SECOND + (uint64_t)time->tv_nsec;
}

/// Whether a clock shows the time that goes on by what threads sleep: all but those of devices, of a thread
/// that is named, and of other processes. What a thread or the process has used of the processor's time
/// is such a time, too, since what it has used in truth is another thing in each execution.
static bool isModelled(clockid_t clock) { return clock >= 0 && clock < LKS_CLOCKS; }

static bool isOfProcessor(clockid_t clock) {
  return clock == CLOCK_PROCESS_CPUTIME_ID || clock == CLOCK_THREAD_CPUTIME_ID;
}

void lks_readStartTimes(LKSExploration *exploration) {
  for (clockid_t clock = 0; clock < LKS_CLOCKS; clock++) {
    struct timespec time;
    // Nothing is used at the start.
    if (isOfProcessor(clock))
      exploration->startTimes[clock] = 0;
    else if (LKS_REAL(clock_gettime)(clock, &time) == 0)
      exploration->startTimes[clock] = lks_nanoseconds(&time);
  }
}

// MARK: Sleeping

/// Up to a hundred years: a sleep without an end does not turn the clocks around.
static uint64_t limited(const LKSThread *thread, uint64_t duration) {
  const uint64_t most = 100ull * 366 * 24 * 3600 * LKS_SECOND;
  uint64_t known = thread->knownTime < most ? thread->knownTime : most;
  return duration > most - known ? most - known : duration;
}

void lks_pass(LKSThread *thread, uint64_t duration, uintptr_t programCounter) {
  LKSPending *pending = lks_prepare(thread, LKS_SLEEP, 0, 1, programCounter);
  pending->object = LKS_CLOCK;
  pending->expected = limited(thread, duration);
  lks_step(thread);
}

static void sleepFor(LKSThread *thread, uint64_t duration, uintptr_t caller) {
  lks_settleExternal(thread);
  lks_annotate(thread, LKS_YIELD, 0, 0, caller);
  thread->yielded = true;
  // Never none: who sleeps what a sum of seconds lacks, and looks again, would not come to an end.
  lks_pass(thread, duration ? duration : 1, caller);
}

/// What is left until a time has come, as far as the thread knows: what others have slept since it
/// last looked would make it depend on them, and is left out.
static uint64_t remaining(const LKSThread *thread, clockid_t clock, uint64_t time) {
  if (!isModelled(clock)) return 0;
  uint64_t now = thread->exploration->startTimes[clock] + thread->knownTime;
  return time > now ? time - now : 0;
}

void lks_passUntil(LKSThread *thread, clockid_t clock, uint64_t time, uintptr_t programCounter) {
  uint64_t duration = remaining(thread, clock, time);
  if (duration) lks_pass(thread, duration, programCounter);
}

int nanosleep(const struct timespec *time, struct timespec *left) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(nanosleep)(time, left);
  sleepFor(thread, lks_nanoseconds(time), LKS_CALLER);
  return 0;
}

int clock_nanosleep(
    clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(clock_nanosleep)(clock, flags, time, left);
  uint64_t duration = lks_nanoseconds(time);
  if (flags & TIMER_ABSTIME) duration = remaining(thread, clock, duration);
  sleepFor(thread, duration, LKS_CALLER);
  return 0;
}

int usleep(useconds_t time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(usleep)(time);
  sleepFor(thread, time * 1000ull, LKS_CALLER);
  return 0;
}

unsigned sleep(unsigned time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(sleep)(time);
  sleepFor(thread, time * LKS_SECOND, LKS_CALLER);
  return 0;
}

// MARK: Looking at the clock

/// Looks in a row, and looks in all, after which a thread is taken to wait for a time to come: then
/// each one takes time itself, twice as much as the one before, from a microsecond to an hour.
#define LKS_FREE_LOOKS 16
#define LKS_FREE_LOOKS_IN_ALL 1024
#define LKS_LOOK_DOUBLINGS 32

static void waitForTime(LKSThread *thread, uintptr_t caller) {
  uint32_t looks = thread->clockLooks++;
  uint32_t all = thread->allClockLooks++;
  uint32_t extra = looks > LKS_FREE_LOOKS ? looks - LKS_FREE_LOOKS : 0;
  if (all > LKS_FREE_LOOKS_IN_ALL && all - LKS_FREE_LOOKS_IN_ALL > extra)
    extra = all - LKS_FREE_LOOKS_IN_ALL;
  if (!extra) return;
  lks_annotate(thread, LKS_YIELD, 0, 0, caller);
  thread->yielded = true;
  lks_pass(thread, 1000ull << (extra < LKS_LOOK_DOUBLINGS ? extra : LKS_LOOK_DOUBLINGS), caller);
}

/// A look that the program takes is a step, since what it shows depends on who slept before.
static void look(LKSThread *thread, uintptr_t caller) {
  lks_settleExternal(thread);
  waitForTime(thread, caller);
  lks_prepare(thread, LKS_READ_CLOCK, 0, 1, caller)->object = LKS_CLOCK;
  lks_step(thread);
}

/// What the processor and the kernel count goes on as it likes, unseen.
static void noteUsed(LKSThread *thread, const char *name, uintptr_t caller) {
  thread->unseenChanges++;
  lks_noteInput(thread, name, caller);
}

static int show(LKSThread *thread, clockid_t clock, struct timespec *time, uintptr_t caller) {
  if (!isModelled(clock)) {
    noteUsed(thread, "clock_gettime", caller);
    return LKS_REAL(clock_gettime)(clock, time);
  }
  if (lks_looksAtClock(thread->exploration, caller)) {
    thread->libraryClockLooks = 0;
    look(thread, caller);
  } else if (++thread->libraryClockLooks > LKS_FREE_LOOKS_IN_ALL) {
    // Nor may a library wait for good for a time that does not come.
    thread->knownTime += LKS_SECOND;
  }
  // Time passes between two rounds of a loop: a thread that looks at a clock is in no state twice.
  thread->lookCount = 0;
  // What others slept since the thread last looked is kept from a library, whose look is no step.
  uint64_t now = thread->exploration->startTimes[clock] + thread->knownTime;
  time->tv_sec = (time_t)(now / LKS_SECOND);
  time->tv_nsec = (long)(now % LKS_SECOND);
  return 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(clock_gettime)(clock, time);
  return show(thread, clock, time, LKS_CALLER);
}

clock_t clock(void) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(clock)();
  struct timespec now;
  if (show(thread, CLOCK_PROCESS_CPUTIME_ID, &now, LKS_CALLER)) return -1;
  return now.tv_sec * CLOCKS_PER_SEC + now.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

clock_t times(struct tms *result) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(times)(result);
  struct timespec now;
  if (show(thread, CLOCK_PROCESS_CPUTIME_ID, &now, LKS_CALLER)) return -1;
  const long ticks = sysconf(_SC_CLK_TCK);
  clock_t used = now.tv_sec * ticks + now.tv_nsec / (1000000000 / ticks);
  if (result) *result = (struct tms){.tms_utime = used};
  return used;
}

/// How much memory it took and the like is real.
int getrusage(__rusage_who_t who, struct rusage *result) {
  LKSThread *thread = lks_controlled();
  int error = LKS_REAL(getrusage)(who, result);
  struct timespec now;
  if (!thread || error || show(thread, CLOCK_PROCESS_CPUTIME_ID, &now, LKS_CALLER)) return error;
  noteUsed(thread, "getrusage", LKS_CALLER);
  result->ru_utime = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  result->ru_stime = (struct timeval){0};
  return 0;
}

int timespec_get(struct timespec *time, int base) {
  LKSThread *thread = lks_controlled();
  if (!thread || base != TIME_UTC) return LKS_REAL(timespec_get)(time, base);
  return show(thread, CLOCK_REALTIME, time, LKS_CALLER) == 0 ? base : 0;
}

int gettimeofday(struct timeval *restrict result, void *restrict zone) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(gettimeofday)(result, zone);
  struct timespec now;
  int error = show(thread, CLOCK_REALTIME, &now, LKS_CALLER);
  if (error) return error;
  *result = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  return 0;
}

time_t time(time_t *result) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(time)(result);
  struct timespec now;
  if (show(thread, CLOCK_REALTIME, &now, LKS_CALLER)) return -1;
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
