/// Time: sleeps that take none, waits that may time out, clocks that can be repeated.
#include <errno.h>
#include <semaphore.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "selftest.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static int total;
static bool ready;

static struct timespec after(clockid_t clock, long seconds) {
  struct timespec time;
  clock_gettime(clock, &time);
  time.tv_sec += seconds;
  return time;
}

static long elapsed(clockid_t clock, const struct timespec *since) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec - since->tv_sec - (now.tv_nsec < since->tv_nsec);
}

static double realSeconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// MARK: Sleeps

static void *sleepsAnHour(void *unused) {
  sleep(3600);
  return unused;
}

static void sleepers(void) {
  struct timespec begin = after(CLOCK_MONOTONIC, 0);
  struct timespec wall = after(CLOCK_REALTIME, 0);
  inParallel(sleepsAnHour, sleepsAnHour);
  outcome = elapsed(CLOCK_MONOTONIC, &begin) == 7200 && elapsed(CLOCK_REALTIME, &wall) == 7200;
}

TEST(anHour, "time: two threads sleep an hour each in no time, in every schedule") {
  double begin = realSeconds();
  Result result = everySchedule(sleepers, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1));
  CHECK(realSeconds() - begin < 60);
}

static struct timespec seen[2];
static int runs;

static void looks(void) {
  usleep(1000);
  clock_gettime(CLOCK_REALTIME, &seen[runs++ & 1]);
}

TEST(repeatable, "time: each execution starts at the same time") {
  runs = 0;
  for (int run = 0; run < 4; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, looks), LKS_COMPLETED);
    lks_finish(exploration);
  }
  CHECK_EQUAL(seen[0].tv_sec, seen[1].tv_sec);
  CHECK_EQUAL(seen[0].tv_nsec, seen[1].tv_nsec);
}

static void *sleepsAndTells(void *unused) {
  sleep(100);
  return unused;
}

static void sleepsBeside(void) {
  struct timespec begin = after(CLOCK_MONOTONIC, 0);
  pthread_t thread = start(sleepsAndTells, NULL);
  outcome = elapsed(CLOCK_MONOTONIC, &begin) >= 100;
  pthread_join(thread, NULL);
}

TEST(clockIsShared, "time: a look at the clock comes before another's sleep or after it") {
  Result result = everySchedule(sleepsBeside, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(0) | OUTCOME(1));
}

static void polls(void) {
  struct timespec end = after(CLOCK_MONOTONIC, 3600);
  long rounds = 0;
  struct timespec now;
  do {
    clock_gettime(CLOCK_MONOTONIC, &now);
    rounds++;
  } while (now.tv_sec < end.tv_sec);
  outcome = rounds < 100;
}

TEST(polling, "time: who looks at the clock until an hour has gone by comes to an end") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, polls), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

static void sleepsUntil(void) {
  struct timespec end = after(CLOCK_MONOTONIC, 50);
  clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL);
  struct timeval now;
  gettimeofday(&now, NULL);
  outcome = elapsed(CLOCK_MONOTONIC, &end) == 0 && time(NULL) == now.tv_sec;
}

TEST(absoluteSleep, "time: a sleep until a time ends at that time, by every clock") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, sleepsUntil), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

// MARK: Locks and semaphores

static void *holdsForAWhile(void *unused) {
  pthread_mutex_lock(&mutex);
  total++;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void timedLock(void) {
  total = 0;
  pthread_t thread = start(holdsForAWhile, NULL);
  struct timespec end = after(CLOCK_REALTIME, 10);
  int error = pthread_mutex_timedlock(&mutex, &end);
  if (error == 0) {
    outcome = 1 + total;
    pthread_mutex_unlock(&mutex);
  } else {
    outcome = error == ETIMEDOUT && elapsed(CLOCK_REALTIME, &end) >= 0 ? 3 : 4;
  }
  pthread_join(thread, NULL);
}

TEST(timedLockBothWays, "time: a timed lock is taken before, after, or too late") {
  Result result = everySchedule(timedLock, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2) | OUTCOME(3));
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

TEST(naturalFirst, "time: where nothing says otherwise, others go before a wait is in vain") {
  warmUp(timedLock);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, timedLock), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 2);
  lks_finish(exploration);
}

static void *posts(void *unused) {
  sem_post(&semaphore);
  return unused;
}

static void timedSemaphore(void) {
  sem_init(&semaphore, 0, 0);
  pthread_t thread = start(posts, NULL);
  struct timespec end = after(CLOCK_MONOTONIC, 10);
  bool isTaken = sem_clockwait(&semaphore, CLOCK_MONOTONIC, &end) == 0;
  outcome = isTaken ? 1 : errno == ETIMEDOUT && elapsed(CLOCK_MONOTONIC, &end) >= 0 ? 2 : 3;
  pthread_join(thread, NULL);
  int value;
  sem_getvalue(&semaphore, &value);
  if (value != !isTaken) outcome = 4;
  sem_destroy(&semaphore);
}

TEST(timedSemaphoreBothWays, "time: a timed wait for a semaphore is in time or too late") {
  Result result = everySchedule(timedSemaphore, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

static void triesSemaphore(void) {
  sem_init(&semaphore, 0, 0);
  pthread_t thread = start(posts, NULL);
  outcome = sem_trywait(&semaphore) == 0 ? 1 : errno == EAGAIN ? 2 : 3;
  pthread_join(thread, NULL);
  sem_destroy(&semaphore);
}

TEST(tryWait, "time: an attempt at a semaphore finds it empty or not, at once") {
  Result result = everySchedule(triesSemaphore, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
}

// MARK: Conditions

static void *makesReady(void *unused) {
  pthread_mutex_lock(&mutex);
  ready = true;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void timedCondition(void) {
  ready = false;
  pthread_t thread = start(makesReady, NULL);
  struct timespec end = after(CLOCK_REALTIME, 10);
  pthread_mutex_lock(&mutex);
  int error = 0;
  bool hasWaited = false;
  while (!ready && error == 0) {
    hasWaited = true;
    error = pthread_cond_timedwait(&condition, &mutex, &end);
  }
  // Ready at once, woken, too late, or too late and ready all the same.
  outcome = !hasWaited ? 0 : error == 0 ? 1 : error != ETIMEDOUT ? 5 : ready ? 3 : 2;
  pthread_mutex_unlock(&mutex);
  pthread_join(thread, NULL);
}

TEST(timedConditionAllWays, "time: a timed wait for a condition is woken or too late") {
  Result result = everySchedule(timedCondition, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(0) | OUTCOME(1) | OUTCOME(2) | OUTCOME(3));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

static void *waitsInVain(void *unused) {
  struct timespec end = after(CLOCK_REALTIME, 5);
  pthread_mutex_lock(&mutex);
  while (!ready && pthread_cond_timedwait(&condition, &mutex, &end) == 0) {
  }
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void *waitsForGood(void *unused) {
  pthread_mutex_lock(&mutex);
  while (!ready) pthread_cond_wait(&condition, &mutex);
  total++;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void oneSignal(void) {
  ready = false;
  total = 0;
  pthread_t first = start(waitsInVain, NULL), second = start(waitsForGood, NULL);
  makesReady(NULL);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  outcome = total;
}

TEST(signalToWhoLeaves, "time: a signal that chooses who would have timed out is lost to the other") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000, .continuation = LKS_NON_PREEMPTIVE}, oneSignal) ==
                  LKS_COMPLETED,
              1);
  lks_finish(exploration);
  Result result = randomSchedules(oneSignal, 1, 500);
  CHECK(result.endings[LKS_COMPLETED] > 0);
  // Both wait, and the signal goes to the one that waited longest.
  CHECK(result.endings[LKS_DEADLOCKED] > 0);
  CHECK_EQUAL(result.endings[LKS_COMPLETED] + result.endings[LKS_DEADLOCKED], 500);
}
