/// Threads: results, ends, clean-up, thread-local storage, names.
#include <errno.h>
#include <signal.h>

#include "selftest.h"

static void *doubled(void *number) { return (void *)((uintptr_t)number * 2); }

static void results(void) {
  pthread_t one = start(doubled, (void *)1), other = start(doubled, (void *)2);
  void *first, *second;
  bool joined = pthread_join(one, &first) == 0 && pthread_join(other, &second) == 0;
  outcome = joined ? (int)((uintptr_t)first * 10 + (uintptr_t)second) : 0;
}

TEST(joinGivesResults, "threads: join gives each thread's result") {
  Result result = everySchedule(results, 100);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(24));
}

static pthread_t mainHandle;
static bool seesItself;

static void *looksAtItself(void *unused) {
  pthread_t self = pthread_self();
  seesItself = pthread_equal(self, self) && !pthread_equal(self, mainHandle);
  pthread_attr_t attributes;
  void *low = NULL;
  size_t size = 0;
  if (pthread_getattr_np(self, &attributes) == 0) {
    pthread_attr_getstack(&attributes, &low, &size);
    pthread_attr_destroy(&attributes);
  }
  seesItself = seesItself && (char *)&attributes > (char *)low &&
               (char *)&attributes < (char *)low + size;
  return unused;
}

static void identity(void) {
  mainHandle = pthread_self();
  pthread_join(start(looksAtItself, NULL), NULL);
  outcome = seesItself ? pthread_join(pthread_self(), NULL) == EDEADLK : 0;
}

TEST(threadsKnowThemselves, "threads: each has its own handle and stack, and cannot join itself") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, identity), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

static int cleaned;

static void clean(void *amount) { cleaned += (int)(uintptr_t)amount; }

__attribute__((noinline)) static void exitDeep(int depth) {
  char room[64];
  memset(room, depth, sizeof room);
  if (depth == 0) pthread_exit((void *)5);
  exitDeep(depth - 1);
  if (room[0] != depth) abort();
}

static void *exits(void *unused) {
  (void)unused;
  pthread_cleanup_push(clean, (void *)1);
  pthread_cleanup_push(clean, (void *)10);
  exitDeep(4);
  pthread_cleanup_pop(0);
  pthread_cleanup_pop(0);
  return NULL;
}

static void *popsAndReturns(void *unused) {
  pthread_cleanup_push(clean, (void *)20);
  pthread_cleanup_pop(1);
  pthread_cleanup_push(clean, (void *)100);
  pthread_cleanup_pop(0);
  return unused;
}

static void exitsEarly(void) {
  cleaned = 0;
  void *result = NULL;
  pthread_join(start(exits, NULL), &result);
  pthread_join(start(popsAndReturns, NULL), NULL);
  outcome = result == (void *)5 ? cleaned : 0;
}

TEST(exitCleansUp, "threads: pthread_exit runs the clean-up handlers, inner first, and is joined") {
  for (int run = 0; run < 5; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, exitsEarly), LKS_COMPLETED);
    CHECK_EQUAL(outcome, 31);
    lks_finish(exploration);
  }
}

static void mainExits(void) {
  outcome = 3;
  pthread_exit(NULL);
}

TEST(bodyExits, "threads: the body may end by pthread_exit") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, mainExits), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 3);
  lks_finish(exploration);
}

static int detachedTotal;

static void *addsDetached(void *unused) {
  __atomic_fetch_add(&detachedTotal, 1, __ATOMIC_SEQ_CST);
  return unused;
}

static void detaches(void) {
  detachedTotal = 0;
  pthread_detach(start(addsDetached, NULL));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  if (pthread_create(&thread, &attributes, addsDetached, NULL) != 0) abort();
  pthread_attr_destroy(&attributes);
}

TEST(detachedThreadsEnd, "threads: those that the body leaves are run to their ends, and it shows") {
  warmUp(detaches);
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, detaches), LKS_COMPLETED);
    CHECK(lks_bodyReturnedEarly(exploration));
    CHECK_EQUAL(detachedTotal, 2);
    lks_finish(exploration);
  }
}

static pthread_key_t firstKey, secondKey;
static char order[8];

static void note(char what) { order[strlen(order)] = what; }

static void destroySecond(void *value) {
  (void)value;
  note('2');
}

/// Sets the other key from its destructor: one round more.
static void destroyFirst(void *value) {
  note('1');
  if (value == (void *)1) pthread_setspecific(secondKey, (void *)3);
}

static void *usesKeys(void *unused) {
  if (pthread_getspecific(firstKey)) note('?');
  pthread_setspecific(firstKey, (void *)1);
  note('b');
  return unused;
}

static void keys(void) {
  memset(order, 0, sizeof order);
  pthread_key_create(&secondKey, destroySecond);
  pthread_key_create(&firstKey, destroyFirst);
  pthread_join(start(usesKeys, NULL), NULL);
  pthread_join(start(usesKeys, NULL), NULL);
  pthread_key_delete(firstKey);
  pthread_key_delete(secondKey);
  outcome = strcmp(order, "b12b12") == 0;
}

TEST(keysAreDestroyed, "threads: keys' destructors run at each end, in rounds") {
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, keys), LKS_COMPLETED);
    CHECK_THAT(outcome == 1, "the order was '%s'", order);
    lks_finish(exploration);
  }
}

static __thread int local = 7;
static _Atomic int wrongLocals;

static void *usesLocal(void *number) {
  int mine = (int)(uintptr_t)number;
  if (local != 7) wrongLocals++;
  local = mine;
  errno = mine;
  sched_yield();
  if (local != mine || errno != mine) wrongLocals++;
  local = 7;
  return NULL;
}

static void locals(void) {
  pthread_t one = start(usesLocal, (void *)1), other = start(usesLocal, (void *)2);
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  outcome = wrongLocals == 0;
}

TEST(storageIsEachThreadsOwn, "threads: thread-local storage and errno are each thread's own") {
  Result result = everySchedule(locals, 1000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1));
}

static void *spawnsAnother(void *unused) {
  pthread_join(start(doubled, unused), NULL);
  return unused;
}

static void grandchildren(void) {
  pthread_t one = start(spawnsAnother, NULL), other = start(spawnsAnother, NULL);
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  outcome = 1;
}

TEST(numbersStay, "threads: a grandchild has the same number in every execution") {
  Result result = everySchedule(grandchildren, 1000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1));
  CHECK_EQUAL(lks_threadCount(exploration), 5);
}

static void *namesItself(void *unused) {
  pthread_setname_np(pthread_self(), "the worker");
  return unused;
}

static void names(void) { pthread_join(start(namesItself, NULL), NULL); }

TEST(namesAreKept, "threads: the name that one gives itself is kept, and its start routine") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, names), LKS_COMPLETED);
  CHECK(strcmp(lks_threadName(exploration, 1), "the worker") == 0);
  CHECK(strcmp(lks_threadName(exploration, 0), "") == 0);
  CHECK_EQUAL(lks_threadStart(exploration, 1), (uintptr_t)namesItself);
  CHECK(lks_threadFirstFunction(exploration, 1) != 0);
  lks_finish(exploration);
}

static void *recurses(void *depth) {
  char room[1024];
  memset(room, 1, sizeof room);
  uintptr_t left = (uintptr_t)depth;
  if (left) recurses((void *)(left - 1));
  return (void *)(uintptr_t)room[left % sizeof room];
}

static void deep(void) {
  void *result = NULL;
  pthread_join(start(recurses, (void *)5000), &result);
  outcome = result == (void *)1;
}

TEST(stacksAreDeep, "threads: five megabytes of stack are there") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, deep), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

static void control(void) {
  outcome = lks_isControlled() && pthread_kill(pthread_self(), 0) == 0 &&
            pthread_cancel(pthread_self()) != 0;
}

TEST(cancelIsRefused, "threads: cancelling is refused by name") {
  CHECK(!lks_isControlled());
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, control), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  CHECK(isNamedUncontrolled("pthread_cancel"));
  lks_finish(exploration);
}
