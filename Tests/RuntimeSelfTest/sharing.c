/// Read-write locks, spin locks, barriers, and looks at semaphores.
#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <time.h>

#include "selftest.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_spinlock_t spin;
static pthread_barrier_t barrier;
static int total;
static int inside, most;

// MARK: Read-write locks

static void *writes(void *unused) {
  pthread_rwlock_wrlock(&lock);
  total++;
  pthread_rwlock_unlock(&lock);
  return unused;
}

static void twoWriters(void) {
  total = 0;
  inParallel(writes, writes);
  outcome = total;
}

TEST(writersExclude, "read-write locks: writers exclude each other in every schedule") {
  Result result = everySchedule(twoWriters, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

static void *readsTogether(void *unused) {
  pthread_rwlock_rdlock(&lock);
  if (__atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST) > 1) most = 2;
  __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  pthread_rwlock_unlock(&lock);
  return unused;
}

static void twoReaders(void) {
  inside = most = 0;
  inParallel(readsTogether, readsTogether);
  outcome = most;
}

TEST(readersShare, "read-write locks: readers are inside together in some schedules") {
  Result result = everySchedule(twoReaders, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(0) | OUTCOME(2));
}

static void *triesAll(void *unused) {
  outcome |= pthread_rwlock_trywrlock(&lock) == EBUSY ? 1 : 2;
  if (outcome & 2) pthread_rwlock_unlock(&lock);
  int error = pthread_rwlock_tryrdlock(&lock);
  outcome |= error == EBUSY ? 4 : 8;
  if (error == 0) pthread_rwlock_unlock(&lock);
  return unused;
}

static void besideReader(void) {
  pthread_rwlock_rdlock(&lock);
  bool right = pthread_rwlock_rdlock(&lock) == 0 && pthread_rwlock_unlock(&lock) == 0;
  pthread_join(start(triesAll, NULL), NULL);
  pthread_rwlock_unlock(&lock);
  if (!right) outcome = 0;
}

static void besideWriter(void) {
  pthread_rwlock_wrlock(&lock);
  bool right = pthread_rwlock_rdlock(&lock) == EDEADLK && pthread_rwlock_wrlock(&lock) == EDEADLK;
  pthread_join(start(triesAll, NULL), NULL);
  pthread_rwlock_unlock(&lock);
  if (!right) outcome = 0;
}

TEST(tries, "read-write locks: attempts fail beside a writer, and an exclusive one beside a reader") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, besideReader), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1 | 8);
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, besideWriter), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1 | 4);
  lks_finish(exploration);
}

static void upgrades(void) {
  pthread_rwlock_rdlock(&lock);
  pthread_rwlock_wrlock(&lock);
}

TEST(upgrade, "read-write locks: a reader that wants to write waits for itself, and it is said where") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, upgrades), LKS_DEADLOCKED);
  size_t count;
  const LKSBlocked *blocked = lks_blocked(exploration, &count);
  CHECK_EQUAL(count, 1);
  if (count == 1) {
    CHECK_EQUAL(blocked[0].kind, LKS_LOCK);
    CHECK_EQUAL(blocked[0].object, (uintptr_t)&lock);
  }
  lks_finish(exploration);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, twoWriters), LKS_COMPLETED);
  lks_finish(exploration);
}

static void timedWrite(void) {
  total = 0;
  pthread_t thread = start(writes, NULL);
  struct timespec end;
  clock_gettime(CLOCK_MONOTONIC, &end);
  end.tv_sec++;
  int error = pthread_rwlock_clockwrlock(&lock, CLOCK_MONOTONIC, &end);
  outcome = error == ETIMEDOUT ? 3 : total + 1;
  if (!error) pthread_rwlock_unlock(&lock);
  pthread_join(thread, NULL);
}

TEST(timedWriteAllWays, "read-write locks: a timed one is taken before, after, or too late") {
  Result result = everySchedule(timedWrite, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2) | OUTCOME(3));
}

// MARK: Spin locks

static void *spins(void *unused) {
  pthread_spin_lock(&spin);
  total++;
  pthread_spin_unlock(&spin);
  if (pthread_spin_trylock(&spin) == 0) {
    total++;
    pthread_spin_unlock(&spin);
  }
  return unused;
}

static void twoSpinners(void) {
  total = 0;
  pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE);
  inParallel(spins, spins);
  pthread_spin_destroy(&spin);
  outcome = total;
}

TEST(spinLocks, "spin locks: two guarded increments are kept, and attempts succeed or not") {
  Result result = everySchedule(twoSpinners, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(3) | OUTCOME(4));
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

// MARK: Barriers

static int before[2], seen[2], serial;

static void *meets(void *number) {
  int self = (int)(intptr_t)number;
  before[self] = 1;
  if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD) serial |= 1 << self;
  seen[self] = before[!self];
  return NULL;
}

static void twoMeet(void) {
  serial = before[0] = before[1] = seen[0] = seen[1] = 0;
  pthread_barrier_init(&barrier, NULL, 2);
  pthread_t first = start(meets, (void *)0), second = start(meets, (void *)1);
  pthread_join(first, NULL);
  pthread_join(second, NULL);
  pthread_barrier_destroy(&barrier);
  outcome = seen[0] && seen[1] ? serial : 0;
}

TEST(barriers, "barriers: all have come when one goes on, and either may be the last") {
  Result result = everySchedule(twoMeet, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
  CHECK_EQUAL(lks_uncontrolledCount(exploration), 0);
}

static void neverFull(void) {
  pthread_barrier_init(&barrier, NULL, 3);
  inParallel(meets, meets);
}

TEST(barrierThatNeverFills, "barriers: one that never fills is a deadlock, and it is said where") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, neverFull), LKS_DEADLOCKED);
  size_t count, arrived = 0;
  const LKSBlocked *blocked = lks_blocked(exploration, &count);
  for (size_t index = 0; index < count; index++)
    arrived += blocked[index].kind == LKS_ARRIVE && blocked[index].object == (uintptr_t)&barrier;
  CHECK_EQUAL(arrived, 2);
  lks_finish(exploration);
}

static void rounds(void) {
  pthread_barrier_init(&barrier, NULL, 2);
  serial = 0;
  pthread_t thread = start(meets, (void *)1);
  meets((void *)0);
  pthread_join(thread, NULL);
  thread = start(meets, (void *)1);
  meets((void *)0);
  pthread_join(thread, NULL);
  outcome = 1;
}

TEST(barrierAgain, "barriers: one serves again, with threads created after it opened") {
  Result result = everySchedule(rounds, 100000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}

// MARK: Semaphores

static sem_t *named;

static void *posts(void *unused) {
  sem_post(named);
  return unused;
}

static void looksAtCount(void) {
  sem_unlink("/lockstep-selftest");
  named = sem_open("/lockstep-selftest", O_CREAT | O_EXCL, 0600, 1);
  if (named == SEM_FAILED) abort();
  pthread_t thread = start(posts, NULL);
  int value = 0;
  sem_getvalue(named, &value);
  pthread_join(thread, NULL);
  sem_wait(named);
  sem_wait(named);
  outcome = sem_trywait(named) == -1 && errno == EAGAIN ? value : 0;
  sem_close(named);
  sem_unlink("/lockstep-selftest");
}

TEST(namedSemaphore, "semaphores: a named one is counted, and a look comes before or after a post") {
  Result result = everySchedule(looksAtCount, 10000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(1) | OUTCOME(2));
  CHECK_EQUAL(result.endings[LKS_DEADLOCKED], 0);
}
