/// The instrumentation ABI: plain accesses, ranges, function entry and exit
/// (llvm/lib/Transforms/Instrumentation/ThreadSanitizer.cpp says what the compiler calls).
#include "runtime.h"

static _Atomic uint64_t instrumentedModules;

uint64_t lks_instrumentedModules(void) { return atomic_load(&instrumentedModules); }

void __tsan_init(void) { atomic_fetch_add(&instrumentedModules, 1); }

static inline void plainAccess(void *address, size_t size, LKSKind kind, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (LKS_LIKELY(thread)) {
    lks_access(thread, (uintptr_t)address, size, kind, caller);
  } else if (LKS_UNLIKELY(lks_currentProbe)) {
    if (kind == LKS_READ)
      lks_currentProbe->reads++;
    else
      lks_currentProbe->writes++;
  }
}

#define LKS_ACCESSES(size)                                                                    \
  void __tsan_read##size(void *address) { plainAccess(address, size, LKS_READ, LKS_CALLER); } \
  void __tsan_write##size(void *address) {                                                    \
    plainAccess(address, size, LKS_WRITE, LKS_CALLER);                                        \
  }                                                                                           \
  void __tsan_unaligned_read##size(void *address) {                                           \
    plainAccess(address, size, LKS_READ, LKS_CALLER);                                         \
  }                                                                                           \
  void __tsan_unaligned_write##size(void *address) {                                          \
    plainAccess(address, size, LKS_WRITE, LKS_CALLER);                                        \
  }                                                                                           \
  void __tsan_volatile_read##size(void *address) {                                            \
    plainAccess(address, size, LKS_READ, LKS_CALLER);                                         \
  }                                                                                           \
  void __tsan_volatile_write##size(void *address) {                                           \
    plainAccess(address, size, LKS_WRITE, LKS_CALLER);                                        \
  }                                                                                           \
  void __tsan_unaligned_volatile_read##size(void *address) {                                  \
    plainAccess(address, size, LKS_READ, LKS_CALLER);                                         \
  }                                                                                           \
  void __tsan_unaligned_volatile_write##size(void *address) {                                 \
    plainAccess(address, size, LKS_WRITE, LKS_CALLER);                                        \
  }                                                                                           \
  /* One call for a load and a store: nothing can be let in between. */                       \
  void __tsan_read_write##size(void *address) {                                               \
    plainAccess(address, size, LKS_OPAQUE_READ_WRITE, LKS_CALLER);                            \
  }                                                                                           \
  void __tsan_unaligned_read_write##size(void *address) {                                     \
    plainAccess(address, size, LKS_OPAQUE_READ_WRITE, LKS_CALLER);                            \
  }

LKS_ACCESSES(1)
LKS_ACCESSES(2)
LKS_ACCESSES(4)
LKS_ACCESSES(8)
LKS_ACCESSES(16)

void __tsan_vptr_read(void **address) { plainAccess(address, 8, LKS_READ, LKS_CALLER); }

void __tsan_vptr_update(void **address, void *value) {
  // A constructor that stores the table already there changes nothing.
  if (*address != value) plainAccess(address, 8, LKS_WRITE, LKS_CALLER);
}

void __tsan_read_range(void *address, size_t size) {
  if (size) plainAccess(address, size, LKS_READ, LKS_CALLER);
}

void __tsan_write_range(void *address, size_t size) {
  if (size) plainAccess(address, size, LKS_WRITE, LKS_CALLER);
}

/// Copies bytes, as they were when they were read, whoever stores there before they are written.
static inline void *copy(void *to, const void *from, size_t size, uintptr_t caller) {
  LKSThread *thread = lks_observed();
  if (LKS_UNLIKELY(!thread || !size)) {
    if (size) plainAccess((void *)(uintptr_t)from, size, LKS_READ, caller);
    if (size) plainAccess(to, size, LKS_WRITE, caller);
    return memmove(to, from, size);
  }
  const void *bytes = lks_readBytes(thread, from, size, caller);
  lks_access(thread, (uintptr_t)to, size, LKS_WRITE, caller);
  memmove(to, bytes, size);
  if (LKS_UNLIKELY(thread->kept.size)) lks_forgetKeptBytes(thread);
  return to;
}

void *__tsan_memcpy(void *to, const void *from, size_t size) {
  return copy(to, from, size, LKS_CALLER);
}

void *__tsan_memmove(void *to, const void *from, size_t size) {
  return copy(to, from, size, LKS_CALLER);
}

void *__tsan_memset(void *to, int byte, size_t size) {
  if (size) plainAccess(to, size, LKS_WRITE, LKS_CALLER);
  return memset(to, byte, size);
}

void __tsan_func_entry(void *caller) {
  LKSThread *thread = lks_current;
  if (!thread) return;
  // Every instrumented function comes here, whatever it does; marks of exclusivity do not count.
  thread->exploration->instrumentedCalls++;
  thread->inTasks = false;
  // The caller of this call is in the function that is entered.
  if (LKS_UNLIKELY(!thread->firstFunction)) thread->firstFunction = LKS_CALLER;
  if (thread->depth < LKS_SHADOW_STACK_DEPTH) thread->stack[thread->depth] = (uintptr_t)caller;
  thread->depth++;
}

void __tsan_func_exit(void) {
  LKSThread *thread = lks_current;
  if (!thread) return;
  thread->inTasks = false;
  thread->exits[thread->exitCount++ % LKS_KEPT_EXITS] = LKS_CALLER;
  if (!thread->depth) return;
  uint32_t depth = --thread->depth;
  if (depth < LKS_SHADOW_STACK_DEPTH && LKS_UNLIKELY(lks_isTaskLibrary(thread->stack[depth])) &&
      !thread->inRuntime)
    lks_leaveClosure(thread, thread->stack[depth]);
}

void __tsan_ignore_thread_begin(void) {
  LKSThread *thread = lks_current;
  if (thread) thread->raceIgnored++;
}

void __tsan_ignore_thread_end(void) {
  LKSThread *thread = lks_current;
  if (thread && thread->raceIgnored) thread->raceIgnored--;
}

// Calls that a program may make by hand, which say nothing that is not seen here otherwise.
void __tsan_acquire(void *address) { (void)address; }
void __tsan_release(void *address) { (void)address; }

static __thread LKSProbe probe;

void lks_probeBegin(void) {
  probe = (LKSProbe){0};
  lks_currentProbe = &probe;
}

LKSProbe lks_probeEnd(void) {
  lks_currentProbe = NULL;
  return probe;
}
