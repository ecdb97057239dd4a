#include "selftest.h"

static void body(void *program) {
  outcome = 0;
  Program *run;
  memcpy(&run, &program, sizeof run);
  run();
}

LKSEnding runPlan(const LKSPlan *plan, Program *program) {
  LKSPlan copy = *plan;
  if (!copy.stepLimit) copy.stepLimit = 2000;
  void *argument;
  memcpy(&argument, &program, sizeof argument);
  return lks_run(exploration, &copy, body, argument);
}

void warmUp(Program *program) {
  for (int run = 0; run < 20; run++) {
    LKSPlan plan = {.continuation = LKS_RANDOM, .seed = (uint64_t)run};
    if (run < 2) plan.continuation = LKS_NON_PREEMPTIVE;
    runPlan(&plan, program);
    lks_finish(exploration);
  }
}

static void count(Result *result, LKSEnding ending) {
  result->executions++;
  result->endings[ending]++;
  if (ending == LKS_COMPLETED) result->outcomes |= OUTCOME(outcome);
}

#define MAXIMUM_DEPTH 256

Result everySchedule(Program *program, long limit) {
  static uint8_t prefix[MAXIMUM_DEPTH];
  static uint64_t tried[MAXIMUM_DEPTH];
  Result result = {0};
  size_t depth = 0;
  int restarts = 0;
  while (result.executions < limit) {
    LKSPlan plan = {.prefix = prefix, .prefixCount = depth, .branch = MAXIMUM_DEPTH};
    LKSEnding ending = runPlan(&plan, program);
    CHECK_THAT(ending != LKS_DIVERGED, "with a prefix of %zu", depth);
    if ((lks_sharedGrew(exploration) || lks_initialisedOnce(exploration)) && restarts++ < 100) {
      lks_finish(exploration);
      result = (Result){0};
      depth = 0;
      continue;
    }
    count(&result, ending);
    size_t eventCount, steps = 0;
    const LKSEvent *events = lks_trace(exploration, &eventCount);
    static uint64_t enabled[MAXIMUM_DEPTH];
    for (size_t index = 0; index < eventCount && steps < MAXIMUM_DEPTH; index++) {
      if (!isStep(&events[index])) continue;
      CHECK(events[index].enabled >> events[index].thread & 1);
      if (steps < depth) CHECK_EQUAL(events[index].thread, prefix[steps]);
      if (steps >= depth) tried[steps] = 1ull << events[index].thread;
      prefix[steps] = events[index].thread;
      enabled[steps++] = events[index].enabled;
    }
    lks_finish(exploration);
    while (steps && !(enabled[steps - 1] & ~tried[steps - 1])) steps--;
    if (!steps) {
      result.isComplete = true;
      return result;
    }
    int chosen = __builtin_ctzll(enabled[steps - 1] & ~tried[steps - 1]);
    tried[steps - 1] |= 1ull << chosen;
    prefix[steps - 1] = (uint8_t)chosen;
    depth = steps;
  }
  return result;
}

Result randomSchedules(Program *program, uint64_t seed, long executions) {
  Result result = {0};
  for (long index = 0; index < executions; index++) {
    LKSPlan plan = {
        .continuation = LKS_RANDOM, .seed = seed + (uint64_t)index, .branch = MAXIMUM_DEPTH};
    count(&result, runPlan(&plan, program));
    lks_finish(exploration);
  }
  return result;
}

// MARK: Traces

Trace keepTrace(void) {
  Trace trace;
  const LKSEvent *events = lks_trace(exploration, &trace.count);
  trace.events = malloc(trace.count * sizeof *events + 1);
  memcpy(trace.events, events, trace.count * sizeof *events);
  return trace;
}

bool isSameTrace(Trace one, Trace other) {
  if (one.count != other.count) return false;
  for (size_t index = 0; index < one.count; index++) {
    const LKSEvent *left = &one.events[index], *right = &other.events[index];
    if (left->kind != right->kind || left->thread != right->thread ||
        left->object != right->object || left->size != right->size)
      return false;
  }
  return true;
}

uint8_t *scheduleOf(Trace trace, size_t *count) {
  uint8_t *threads = malloc(trace.count + 1);
  *count = 0;
  for (size_t index = 0; index < trace.count; index++)
    if (isStep(&trace.events[index])) threads[(*count)++] = trace.events[index].thread;
  return threads;
}

static bool isAbout(const LKSEvent *event, LKSKind kind, const void *object) {
  return event->kind == kind && (!object || event->object == (uintptr_t)object);
}

size_t countEvents(Trace trace, LKSKind kind, const void *object) {
  size_t count = 0;
  for (size_t index = 0; index < trace.count; index++)
    count += isAbout(&trace.events[index], kind, object);
  return count;
}

const LKSEvent *findEvent(Trace trace, LKSKind kind, const void *object) {
  for (size_t index = 0; index < trace.count; index++)
    if (isAbout(&trace.events[index], kind, object)) return &trace.events[index];
  return NULL;
}

bool isNamedUncontrolled(const char *name) {
  for (size_t index = 0; index < lks_uncontrolledCount(exploration); index++)
    if (strcmp(lks_uncontrolledName(exploration, index), name) == 0) return true;
  return false;
}

// MARK: Threads

pthread_t start(void *(*threadBody)(void *), void *argument) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, threadBody, argument) != 0) {
    fprintf(stderr, "a thread could not be started\n");
    abort();
  }
  return thread;
}

void inParallel(void *(*one)(void *), void *(*other)(void *)) {
  pthread_t first = start(one, NULL), second = start(other, NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
}
