/// The instrumentation ABI: atomic operations of 8 to 128 bits, with their memory orders. They are
/// carried out sequentially consistent; the order is written down with the step.
#include "runtime.h"

static inline LKSThread *announce(
    const volatile void *address, size_t size, LKSKind kind, int order, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (thread)
    lks_atomicAccess(
        thread, (uintptr_t)address, size, kind, lks_orderOf(order), LKS_ALWAYS, 0, caller);
  return thread;
}

static inline void announceUpdate(
    const volatile void *address, size_t size, int order, LKSCondition condition,
    uint64_t operand, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (thread)
    lks_atomicAccess(
        thread, (uintptr_t)address, size, LKS_READ_MODIFY_WRITE, lks_orderOf(order), condition,
        operand, caller);
}

#define LKS_UPDATE(bits, type, name, condition)                                               \
  type __tsan_atomic##bits##_##name(volatile type *address, type operand, int order) {        \
    announceUpdate(address, bits / 8, order, condition, (uint64_t)operand, LKS_CALLER);       \
    return native_##name##_##bits(address, operand);                                          \
  }

#define LKS_ATOMICS(bits, type)                                                               \
  static inline type native_exchange_##bits(volatile type *a, type v) {                       \
    return __atomic_exchange_n(a, v, __ATOMIC_SEQ_CST);                                       \
  }                                                                                           \
  static inline type native_fetch_add_##bits(volatile type *a, type v) {                      \
    return __atomic_fetch_add(a, v, __ATOMIC_SEQ_CST);                                        \
  }                                                                                           \
  static inline type native_fetch_sub_##bits(volatile type *a, type v) {                      \
    return __atomic_fetch_sub(a, v, __ATOMIC_SEQ_CST);                                        \
  }                                                                                           \
  static inline type native_fetch_and_##bits(volatile type *a, type v) {                      \
    return __atomic_fetch_and(a, v, __ATOMIC_SEQ_CST);                                        \
  }                                                                                           \
  static inline type native_fetch_or_##bits(volatile type *a, type v) {                       \
    return __atomic_fetch_or(a, v, __ATOMIC_SEQ_CST);                                         \
  }                                                                                           \
  static inline type native_fetch_xor_##bits(volatile type *a, type v) {                      \
    return __atomic_fetch_xor(a, v, __ATOMIC_SEQ_CST);                                        \
  }                                                                                           \
  static inline type native_fetch_nand_##bits(volatile type *a, type v) {                     \
    return __atomic_fetch_nand(a, v, __ATOMIC_SEQ_CST);                                       \
  }                                                                                           \
  type __tsan_atomic##bits##_load(const volatile type *address, int order) {                  \
    announce(address, bits / 8, LKS_READ, order, LKS_CALLER);                                 \
    return __atomic_load_n(address, __ATOMIC_SEQ_CST);                                        \
  }                                                                                           \
  void __tsan_atomic##bits##_store(volatile type *address, type value, int order) {           \
    announce(address, bits / 8, LKS_WRITE, order, LKS_CALLER);                                \
    __atomic_store_n(address, value, __ATOMIC_SEQ_CST);                                       \
  }                                                                                           \
  LKS_UPDATE(bits, type, exchange, LKS_UNLESS_THERE)                                          \
  LKS_UPDATE(bits, type, fetch_add, LKS_ALWAYS)                                               \
  LKS_UPDATE(bits, type, fetch_sub, LKS_ALWAYS)                                               \
  LKS_UPDATE(bits, type, fetch_and, LKS_UNLESS_CLEAR)                                         \
  LKS_UPDATE(bits, type, fetch_or, LKS_UNLESS_SET)                                            \
  LKS_UPDATE(bits, type, fetch_xor, LKS_ALWAYS)                                               \
  LKS_UPDATE(bits, type, fetch_nand, LKS_ALWAYS)                                              \
  type __tsan_atomic##bits##_compare_exchange_val(                                            \
      volatile type *address, type expected, type desired, int order, int failureOrder) {     \
    (void)failureOrder;                                                                       \
    LKSMutexStep step = lks_mutexExchange(                                                    \
        (uintptr_t)address, bits / 8, (uint64_t)expected, (uint64_t)desired, LKS_CALLER);     \
    if (step == LKS_MUTEX_TAKEN) return *address;                                             \
    if (step == LKS_NO_MUTEX)                                                                 \
      announceUpdate(                                                                         \
          address, bits / 8, order, LKS_IF_THERE, (uint64_t)expected, LKS_CALLER);            \
    __atomic_compare_exchange_n(                                                              \
        address, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);              \
    return expected;                                                                          \
  }                                                                                           \
  int __tsan_atomic##bits##_compare_exchange_strong(                                          \
      volatile type *address, type *expected, type desired, int order, int failureOrder) {    \
    (void)failureOrder;                                                                       \
    announceUpdate(                                                                           \
        address, bits / 8, order, LKS_IF_THERE, (uint64_t)*expected, LKS_CALLER);             \
    return __atomic_compare_exchange_n(                                                       \
        address, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);               \
  }                                                                                           \
  int __tsan_atomic##bits##_compare_exchange_weak(                                            \
      volatile type *address, type *expected, type desired, int order, int failureOrder) {    \
    (void)failureOrder;                                                                       \
    announceUpdate(                                                                           \
        address, bits / 8, order, LKS_IF_THERE, (uint64_t)*expected, LKS_CALLER);             \
    return __atomic_compare_exchange_n(                                                       \
        address, expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);               \
  }

LKS_ATOMICS(8, uint8_t)
LKS_ATOMICS(16, uint16_t)
LKS_ATOMICS(32, uint32_t)
LKS_ATOMICS(64, uint64_t)

#if defined(__SIZEOF_INT128__) && defined(__x86_64__)
/// One attempt of a sixteen-byte compare-and-swap; `*expected` becomes what was there.
static bool exchange128(volatile __uint128_t *address, __uint128_t *expected, __uint128_t desired) {
  uint64_t low = (uint64_t)*expected, high = (uint64_t)(*expected >> 64);
  bool done;
  __asm__ volatile("lock cmpxchg16b %1"
                   : "=@ccz"(done), "+m"(*address), "+a"(low), "+d"(high)
                   : "b"((uint64_t)desired), "c"((uint64_t)(desired >> 64))
                   : "memory");
  *expected = (__uint128_t)high << 64 | low;
  return done;
}

static __uint128_t load128(const volatile __uint128_t *address) {
  __uint128_t value = 0;
  exchange128((volatile __uint128_t *)(uintptr_t)address, &value, 0);
  return value;
}

#define LKS_UPDATE128(name, expression)                                                       \
  __uint128_t __tsan_atomic128_##name(                                                        \
      volatile __uint128_t *address, __uint128_t operand, int order) {                        \
    announce(address, 16, LKS_READ_MODIFY_WRITE, order, LKS_CALLER);                          \
    __uint128_t old = load128(address);                                                       \
    while (!exchange128(address, &old, (expression))) {                                       \
    }                                                                                         \
    return old;                                                                               \
  }

__uint128_t __tsan_atomic128_load(const volatile __uint128_t *address, int order) {
  announce(address, 16, LKS_READ, order, LKS_CALLER);
  return load128(address);
}

void __tsan_atomic128_store(volatile __uint128_t *address, __uint128_t value, int order) {
  announce(address, 16, LKS_WRITE, order, LKS_CALLER);
  __uint128_t old = load128(address);
  while (!exchange128(address, &old, value)) {
  }
}

LKS_UPDATE128(exchange, operand)
LKS_UPDATE128(fetch_add, old + operand)
LKS_UPDATE128(fetch_sub, old - operand)
LKS_UPDATE128(fetch_and, old & operand)
LKS_UPDATE128(fetch_or, old | operand)
LKS_UPDATE128(fetch_xor, old ^ operand)
LKS_UPDATE128(fetch_nand, ~(old & operand))

__uint128_t __tsan_atomic128_compare_exchange_val(
    volatile __uint128_t *address, __uint128_t expected, __uint128_t desired, int order,
    int failureOrder) {
  (void)failureOrder;
  announce(address, 16, LKS_READ_MODIFY_WRITE, order, LKS_CALLER);
  exchange128(address, &expected, desired);
  return expected;
}

int __tsan_atomic128_compare_exchange_strong(
    volatile __uint128_t *address, __uint128_t *expected, __uint128_t desired, int order,
    int failureOrder) {
  (void)failureOrder;
  announce(address, 16, LKS_READ_MODIFY_WRITE, order, LKS_CALLER);
  return exchange128(address, expected, desired);
}

int __tsan_atomic128_compare_exchange_weak(
    volatile __uint128_t *address, __uint128_t *expected, __uint128_t desired, int order,
    int failureOrder) {
  (void)failureOrder;
  announce(address, 16, LKS_READ_MODIFY_WRITE, order, LKS_CALLER);
  return exchange128(address, expected, desired);
}
#endif

void __tsan_atomic_thread_fence(int order) {
  LKSThread *thread = lks_observed();
  if (thread) lks_annotate(thread, LKS_FENCE, 0, 0, LKS_CALLER)->order = (uint8_t)lks_orderOf(order);
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order) {
  (void)order;
  __atomic_signal_fence(__ATOMIC_SEQ_CST);
}
