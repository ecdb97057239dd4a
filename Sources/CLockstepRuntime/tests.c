/// Tests of somebody's who never heard of Lockstep: where Swift Testing and XCTest learn of them.
///
/// Both are called by the test bundle, from code that SwiftPM and the compiler wrote into it, by names
/// that are part of their interface. In a process that is to explore a test, it is arranged here that
/// the test comes to `lks_exploreTest` when its runner runs it; in others nothing happens.
#include <dlfcn.h>

#include "runtime.h"

/// `Test.__store(_:into:asTypeAt:)`: puts a test's closure where the runner looks for tests. Arguments
/// and result are words, so that Swift's calling convention is C's.
bool lks_storeTest(void *function, void *context, void *place, const void *type)
    __asm__("$s7Testing4TestV7__store_4into8asTypeAtSbACyYaYbc_SvSVtFZ");

bool lks_storeTest(void *function, void *context, void *place, const void *type) {
  bool (*store)(void *, void *, void *, const void *) =
      (bool (*)(void *, void *, void *, const void *))dlsym(
          RTLD_NEXT, "$s7Testing4TestV7__store_4into8asTypeAtSbACyYaYbc_SvSVtFZ");
  bool isStored = store && store(function, context, place, type);
  if (isStored && lks_arrangeTest && lks_testCase() >= 0) lks_arrangeTest(place);
  return isStored;
}

/// `XCTMain(_:)`.
void lks_mainOfOldTests(const void *tests) __asm__(
    "$s6XCTest7XCTMainys5NeverOSayAA0A4CaseCm04testD5Class_SaySS_yAFKctG8allTeststGF");

void lks_mainOfOldTests(const void *tests) {
  void (*run)(const void *) = (void (*)(const void *))dlsym(
      RTLD_NEXT,
      "$s6XCTest7XCTMainys5NeverOSayAA0A4CaseCm04testD5Class_SaySS_yAFKctG8allTeststGF");
  if (lks_arrangeOldTests && lks_testCase() >= 0) tests = lks_arrangeOldTests(tests);
  if (run) run(tests);
}

// MARK: Asynchronous tests of XCTest's

/// A closure of Swift's.
typedef struct LKSClosure {
  void *function;
  void *context;
} LKSClosure;
typedef __attribute__((swiftcall)) LKSClosure AsyncTest(
    void *function, void *context, const void *type);

/// The same as `asyncTest`, for an execution: XCTest's own waits in a run loop.
AsyncTest lks_arrangeAsyncTest __attribute__((weak));

/// `asyncTest(_:)`: makes a test that waits of one that is `async`.
AsyncTest lks_asyncTest __asm__("$s6XCTest9asyncTestyyyKcxcyyYaKcxcAA0A4CaseCRbzlF");

__attribute__((swiftcall)) LKSClosure lks_asyncTest(
    void *function, void *context, const void *type) {
  if (lks_arrangeAsyncTest && lks_testCase() >= 0)
    return lks_arrangeAsyncTest(function, context, type);
  AsyncTest *make =
      (AsyncTest *)dlsym(RTLD_NEXT, "$s6XCTest9asyncTestyyyKcxcyyYaKcxcAA0A4CaseCRbzlF");
  return make ? make(function, context, type) : (LKSClosure){NULL, NULL};
}

/// The test is in nobody's code: neither step has a place of its own.
static void step(LKSKind kind, const void *test) {
  LKSThread *thread = lks_controlled();
  if (!thread) return;
  lks_settleExternal(thread);
  lks_prepare(thread, kind, (uintptr_t)test, 1, 0)->flags |= LKS_LIBRARY;
  lks_step(thread);
}

void lks_awaitOldTest(const void *test) { step(LKS_SEMAPHORE_WAIT, test); }
void lks_endOldTest(const void *test) { step(LKS_SEMAPHORE_SIGNAL, test); }

// MARK: Failures

typedef __attribute__((swiftcall)) void *ObjectGetter(__attribute__((swift_context)) void *self);
typedef __attribute__((swiftcall)) long CountGetter(__attribute__((swift_context)) void *self);

int lks_failuresOfOldTest(void *testCase) {
  ObjectGetter *run = (ObjectGetter *)dlsym(RTLD_DEFAULT, "$s6XCTestAAC7testRunAA0aC0CSgvg");
  CountGetter *count = (CountGetter *)dlsym(RTLD_DEFAULT, "$s6XCTest0A3RunC17totalFailureCountSivg");
  void *object = run && count ? run(testCase) : NULL;
  return object ? (int)count(object) : -1;
}
