/// Atomic operations that the compiler leaves to libatomic: those of more than 16 bytes, and of 16 where the
/// processor is not known to have them. They are steps like all others, and the lock under which libatomic
/// would do them is none of the program's.
#include "runtime.h"

static atomic_flag isTaken = ATOMIC_FLAG_INIT;

/// Threads that are not controlled come here, too.
static void lock(void) {
  while (atomic_flag_test_and_set_explicit(&isTaken, memory_order_acquire)) {}
}
static void unlock(void) { atomic_flag_clear_explicit(&isTaken, memory_order_release); }

static void announce(
    const volatile void *address, size_t size, LKSKind kind, int order, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (thread && lks_isOfProgram(thread->exploration, caller))
    lks_atomicAccess(
        thread, (uintptr_t)address, size, kind, lks_orderOf(order), LKS_ALWAYS, 0, caller);
}

static void copy(void *to, const volatile void *from, size_t size) {
  memcpy(to, (const void *)(uintptr_t)from, size);
}

// The names are the compiler's own, which takes them for what it makes instructions of.
// (gcc.gnu.org/wiki/Atomic/GCCMM/LIbrary)

void lks_atomicLoad(size_t size, const volatile void *address, void *result, int order)
    __asm__("__atomic_load");
void lks_atomicLoad(size_t size, const volatile void *address, void *result, int order) {
  lks_seeBytes(result, size, LKS_WRITE, LKS_CALLER);
  announce(address, size, LKS_READ, order, LKS_CALLER);
  lock();
  copy(result, address, size);
  unlock();
}

void lks_atomicStore(size_t size, volatile void *address, const void *value, int order)
    __asm__("__atomic_store");
void lks_atomicStore(size_t size, volatile void *address, const void *value, int order) {
  lks_seeBytes(value, size, LKS_READ, LKS_CALLER);
  announce(address, size, LKS_WRITE, order, LKS_CALLER);
  lock();
  copy((void *)(uintptr_t)address, value, size);
  unlock();
}

void lks_atomicExchange(
    size_t size, volatile void *address, const void *value, void *result, int order)
    __asm__("__atomic_exchange");
void lks_atomicExchange(
    size_t size, volatile void *address, const void *value, void *result, int order) {
  lks_seeBytes(value, size, LKS_READ, LKS_CALLER);
  lks_seeBytes(result, size, LKS_WRITE, LKS_CALLER);
  announce(address, size, LKS_READ_MODIFY_WRITE, order, LKS_CALLER);
  lock();
  // Both may be one place.
  for (size_t index = 0; index < size; index++) {
    char new = ((const char *)value)[index];
    ((char *)result)[index] = ((volatile char *)address)[index];
    ((volatile char *)address)[index] = new;
  }
  unlock();
}

bool lks_atomicCompareExchange(
    size_t size, volatile void *address, void *expected, const void *desired, int order,
    int failureOrder) __asm__("__atomic_compare_exchange");
bool lks_atomicCompareExchange(
    size_t size, volatile void *address, void *expected, const void *desired, int order,
    int failureOrder) {
  (void)failureOrder;
  lks_seeBytes(expected, size, LKS_READ, LKS_CALLER);
  lks_seeBytes(desired, size, LKS_READ, LKS_CALLER);
  announce(address, size, LKS_READ_MODIFY_WRITE, order, LKS_CALLER);
  lock();
  bool isAsExpected = memcmp((const void *)(uintptr_t)address, expected, size) == 0;
  if (isAsExpected)
    copy((void *)(uintptr_t)address, desired, size);
  else
    copy(expected, address, size);
  unlock();
  return isAsExpected;
}
