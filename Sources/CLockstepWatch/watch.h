/// What the files of the library share.
#ifndef CLOCKSTEP_WATCH_INTERNAL_H
#define CLOCKSTEP_WATCH_INTERNAL_H

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "CLockstepWatch.h"

#define LKW_LIKELY(x) __builtin_expect(!!(x), 1)
#define LKW_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LKW_HIDDEN __attribute__((visibility("hidden")))

/// Weak, since the command links these object files too, beside a runtime with the same functions.
/// The dynamic linker makes no difference: see ld.so(8), LD_DYNAMIC_WEAK.
#define LKW_EXPORT __attribute__((visibility("default"), weak))

/// Our own frame. Its first word is the caller's frame pointer, its second the return address.
#define LKW_FRAME ((uint64_t *)__builtin_frame_address(0))

/// Where the program's own code is: what it calls itself needs no more than its return address.
extern uint64_t lkw_programStart LKW_HIDDEN, lkw_programSize LKW_HIDDEN;

extern LKWTable lkw_table LKW_HIDDEN;
extern _Atomic uint64_t lkw_handedOver[LKW_HANDED_OVER] LKW_HIDDEN;
extern LKWRegistry *lkw_registry LKW_HIDDEN;

/// Initial-exec, as a preloaded library may have it: one instruction, and never an allocation.
extern _Thread_local LKWThread *lkw_current
    __attribute__((tls_model("initial-exec"))) LKW_HIDDEN;

/// The definition that the program would have called without us.
LKW_HIDDEN void *lkw_next(const char *name, const char *version);

/// The same, looked up once. A function may be called before any constructor of ours has run.
#define LKW_REAL_VERSION(function, version)                                            \
  ({                                                                                   \
    static _Atomic(__typeof__(&function)) real_;                                       \
    __typeof__(&function) found_ = atomic_load_explicit(&real_, memory_order_relaxed); \
    if (LKW_UNLIKELY(!found_)) {                                                       \
      found_ = (__typeof__(&function))lkw_next(#function, version);                    \
      atomic_store_explicit(&real_, found_, memory_order_relaxed);                     \
    }                                                                                  \
    found_;                                                                            \
  })
#define LKW_REAL(function) LKW_REAL_VERSION(function, NULL)

/// Makes the record of the current thread; NULL when it cannot have one.
LKW_HIDDEN LKWThread *lkw_enroll(void);

static inline LKWThread *lkw_self(void) {
  LKWThread *self = lkw_current;
  return LKW_LIKELY(self != NULL) ? self : lkw_enroll();
}

/// Takes `object`, with its kind, off the locks held, wherever it is among them.
LKW_HIDDEN bool lkw_release(LKWThread *self, uint64_t object, LKWHold *released);

LKW_HIDDEN bool lkw_isHandedOver(uint64_t object);
LKW_HIDDEN void lkw_markHandedOver(uint64_t object);
/// The address is to be something new.
LKW_HIDDEN void lkw_unmarkHandedOver(uint64_t object);

/// Whether a return address is libdispatch's.
LKW_HIDDEN bool lkw_isDispatch(uint64_t address);

/// Says for the tool what libdispatch is going to end the process for.
LKW_HIDDEN void lkw_noteOwnQueue(LKWThread *self, const char *label, const void *queue);
/// Says what the kernel refuses the thread: it would wait in a circle for `word`.
LKW_HIDDEN void lkw_noteMutexCycle(LKWThread *self, const uint32_t *word);

LKW_HIDDEN void lkw_preparePython(void);
/// Notes the line of Python that took a lock, if it was Python.
LKW_HIDDEN void lkw_notePythonPlace(LKWHold *hold);
LKW_HIDDEN void lkw_register(void);
LKW_HIDDEN void lkw_adoptAfterFork(void);

/// Says what the thread goes to; what is written here is never waited for.
static inline void lkw_goTo(LKWThread *self, uint64_t object, uint64_t *frame) {
  self->object = object;
  self->frame = (uint64_t)frame;
  // Only the compiler could reorder: stores of x86-64 become visible in order.
  atomic_signal_fence(memory_order_seq_cst);
}

/// Notes where the caller was called from, too.
LKW_HIDDEN void lkw_noteCallers(LKWThread *self, LKWHold *hold, uint64_t *frame);

/// Puts a lock on top of those held.
static inline void lkw_hold(LKWThread *self, uint64_t object, uint64_t *frame) {
  uint32_t depth = self->depth;
  if (LKW_UNLIKELY(depth >= LKW_HOLDS)) {
    self->lost++;
    return;
  }
  LKWHold *hold = &self->holds[depth];
  uint64_t caller = frame[1];
  hold->object = object;
  hold->callers[0] = caller;
  hold->callers[1] = 0;
  atomic_signal_fence(memory_order_seq_cst);
  self->depth = depth + 1;
  if (LKW_UNLIKELY(caller - lkw_programStart >= lkw_programSize))
    lkw_noteCallers(self, hold, frame);
}

/// Takes a lock off those held; nearly always it is the one on top.
static inline bool lkw_letGo(LKWThread *self, uint64_t object) {
  uint32_t depth = self->depth;
  if (LKW_LIKELY(depth > 0 && self->holds[depth - 1].object == object)) {
    self->depth = depth - 1;
    return true;
  }
  return lkw_release(self, object, NULL);
}

#endif
