/// Mutexes of all kinds, conditions, semaphores, once; deadlocks and threads left behind.
#include <errno.h>
#include <semaphore.h>

#include "selftest.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t second = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int total;

static void *guardedIncrement(void *unused) {
  pthread_mutex_lock(&mutex);
  total++;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void guarded(void) {
  total = 0;
  inParallel(guardedIncrement, guardedIncrement);
  outcome = total;
}

TEST(mutexGuards, "mutexes: two guarded increments give two in every schedule") {
  Result result = everySchedule(guarded, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}

TEST(mutexTrace, "mutexes: lock and unlock are steps on the mutex, the holder's named in order") {
  warmUp(guarded);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, guarded), LKS_COMPLETED);
  Trace trace = keepTrace();
  CHECK_EQUAL(countEvents(trace, LKS_LOCK, &mutex), 2);
  CHECK_EQUAL(countEvents(trace, LKS_UNLOCK, &mutex), 2);
  CHECK_EQUAL(countEvents(trace, LKS_READ, &total), 3);
  CHECK_EQUAL(countEvents(trace, LKS_WRITE, &total), 3);
  free(trace.events);
  lks_finish(exploration);
}

static void *tries(void *unused) {
  if (pthread_mutex_trylock(&mutex) == 0) {
    total++;
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}

static void trying(void) {
  total = 0;
  inParallel(tries, tries);
  outcome = total;
}

TEST(tryLockFails, "mutexes: a try-lock finds it free or taken") {
  Result result = everySchedule(trying, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
}

static pthread_mutex_t special;

static void makeSpecial(int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_settype(&attributes, type);
  pthread_mutex_init(&special, &attributes);
  pthread_mutexattr_destroy(&attributes);
}

static void *unlocksForeign(void *result) {
  *(int *)result = pthread_mutex_unlock(&special);
  return NULL;
}

static void recursive(void) {
  makeSpecial(PTHREAD_MUTEX_RECURSIVE);
  int foreign = 0;
  bool right = pthread_mutex_lock(&special) == 0 && pthread_mutex_lock(&special) == 0 &&
               pthread_mutex_trylock(&special) == 0;
  pthread_join(start(unlocksForeign, &foreign), NULL);
  right = right && foreign == EPERM;
  for (int depth = 0; depth < 3; depth++) right = right && pthread_mutex_unlock(&special) == 0;
  right = right && pthread_mutex_unlock(&special) == EPERM;
  pthread_mutex_destroy(&special);
  outcome = right;
}

TEST(recursiveMutex, "mutexes: a recursive one counts, and is its owner's alone") {
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, recursive), LKS_COMPLETED);
    CHECK_EQUAL(outcome, 1);
    lks_finish(exploration);
  }
}

static void errorChecking(void) {
  makeSpecial(PTHREAD_MUTEX_ERRORCHECK);
  int foreign = 0;
  bool right = pthread_mutex_unlock(&special) == EPERM && pthread_mutex_lock(&special) == 0 &&
               pthread_mutex_lock(&special) == EDEADLK &&
               pthread_mutex_trylock(&special) == EBUSY;
  pthread_join(start(unlocksForeign, &foreign), NULL);
  right = right && foreign == EPERM && pthread_mutex_unlock(&special) == 0;
  pthread_mutex_destroy(&special);
  outcome = right;
}

TEST(errorCheckingMutex, "mutexes: an error-checking one refuses what POSIX says") {
  for (int run = 0; run < 3; run++) {
    CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, errorChecking), LKS_COMPLETED);
    CHECK_EQUAL(outcome, 1);
    lks_finish(exploration);
  }
}

static void locksTwice(void) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&mutex);
}

TEST(selfDeadlock, "deadlocks: a normal mutex waits for its own owner, for good") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, locksTwice), LKS_DEADLOCKED);
  size_t count;
  const LKSBlocked *blocked = lks_blocked(exploration, &count);
  CHECK_EQUAL(count, 1);
  if (count == 1) {
    CHECK_EQUAL(blocked[0].kind, LKS_LOCK);
    CHECK_EQUAL(blocked[0].object, (uintptr_t)&mutex);
  }
  lks_finish(exploration);
  // The execution left the mutex locked: the next one finds it free, and so does the process.
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, guarded), LKS_COMPLETED);
  lks_finish(exploration);
  CHECK_EQUAL(pthread_mutex_trylock(&mutex), 0);
  CHECK_EQUAL(pthread_mutex_unlock(&mutex), 0);
}

static void *oneWay(void *unused) {
  pthread_mutex_lock(&mutex);
  pthread_mutex_lock(&second);
  total++;
  pthread_mutex_unlock(&second);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void *otherWay(void *unused) {
  pthread_mutex_lock(&second);
  pthread_mutex_lock(&mutex);
  total++;
  pthread_mutex_unlock(&mutex);
  pthread_mutex_unlock(&second);
  return unused;
}

static void opposite(void) {
  total = 0;
  inParallel(oneWay, otherWay);
  outcome = total;
}

TEST(oppositeOrder, "deadlocks: two mutexes in opposite order, in some schedules and not in others") {
  Result result = everySchedule(opposite, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
  // Each takes its first before the other takes its second: two orders.
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 2);
  CHECK(result.endings[LKS_COMPLETED] > 2);
  // Main, and the two that wait, of each.
  CHECK_EQUAL(lks_abandonedThreads(exploration) % 3, 0);
  CHECK(lks_abandonedThreads(exploration) >= 6);
}

static bool ready;

static void *waits(void *unused) {
  pthread_mutex_lock(&mutex);
  while (!ready) pthread_cond_wait(&condition, &mutex);
  total++;
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void *announces(void *unused) {
  pthread_mutex_lock(&mutex);
  ready = true;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void handOver(void) {
  total = 0;
  ready = false;
  inParallel(waits, announces);
  outcome = total;
}

TEST(conditionHandsOver, "conditions: a wait in a loop ends in every schedule") {
  Result result = everySchedule(handOver, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}

static void *waitsBlindly(void *unused) {
  pthread_mutex_lock(&mutex);
  pthread_cond_wait(&condition, &mutex);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void lostWakeUp(void) {
  ready = false;
  inParallel(waitsBlindly, announces);
  outcome = 1;
}

TEST(signalIsLost, "conditions: a signal that nobody waits for is lost, and the wait is a deadlock") {
  Result result = everySchedule(lostWakeUp, 100000);
  CHECK(result.isComplete);
  CHECK(result.endings[LKS_DEADLOCKED] > 0);
  CHECK(result.endings[LKS_COMPLETED] > 0);
}

static pthread_t waiters[2];
static int firstWoken;

static void *waitsAndTells(void *number) {
  pthread_mutex_lock(&mutex);
  total++;
  pthread_cond_wait(&condition, &mutex);
  if (!firstWoken) firstWoken = (int)(intptr_t)number;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  return NULL;
}

static void signalForTwo(void) {
  total = firstWoken = 0;
  for (intptr_t index = 0; index < 2; index++)
    pthread_create(&waiters[index], NULL, waitsAndTells, (void *)(index + 1));
  pthread_mutex_lock(&mutex);
  bool bothWait = total == 2;
  pthread_cond_signal(&condition);
  pthread_mutex_unlock(&mutex);
  for (int index = 0; index < 2; index++) pthread_join(waiters[index], NULL);
  outcome = bothWait ? firstWoken : 0;
}

TEST(signalWakesAny, "conditions: a signal wakes any of those that wait, and one only") {
  Result result = everySchedule(signalForTwo, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes & (OUTCOME(1) | OUTCOME(2)), OUTCOME(1) | OUTCOME(2));
  // Where they are woken one by one, by the signal and by who was woken, both wait when it comes.
  CHECK(result.endings[LKS_COMPLETED] > 0);
}

static void *announcesToAll(void *unused) {
  pthread_mutex_lock(&mutex);
  ready = true;
  pthread_cond_broadcast(&condition);
  pthread_mutex_unlock(&mutex);
  return unused;
}

static void broadcasts(void) {
  total = 0;
  ready = false;
  pthread_t one = start(waits, NULL), other = start(waits, NULL);
  pthread_join(start(announcesToAll, NULL), NULL);
  pthread_join(one, NULL);
  pthread_join(other, NULL);
  outcome = total;
}

TEST(broadcastWakesAll, "conditions: a broadcast wakes all that wait") {
  warmUp(broadcasts);
  Result result = randomSchedules(broadcasts, 3, 300);
  CHECK_EQUAL(result.endings[LKS_COMPLETED], 300);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
}

static sem_t semaphore;

static void *takes(void *unused) {
  sem_wait(&semaphore);
  total++;
  return unused;
}

static void *gives(void *unused) {
  total++;
  sem_post(&semaphore);
  return unused;
}

static void semaphores(void) {
  total = 0;
  sem_init(&semaphore, 0, 0);
  inParallel(takes, gives);
  int value = -1;
  sem_getvalue(&semaphore, &value);
  outcome = value == 0 ? total : 0;
  sem_destroy(&semaphore);
}

static void twoUnits(void) {
  sem_init(&semaphore, 0, 2);
  total = 0;
  sem_wait(&semaphore);
  sem_wait(&semaphore);
  sem_post(&semaphore);
  sem_wait(&semaphore);
  outcome = 1;
  sem_wait(&semaphore);
}

TEST(semaphoresOrder, "semaphores: a wait comes after its signal; without one it is a deadlock") {
  Result result = everySchedule(semaphores, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, twoUnits), LKS_DEADLOCKED);
  CHECK_EQUAL(outcome, 1);
  lks_finish(exploration);
}

static pthread_once_t control;
static int initialised;

static void initialise(void) { initialised++; }

static void *initialises(void *unused) {
  pthread_once(&control, initialise);
  if (initialised != 1) abort();
  return unused;
}

static void once(void) {
  control = PTHREAD_ONCE_INIT;
  initialised = 0;
  inParallel(initialises, initialises);
  outcome = initialised;
}

TEST(onceIsOnce, "once: the initialiser runs once in every schedule, and others wait for its end") {
  Result result = everySchedule(once, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}

static void uncontrolled(void) {
  if (system("true") != 0) abort();
}

TEST(uncontrolledIsNamed, "uncontrolled: what is not modelled goes through and is named") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, uncontrolled), LKS_COMPLETED);
  CHECK(isNamedUncontrolled("system"));
  lks_finish(exploration);
}

static void *outsider(void *held) {
  pthread_mutex_lock(&mutex);
  __atomic_store_n((int *)held, 1, __ATOMIC_SEQ_CST);
  while (__atomic_load_n((int *)held, __ATOMIC_SEQ_CST) == 1) {
    struct timespec moment = {0, 300000000};
    nanosleep(&moment, NULL);
    __atomic_store_n((int *)held, 2, __ATOMIC_SEQ_CST);
  }
  pthread_mutex_unlock(&mutex);
  return NULL;
}

TEST(outsidersAreMet, "uncontrolled: a mutex that a thread outside holds is waited for, and said") {
  int held = 0;
  pthread_t thread = start(outsider, &held);
  while (!__atomic_load_n(&held, __ATOMIC_SEQ_CST)) sched_yield();
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, guarded), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 2);
  CHECK(isNamedUncontrolled("a mutex held by a thread outside the exploration"));
  lks_finish(exploration);
  pthread_join(thread, NULL);
}
