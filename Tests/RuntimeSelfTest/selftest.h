/// The runtime's own tests: small programs, run in schedules that are spelled out, drawn at random,
/// or tried exhaustively, without Swift, without an engine, and so under any checker of memory.
#ifndef SELFTEST_H
#define SELFTEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CLockstepRuntime.h"

typedef void Program(void);

/// What the program under test leaves behind: a number below 64.
extern int outcome;

/// The exploration of the test under way.
extern LKSExploration *exploration;
extern LKSMode mode;

void failed(const char *file, int line, const char *condition, const char *format, ...);

#define CHECK(condition) CHECK_THAT(condition, "%s", "")
#define CHECK_THAT(condition, ...)                                                \
  do {                                                                            \
    if (!(condition)) failed(__FILE__, __LINE__, #condition, __VA_ARGS__);        \
  } while (0)
/// The same of two numbers, which are shown.
#define CHECK_EQUAL(left, right)                                                  \
  do {                                                                            \
    long long left_ = (long long)(left), right_ = (long long)(right);             \
    CHECK_THAT(left_ == right_, #left " is %lld, not %lld", left_, right_);       \
  } while (0)

/// A test registers itself before `main`.
typedef struct Test {
  const char *name;
  void (*run)(void);
  struct Test *next;
} Test;
void addTest(Test *test);

#define TEST(identifier, title)                                                   \
  static void identifier(void);                                                   \
  __attribute__((constructor)) static void identifier##_add(void) {               \
    static Test test = {title, identifier, NULL};                                 \
    addTest(&test);                                                               \
  }                                                                               \
  static void identifier(void)

/// What a number of executions gave.
typedef struct Result {
  long executions;
  /// Bit n: some execution that came to its end left the outcome n.
  uint64_t outcomes;
  long endings[8];
  bool isComplete;
} Result;

#define OUTCOME(number) (1ull << (number))

/// Runs the plan once; the caller looks at the trace, and then calls `lks_finish`.
LKSEnding runPlan(const LKSPlan *plan, Program *program);
/// Runs the default schedule until nothing new is learned, so that later runs can be compared.
void warmUp(Program *program);
/// Every interleaving, one after the other, by prefixes that say each choice.
Result everySchedule(Program *program, long limit);
Result randomSchedules(Program *program, uint64_t seed, long count);

/// A copy of the last trace.
typedef struct Trace {
  LKSEvent *events;
  size_t count;
} Trace;
Trace keepTrace(void);
/// The same steps, by kind, thread, object and size.
bool isSameTrace(Trace one, Trace other);
/// Threads of a trace's steps: the schedule in full. The caller frees it.
uint8_t *scheduleOf(Trace trace, size_t *count);
static inline bool isStep(const LKSEvent *event) {
  return event->kind < LKS_SPAWN ||
         (event->kind >= LKS_SLEEP && event->kind <= LKS_SEMAPHORE_READ);
}
/// Number of events of a kind, on an object unless that is 0.
size_t countEvents(Trace trace, LKSKind kind, const void *object);
const LKSEvent *findEvent(Trace trace, LKSKind kind, const void *object);
bool isNamedUncontrolled(const char *name);

/// Starts a thread, or ends the process.
pthread_t start(void *(*body)(void *), void *argument);
/// Runs two bodies on threads of their own and waits for both.
void inParallel(void *(*one)(void *), void *(*other)(void *));

#endif
