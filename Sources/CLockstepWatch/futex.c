/// Waits that go to the kernel by hand: `Synchronization.Mutex`, and libdispatch's own.
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "watch.h"

static bool isWait(long operation) {
  switch (operation & FUTEX_CMD_MASK) {
    case FUTEX_WAIT:
    case FUTEX_WAIT_BITSET:
    case FUTEX_LOCK_PI:
    case FUTEX_LOCK_PI2: return true;
    default: return false;
  }
}

/// Every system call has six arguments at most; those that are not given are not looked at.
LKW_EXPORT long syscall(long number, ...) {
  va_list list;
  va_start(list, number);
  long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
  long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
  va_end(list);
  // Only threads that have a record already: making one calls this function.
  if (number != SYS_futex || !lkw_current || !isWait(b))
    return LKW_REAL(syscall)(number, a, b, c, d, e, f);
  lkw_goTo(lkw_current, ((uint64_t)a & ~7ull) | LKW_FUTEX, LKW_FRAME);
  long result = LKW_REAL(syscall)(number, a, b, c, d, e, f);
  // `Synchronization.Mutex` ends the program for this, whoever else is in the circle.
  if (LKW_UNLIKELY(result == -1 && errno == EDEADLK))
    lkw_noteMutexCycle(lkw_current, (const uint32_t *)a);
  return result;
}
