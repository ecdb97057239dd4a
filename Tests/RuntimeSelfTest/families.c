/// Robust and priority-inheriting mutexes, C11's threads, and joins that may come too early.
#include <errno.h>
#include <signal.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

static pthread_mutex_t special;
static int total;

static void makeSpecial(bool isRobust) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if (isRobust)
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  else
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
  pthread_mutex_init(&special, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

// MARK: Robust mutexes

static void *takesAndEnds(void *unused) {
  pthread_mutex_lock(&special);
  return unused;
}

static void ownerEnds(void) {
  makeSpecial(true);
  pthread_t thread = start(takesAndEnds, NULL);
  int error = pthread_mutex_lock(&special);
  bool isConsistent = pthread_mutex_consistent(&special) == 0;
  bool right = error == EOWNERDEAD ? isConsistent : error == 0 && !isConsistent;
  right = right && pthread_mutex_unlock(&special) == 0;
  pthread_join(thread, NULL);
  outcome = !right ? 0 : error ? 1 : 2;
  pthread_mutex_destroy(&special);
}

TEST(robust, "robust mutexes: who comes after an owner that ended is told, in every schedule") {
  Result result = everySchedule(ownerEnds, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

static void notRecovered(void) {
  makeSpecial(true);
  pthread_join(start(takesAndEnds, NULL), NULL);
  bool right = pthread_mutex_trylock(&special) == EOWNERDEAD;
  right = right && pthread_mutex_unlock(&special) == 0;
  right = right && pthread_mutex_lock(&special) == ENOTRECOVERABLE;
  right = right && pthread_mutex_trylock(&special) == ENOTRECOVERABLE;
  outcome = right && pthread_mutex_unlock(&special) == EPERM;
  pthread_mutex_destroy(&special);
}

TEST(notRecoverable, "robust mutexes: one given up without being made consistent is of no more use") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, notRecovered), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

static void *increments(void *unused) {
  pthread_mutex_lock(&special);
  total++;
  pthread_mutex_unlock(&special);
  return unused;
}

static void inheriting(void) {
  makeSpecial(false);
  total = 0;
  inParallel(increments, increments);
  outcome = total;
  pthread_mutex_destroy(&special);
}

TEST(priorities, "mutexes: one that hands priorities on is a mutex") {
  Result result = everySchedule(inheriting, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
}

// MARK: C11

static mtx_t mutex;
static cnd_t condition;
static once_flag once = ONCE_FLAG_INIT;
static tss_t key;
static int destroyed, initialised;

static void destroy(void *value) { destroyed += (int)(intptr_t)value; }
static void initialise(void) { initialised++; }

static int c11Body(void *unused) {
  (void)unused;
  tss_set(key, (void *)5);
  call_once(&once, initialise);
  mtx_lock(&mutex);
  total++;
  cnd_signal(&condition);
  mtx_unlock(&mutex);
  thrd_yield();
  thrd_exit(-7);
}

static void c11(void) {
  total = destroyed = 0;
  struct timespec hour = {.tv_sec = 3600}, end;
  if (mtx_init(&mutex, mtx_timed) || cnd_init(&condition) || tss_create(&key, destroy)) abort();
  timespec_get(&end, TIME_UTC);
  end.tv_sec += 10;
  thrd_t thread;
  if (thrd_create(&thread, c11Body, NULL) != thrd_success) abort();
  int result = 0;
  int tried = mtx_trylock(&mutex);
  if (tried == thrd_busy) tried = mtx_timedlock(&mutex, &end) == thrd_success ? 1 : 2;
  if (tried != 2) {
    while (!total)
      if (cnd_timedwait(&condition, &mutex, &end) == thrd_timedout) break;
    mtx_unlock(&mutex);
  }
  thrd_join(thread, &result);
  thrd_sleep(&hour, NULL);
  outcome = result == -7 && total == 1 && destroyed == 5 && initialised == 1 ? 1 + tried : 0;
  tss_delete(key);
  cnd_destroy(&condition);
  mtx_destroy(&mutex);
}

TEST(c11Threads, "C11: threads, mutexes, conditions, once and keys are those of POSIX") {
  Result result = everySchedule(c11, 200000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2) | OUTCOME(3));
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

// MARK: Joins

static void *returnsNine(void *unused) {
  (void)unused;
  return (void *)9;
}

static void joinsEarly(void) {
  pthread_t thread = start(returnsNine, NULL);
  void *value = NULL;
  int error = pthread_tryjoin_np(thread, &value);
  bool isEarly = error == EBUSY;
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec++;
  if (error) error = pthread_timedjoin_np(thread, &value, &end);
  bool isLate = error == ETIMEDOUT;
  if (error) error = pthread_join(thread, &value);
  outcome = error || value != (void *)9 ? 0 : 1 + isEarly + isLate;
}

TEST(earlyJoins, "joins: an attempt comes too early or not, in every schedule") {
  Result result = everySchedule(joinsEarly, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2) | OUTCOME(3));
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

static void killsThread(void) {
  pthread_t thread = start(returnsNine, NULL);
  outcome = pthread_kill(thread, SIGUSR1) == ENOSYS;
  pthread_join(thread, NULL);
}

TEST(signals, "uncontrolled: a signal to a thread of the exploration is refused, and named") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, killsThread), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  CHECK(isNamedUncontrolled("pthread_kill"));
  lks_finish(exploration);
}

static void changesUser(void) {
  outcome = setuid(getuid()) == -1 && errno == EPERM;
}

TEST(users, "uncontrolled: a change of the process's user is refused, and named") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, changesUser), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  CHECK(isNamedUncontrolled("setuid"));
  lks_finish(exploration);
}
