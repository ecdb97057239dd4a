/// Atomic operations of 8 to 128 bits in every memory order, against arithmetic; fences.
#include "selftest.h"

static const int orders[] = {__ATOMIC_RELAXED, __ATOMIC_CONSUME, __ATOMIC_ACQUIRE,
                             __ATOMIC_RELEASE, __ATOMIC_ACQ_REL, __ATOMIC_SEQ_CST};

#define ORDER_COUNT (sizeof orders / sizeof *orders)

/// The ABI by itself, so that no compiler's choice stands between.
#define DECLARE(bits, type)                                                              \
  extern type __tsan_atomic##bits##_load(const volatile type *, int);                    \
  extern void __tsan_atomic##bits##_store(volatile type *, type, int);                   \
  extern type __tsan_atomic##bits##_exchange(volatile type *, type, int);                \
  extern type __tsan_atomic##bits##_fetch_add(volatile type *, type, int);               \
  extern type __tsan_atomic##bits##_fetch_sub(volatile type *, type, int);               \
  extern type __tsan_atomic##bits##_fetch_and(volatile type *, type, int);               \
  extern type __tsan_atomic##bits##_fetch_or(volatile type *, type, int);                \
  extern type __tsan_atomic##bits##_fetch_xor(volatile type *, type, int);               \
  extern type __tsan_atomic##bits##_fetch_nand(volatile type *, type, int);              \
  extern type __tsan_atomic##bits##_compare_exchange_val(                                \
      volatile type *, type, type, int, int);                                            \
  extern int __tsan_atomic##bits##_compare_exchange_strong(                              \
      volatile type *, type *, type, int, int);                                          \
  extern int __tsan_atomic##bits##_compare_exchange_weak(                                \
      volatile type *, type *, type, int, int);

/// Each operation on many pairs of numbers, inside an exploration and outside of any.
#define CHECK_ATOMICS(bits, type)                                                        \
  DECLARE(bits, type)                                                                    \
  static bool atomicsAreRight##bits(int order) {                                         \
    static _Alignas(16) volatile type cell;                                              \
    type mixed = (type)0x9e3779b97f4a7c15ull, right = 1;                                 \
    if (bits == 128) mixed |= mixed << (bits / 2) << 3;                                  \
    const type numbers[] = {0, 1, 2, (type)-1, (type)~(type)0 >> 1, mixed, (type)~mixed}; \
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)                        \
      for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++) {                    \
        type a = numbers[i], b = numbers[j], expected;                                   \
        __tsan_atomic##bits##_store(&cell, a, order);                                    \
        right &= __tsan_atomic##bits##_load(&cell, order) == a;                          \
        right &= __tsan_atomic##bits##_exchange(&cell, b, order) == a && cell == b;      \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_fetch_add(&cell, b, order) == a && cell == (type)(a + b); \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_fetch_sub(&cell, b, order) == a && cell == (type)(a - b); \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_fetch_and(&cell, b, order) == a && cell == (type)(a & b); \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_fetch_or(&cell, b, order) == a && cell == (type)(a | b);  \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_fetch_xor(&cell, b, order) == a && cell == (type)(a ^ b); \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_fetch_nand(&cell, b, order) == a &&               \
                 cell == (type)~(a & b);                                                 \
        cell = a;                                                                        \
        right &= __tsan_atomic##bits##_compare_exchange_val(                             \
                     &cell, b, (type)7, order, __ATOMIC_RELAXED) == a &&                 \
                 cell == (a == b ? (type)7 : a);                                         \
        cell = a;                                                                        \
        expected = b;                                                                    \
        right &= __tsan_atomic##bits##_compare_exchange_strong(                          \
                     &cell, &expected, (type)9, order, __ATOMIC_RELAXED) == (a == b) &&  \
                 expected == a && cell == (a == b ? (type)9 : a);                        \
        cell = a;                                                                        \
        expected = b;                                                                    \
        right &= __tsan_atomic##bits##_compare_exchange_weak(                            \
                     &cell, &expected, (type)11, order, __ATOMIC_RELAXED) == (a == b) && \
                 expected == a && cell == (a == b ? (type)11 : a);                       \
      }                                                                                  \
    return right != 0;                                                                   \
  }

CHECK_ATOMICS(8, uint8_t)
CHECK_ATOMICS(16, uint16_t)
CHECK_ATOMICS(32, uint32_t)
CHECK_ATOMICS(64, uint64_t)
CHECK_ATOMICS(128, __uint128_t)

/// A bit for each width, wrong in some order.
static unsigned wrongWidths(void) {
  unsigned wrong = 0;
  for (size_t index = 0; index < ORDER_COUNT; index++) {
    wrong |= !atomicsAreRight8(orders[index]) << 0;
    wrong |= !atomicsAreRight16(orders[index]) << 1;
    wrong |= !atomicsAreRight32(orders[index]) << 2;
    wrong |= !atomicsAreRight64(orders[index]) << 3;
    wrong |= !atomicsAreRight128(orders[index]) << 4;
  }
  return wrong;
}

static void arithmetic(void) { outcome = (int)wrongWidths(); }

TEST(outsideExplorations, "atomics: every operation, width and order outside of explorations") {
  CHECK_EQUAL(wrongWidths(), 0);
}

TEST(insideExplorations, "atomics: every operation, width and order inside of one") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, arithmetic), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 0);
  lks_finish(exploration);
}

static uint64_t shared;

static void *useAllOrders(void *unused) {
  for (size_t index = 0; index < ORDER_COUNT; index++) {
    __tsan_atomic64_load(&shared, orders[index]);
    __tsan_atomic64_store(&shared, 1, orders[index]);
    __tsan_atomic64_fetch_add(&shared, 1, orders[index]);
  }
  return unused;
}

static void allOrders(void) { inParallel(useAllOrders, useAllOrders); }

TEST(ordersAreWrittenDown, "atomics: the memory order is written down with the step") {
  static const LKSOrder expected[] = {
      LKS_ORDER_RELAXED, LKS_ORDER_CONSUME, LKS_ORDER_ACQUIRE, LKS_ORDER_RELEASE,
      LKS_ORDER_ACQUIRE_RELEASE, LKS_ORDER_SEQUENTIALLY_CONSISTENT};
  static const LKSKind kinds[] = {LKS_READ, LKS_WRITE, LKS_READ_MODIFY_WRITE};
  warmUp(allOrders);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, allOrders), LKS_COMPLETED);
  Trace trace = keepTrace();
  size_t step = 0;
  for (size_t index = 0; index < trace.count; index++) {
    const LKSEvent *event = &trace.events[index];
    if (!isStep(event) || event->thread != 1) continue;
    CHECK_EQUAL(event->order, expected[step / 3]);
    CHECK_EQUAL(event->kind, kinds[step % 3]);
    CHECK_EQUAL(event->size, 8);
    step++;
  }
  CHECK_EQUAL(step, 3 * ORDER_COUNT);
  free(trace.events);
  lks_finish(exploration);
}

static void *addsAtomically(void *unused) {
  __atomic_fetch_add(&shared, 1, __ATOMIC_RELAXED);
  return unused;
}

static void atomicIncrements(void) {
  __atomic_store_n(&shared, 0, __ATOMIC_SEQ_CST);
  inParallel(addsAtomically, addsAtomically);
  outcome = (int)shared;
}

TEST(atomicIncrement, "atomics: an increment is one step, and none is lost") {
  Result result = everySchedule(atomicIncrements, 1000);
  CHECK(result.isComplete);
  CHECK_EQUAL(result.outcomes, OUTCOME(2));
}

static void *swaps(void *unused) {
  uint64_t expected = 0;
  __atomic_compare_exchange_n(
      &shared, &expected, shared + 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
  return unused;
}

static void swapping(void) {
  __atomic_store_n(&shared, 0, __ATOMIC_SEQ_CST);
  inParallel(swaps, swaps);
  outcome = (int)shared;
}

TEST(failedExchange, "atomics: a compare-and-swap that fails is a read in the trace") {
  warmUp(swapping);
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, swapping), LKS_COMPLETED);
  CHECK_EQUAL(outcome, 1);
  Trace trace = keepTrace();
  size_t succeeded = 0, failedOnes = 0;
  for (size_t index = 0; index < trace.count; index++) {
    const LKSEvent *event = &trace.events[index];
    if (!(event->flags & LKS_COMPARE_AND_SWAP)) continue;
    succeeded += event->kind == LKS_READ_MODIFY_WRITE;
    failedOnes += event->kind == LKS_READ;
  }
  CHECK_EQUAL(succeeded, 1);
  CHECK_EQUAL(failedOnes, 1);
  free(trace.events);
  lks_finish(exploration);
}

static void fences(void) {
  __atomic_thread_fence(__ATOMIC_ACQUIRE);
  // Two in a row are one to the compiler.
  __atomic_load_n(&shared, __ATOMIC_RELAXED);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

TEST(fencesAreNoted, "atomics: a fence is noted with its order, and is no step") {
  CHECK_EQUAL(runPlan(&(LKSPlan){.branch = 1000}, fences), LKS_COMPLETED);
  Trace trace = keepTrace();
  CHECK_EQUAL(countEvents(trace, LKS_FENCE, NULL), 2);
  const LKSEvent *fence = findEvent(trace, LKS_FENCE, NULL);
  CHECK(fence && fence->order == LKS_ORDER_ACQUIRE);
  size_t steps;
  free(scheduleOf(trace, &steps));
  CHECK_EQUAL(steps, 0);
  free(trace.events);
  lks_finish(exploration);
}
