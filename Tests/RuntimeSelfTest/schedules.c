/// Schedules: every one, those said by prefixes, those drawn at random; and how executions end.
#include <sched.h>
#include <unistd.h>

#include "selftest.h"

static int total;

/// A call of its own, or the compiler makes one addition of two.
__attribute__((noinline)) static void *increment(void *unused) {
  (void)unused;
  total++;
  return NULL;
}

static void *incrementTwice(void *unused) {
  increment(unused);
  increment(unused);
  return NULL;
}

static void race(void) {
  total = 0;
  inParallel(increment, increment);
  outcome = total;
}

static void longRace(void) {
  total = 0;
  inParallel(incrementTwice, incrementTwice);
  outcome = total;
}

/// A read, a write each; main waits for both, one after the other, and reads.
TEST(everyScheduleOfARace, "schedules: all of two increments, and both totals") {
  Result result = everySchedule(race, 1000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  // Six orders of four steps. The wait for the first thread can come before what is left of the
  // second's steps or after any of them: one place more for each, where the second ends last.
  CHECK_EQUAL(result.executions, result.endings[LKS_COMPLETED]);
  CHECK_EQUAL(result.executions, 10);
}

TEST(everyScheduleOfALongRace, "schedules: all of two times two increments, and all totals") {
  Result result = everySchedule(longRace, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2) | OUTCOME(3) | OUTCOME(4));
  CHECK_EQUAL(result.executions, 126);
}

TEST(randomIsRepeatable, "schedules: the same seed gives the same trace, other seeds others") {
  warmUp(longRace);
  bool anyDiffers = false;
  Trace former = {0};
  for (uint64_t seed = 1; seed <= 20; seed++) {
    LKSPlan plan = {.continuation = LKS_RANDOM, .seed = seed, .branch = 1000};
    CHECK_EQUAL(runPlan(&plan, longRace), LKS_COMPLETED);
    Trace one = keepTrace();
    lks_finish(exploration);
    CHECK_EQUAL(runPlan(&plan, longRace), LKS_COMPLETED);
    Trace other = keepTrace();
    lks_finish(exploration);
    CHECK_THAT(isSameTrace(one, other), "with seed %d", (int)seed);
    if (former.events) anyDiffers |= !isSameTrace(one, former);
    free(former.events);
    free(other.events);
    former = one;
  }
  free(former.events);
  CHECK(anyDiffers);
}

TEST(randomReachesAll, "schedules: random ones reach every total and no other") {
  warmUp(longRace);
  Result result = randomSchedules(longRace, 7, 500);
  CHECK_EQUAL(result.endings[LKS_COMPLETED], 500);
  CHECK_EQUAL(result.outcomes, OUTCOME(2) | OUTCOME(3) | OUTCOME(4));
}

TEST(prefixReplays, "schedules: a random execution's own schedule gives its trace again") {
  warmUp(longRace);
  for (uint64_t seed = 1; seed <= 50; seed++) {
    LKSPlan plan = {.continuation = LKS_RANDOM, .seed = seed, .branch = 1000};
    runPlan(&plan, longRace);
    int first = outcome;
    Trace original = keepTrace();
    lks_finish(exploration);
    size_t count;
    uint8_t *threads = scheduleOf(original, &count);
    LKSPlan replay = {.prefix = threads, .prefixCount = count, .branch = 1000};
    CHECK_EQUAL(runPlan(&replay, longRace), LKS_COMPLETED);
    CHECK_EQUAL(outcome, first);
    Trace again = keepTrace();
    lks_finish(exploration);
    CHECK(isSameTrace(original, again));
    free(original.events);
    free(again.events);
    free(threads);
  }
}

TEST(prefixDiverges, "schedules: a prefix that cannot be followed says where, and what was met") {
  warmUp(race);
  // Thread 0 sets the total, thread 1 reads it; then thread 0 waits for thread 1 to end.
  uint8_t prefix[] = {0, 1, 0};
  LKSPlan plan = {.prefix = prefix, .prefixCount = 3, .branch = 1000};
  CHECK_EQUAL(runPlan(&plan, race), LKS_DIVERGED);
  uint32_t step = 0;
  LKSBlocked met = lks_divergence(exploration, &step);
  CHECK_EQUAL(step, 2);
  CHECK_EQUAL(met.thread, 0);
  CHECK_EQUAL(met.kind, LKS_JOIN);
  lks_finish(exploration);
  // A thread that never was.
  uint8_t foreign[] = {40};
  LKSPlan other = {.prefix = foreign, .prefixCount = 1, .branch = 1000};
  CHECK_EQUAL(runPlan(&other, race), LKS_DIVERGED);
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, race), LKS_COMPLETED);
  lks_finish(exploration);
}

TEST(sleepingIsRedundant, "schedules: an execution of which only sleeping threads are left ends") {
  warmUp(race);
  LKSPlan plan = {.sleeping = 1 << 0 | 1 << 1 | 1 << 2, .branch = 0};
  CHECK_EQUAL(runPlan(&plan, race), LKS_REDUNDANT);
  size_t count;
  lks_trace(exploration, &count);
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, race), LKS_COMPLETED);
  lks_finish(exploration);
}

static void forever(void) {
  for (;;) sched_yield();
}

TEST(stepLimit, "endings: one that never ends is stopped at the step limit") {
  LKSPlan plan = {.stepLimit = 100, .branch = 1000};
  CHECK_EQUAL(runPlan(&plan, forever), LKS_STEP_LIMIT);
  Trace trace = keepTrace();
  size_t steps;
  free(scheduleOf(trace, &steps));
  CHECK_EQUAL(steps, 100);
  free(trace.events);
  lks_finish(exploration);
  CHECK_EQUAL(lks_abandonedThreads(exploration), 1);
}

static void *waitForTotal(void *unused) {
  (void)unused;
  while (!__atomic_load_n(&total, __ATOMIC_ACQUIRE)) usleep(100);
  return NULL;
}

static void polling(void) {
  total = 0;
  inParallel(waitForTotal, increment);
  outcome = total;
}

TEST(pollingEnds, "endings: a thread that polls and sleeps lets the other go on") {
  warmUp(polling);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, polling), LKS_COMPLETED);
  lks_finish(exploration);
  Result result = randomSchedules(polling, 1, 50);
  CHECK_EQUAL(result.endings[LKS_COMPLETED], 50);
}

static void *doNothing(void *unused) { return unused; }

static void tooMany(void) {
  for (int index = 0; index < LKS_MAXIMUM_THREADS + 5; index++)
    pthread_detach(start(doNothing, NULL));
}

static void asManyAsThereCanBe(void) {
  pthread_t threads[LKS_MAXIMUM_THREADS - 1];
  for (int index = 0; index < LKS_MAXIMUM_THREADS - 1; index++)
    threads[index] = start(doNothing, NULL);
  for (int index = 0; index < LKS_MAXIMUM_THREADS - 1; index++) pthread_join(threads[index], NULL);
  outcome = 1;
}

TEST(threadLimit, "endings: 64 threads are enough, one more is said") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, asManyAsThereCanBe), LKS_COMPLETED);
  CHECK_EQUAL(lks_threadCount(exploration), LKS_MAXIMUM_THREADS);
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, tooMany), LKS_TOO_MANY_THREADS);
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, race), LKS_COMPLETED);
  lks_finish(exploration);
}

TEST(details, "traces: a detailed execution has values, stacks and output") {
  warmUp(race);
  LKSPlan plan = {.branch = 1000, .detailed = true};
  CHECK_EQUAL(runPlan(&plan, race), LKS_COMPLETED);
  Trace trace = keepTrace();
  // Main sets it, the first thread reads and writes it.
  const LKSEvent *read = findEvent(trace, LKS_READ, &total);
  const LKSEvent *write = NULL;
  for (size_t index = 0; index < trace.count && !write; index++)
    if (trace.events[index].thread == 1 && trace.events[index].kind == LKS_WRITE)
      write = &trace.events[index];
  CHECK(read && read->flags & LKS_HAS_VALUE && read->value == 0);
  CHECK(write != NULL);
  if (write) {
    CHECK(write->flags & LKS_HAS_VALUE);
    CHECK_EQUAL(write->value, 1);
    CHECK_EQUAL(write->size, sizeof total);
    size_t depth = 0;
    const uintptr_t *stack = lks_stack(exploration, write->stack, &depth);
    CHECK(stack && depth >= 1 && stack[0] == write->programCounter);
  }
  CHECK_EQUAL(countEvents(trace, LKS_SPAWN, NULL), 2);
  CHECK_EQUAL(countEvents(trace, LKS_EXIT, NULL), 3);
  CHECK_EQUAL(countEvents(trace, LKS_JOIN, NULL), 2);
  free(trace.events);
  lks_finish(exploration);
}

static void says(void) {
  printf("%d ", 1);
  puts("two");
  fputs("three", stdout);
  putchar('\n');
  fprintf(stderr, "four\n");
  if (write(1, "five\n", 5) != 5) abort();
}

TEST(output, "traces: output is kept back, and is there in a detailed execution") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000, .detailed = true}, says), LKS_COMPLETED);
  size_t count = 0;
  const char *text = lks_output(exploration, &count);
  const char expected[] = "1 two\nthree\nfour\nfive\n";
  CHECK_THAT(
      text && count == strlen(expected) && memcmp(text, expected, count) == 0, "but '%.*s'",
      (int)count, text ? text : "");
  lks_finish(exploration);
}

static void *exploreOnItsOwn(void *failure) {
  static const uint8_t matrix[LKS_KIND_COUNT * LKS_KIND_COUNT];
  LKSExploration *own = lks_explorationCreate(mode, matrix);
  if (!own) return failure;
  void *result = NULL;
  for (int run = 0; run < 50; run++) {
    LKSPlan plan = {.branch = 1000, .stepLimit = 50};
    if (lks_run(own, &plan, (void (*)(void *))forever, NULL) != LKS_STEP_LIMIT) result = failure;
    lks_finish(own);
  }
  lks_explorationDestroy(own);
  return result;
}

TEST(sideBySide, "explorations: three side by side on kernel threads do not disturb each other") {
  pthread_t threads[3];
  for (int index = 0; index < 3; index++) threads[index] = start(exploreOnItsOwn, &threads);
  Result result = everySchedule(race, 1000);
  for (int index = 0; index < 3; index++) {
    void *failure = NULL;
    pthread_join(threads[index], &failure);
    CHECK(!failure);
  }
  CHECK_EQUAL(result.executions, 10);
}
