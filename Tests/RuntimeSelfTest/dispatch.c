/// Dispatch by its functions: queues, groups, many at once, timers.
#include "selftest.h"

typedef void Work(void *context);
extern void *dispatch_queue_create(const char *label, const void *attributes);
extern void *dispatch_get_global_queue(intptr_t priority, unsigned long flags);
extern void dispatch_async_f(void *queue, void *context, Work *work);
extern void dispatch_barrier_async_f(void *queue, void *context, Work *work);
extern void dispatch_sync_f(void *queue, void *context, Work *work);
extern void dispatch_barrier_sync_f(void *queue, void *context, Work *work);
extern void dispatch_apply_f(size_t count, void *queue, void *context, void (*)(void *, size_t));
extern void dispatch_after_f(uint64_t when, void *queue, void *context, Work *work);
extern uint64_t dispatch_time(uint64_t when, int64_t delta);
extern void *dispatch_group_create(void);
extern void dispatch_group_async_f(void *group, void *queue, void *context, Work *work);
extern void dispatch_group_enter(void *group);
extern void dispatch_group_leave(void *group);
extern intptr_t dispatch_group_wait(void *group, uint64_t timeout);
extern void dispatch_release(void *object);
extern char _dispatch_queue_attr_concurrent;

#define FOREVER (~0ull)

static int total;

static void increment(void *unused) { total++; }
static void nothing(void *unused) {}

static void addDigit(void *digit) { total = total * 4 + (int)(intptr_t)digit; }

// MARK: Queues

static void serial(void) {
  total = 0;
  void *queue = dispatch_queue_create("serial", NULL);
  dispatch_async_f(queue, NULL, increment);
  dispatch_async_f(queue, NULL, increment);
  dispatch_sync_f(queue, NULL, nothing);
  outcome = total;
  dispatch_release(queue);
}

TEST(serialQueue, "dispatch: a serial queue does one thing after another") {
  Result result = everySchedule(serial, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}

TEST(serialTrace, "dispatch: a call is a step on its queue, and the end of an item none") {
  warmUp(serial);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, serial), LKS_COMPLETED);
  int calls = 0, turns = 0, completions = 0, others = 0;
  size_t count;
  const LKSEvent *events = lks_trace(exploration, &count);
  for (size_t index = 0; index < count; index++) {
    calls += events[index].kind == LKS_CALL;
    turns += events[index].kind == LKS_AWAIT;
    completions += events[index].kind == LKS_COMPLETE;
    others += events[index].kind == LKS_SEMAPHORE_WAIT || events[index].kind == LKS_JOIN;
  }
  CHECK_EQUAL(calls, 3);
  // The second item waits for the first, and the caller for the second.
  CHECK_EQUAL(turns, 2);
  CHECK_EQUAL(completions, 3);
  CHECK_EQUAL(others, 0);
  lks_finish(exploration);
}

static void concurrent(void) {
  total = 0;
  void *queue = dispatch_queue_create("concurrent", &_dispatch_queue_attr_concurrent);
  dispatch_async_f(queue, NULL, increment);
  dispatch_async_f(queue, NULL, increment);
  dispatch_barrier_sync_f(queue, NULL, nothing);
  outcome = total;
  dispatch_release(queue);
}

TEST(concurrentQueue, "dispatch: a concurrent queue does several things at once") {
  Result result = everySchedule(concurrent, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
}

static void barriers(void) {
  total = 0;
  void *queue = dispatch_queue_create("concurrent", &_dispatch_queue_attr_concurrent);
  dispatch_async_f(queue, (void *)1, addDigit);
  dispatch_barrier_async_f(queue, (void *)2, addDigit);
  dispatch_async_f(queue, (void *)3, addDigit);
  dispatch_barrier_sync_f(queue, NULL, nothing);
  outcome = total;
  dispatch_release(queue);
}

TEST(barrierItem, "dispatch: a barrier comes after what is before it, and before the rest") {
  Result result = everySchedule(barriers, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(16 + 8 + 3));
}

static void *crossed[2];

static void waitsOnRight(void *unused) { dispatch_sync_f(crossed[1], NULL, nothing); }
static void waitsOnLeft(void *unused) { dispatch_sync_f(crossed[0], NULL, nothing); }

static void crossing(void) {
  crossed[0] = dispatch_queue_create("left", NULL);
  crossed[1] = dispatch_queue_create("right", NULL);
  dispatch_async_f(crossed[0], NULL, waitsOnRight);
  dispatch_async_f(crossed[1], NULL, waitsOnLeft);
  outcome = 1;
}

TEST(crossedQueues, "dispatch: queues that wait on each other are a deadlock, with its holders") {
  Result result = everySchedule(crossing, 100000);
  CHECK(result.isComplete);
  CHECK(result.endings[LKS_COMPLETED] > 0);
  CHECK(result.endings[LKS_DEADLOCKED] > 0);
  warmUp(crossing);
  // The body goes on until both queues have work.
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, crossing), LKS_DEADLOCKED);
  size_t count;
  const LKSBlocked *blocked = lks_blocked(exploration, &count);
  CHECK_EQUAL(count, 2);
  CHECK_EQUAL(blocked[0].kind, LKS_AWAIT);
  CHECK_EQUAL(blocked[0].holder, blocked[1].thread);
  CHECK_EQUAL(blocked[1].holder, blocked[0].thread);
  char name[64];
  CHECK(lks_dispatchName(exploration, blocked[0].object, name, sizeof name));
  CHECK(strcmp(name, "queue 'right'") == 0);
  lks_finish(exploration);
}

// MARK: Groups and many at once

static void grouped(void) {
  total = 0;
  void *group = dispatch_group_create();
  void *queue = dispatch_get_global_queue(0, 0);
  dispatch_group_async_f(group, queue, NULL, increment);
  dispatch_group_async_f(group, queue, NULL, increment);
  dispatch_group_wait(group, FOREVER);
  outcome = total;
  dispatch_release(group);
}

TEST(groupWait, "dispatch: a group is waited for, and its members run at once") {
  Result result = everySchedule(grouped, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}

static void leaveTwice(void) {
  void *group = dispatch_group_create();
  dispatch_group_enter(group);
  dispatch_group_leave(group);
  dispatch_group_leave(group);
}

TEST(groupUnbalanced, "dispatch: a group that is left too often ends the process") {
  warmUp(leaveTwice);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, leaveTwice), LKS_CRASHED);
  lks_finish(exploration);
}

#ifndef LKS_NO_ARENA
static void inTime(void) {
  void *group = dispatch_group_create();
  dispatch_group_async_f(group, dispatch_get_global_queue(0, 0), NULL, nothing);
  outcome = dispatch_group_wait(group, dispatch_time(0, 1000)) == 0;
  dispatch_group_wait(group, FOREVER);
  dispatch_release(group);
}

// What is learned of a group is kept by its name, which it has from its arena.
TEST(groupInTime, "dispatch: a wait for a time ends with the group, or before it") {
  Result result = everySchedule(inTime, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(0) | OUTCOME(1));
}
#endif

static void iterate(void *unused, size_t index) { total += (int)index + 1; }

static void iterations(void) {
  total = 0;
  dispatch_apply_f(2, NULL, NULL, iterate);
  outcome = total;
}

TEST(apply, "dispatch: iterations run at once") {
  Result result = everySchedule(iterations, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2) | OUTCOME(3));
}

// MARK: Time

static void timed(void) {
  total = 0;
  void *queue = dispatch_queue_create("timed", NULL);
  void *group = dispatch_group_create();
  dispatch_group_enter(group);
  dispatch_after_f(dispatch_time(0, 2000000), queue, (void *)2, addDigit);
  dispatch_after_f(dispatch_time(0, 1000000), queue, (void *)1, addDigit);
  dispatch_after_f(dispatch_time(0, 3000000), queue, group, dispatch_group_leave);
  dispatch_group_wait(group, FOREVER);
  outcome = total;
  dispatch_release(group);
  dispatch_release(queue);
}

TEST(after, "dispatch: what is due later comes later") {
  Result result = everySchedule(timed, 100000);
  CHECK(result.isComplete);
  // Unless the first is due before the second is even asked for.
  CHECK_EQUAL(result.outcomes, OUTCOME(4 + 2) | OUTCOME(8 + 1));
}
