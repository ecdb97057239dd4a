/// Calls of libdispatch that wait for a queue.
#include "watch.h"

typedef void (*Function)(void *);

extern const char *dispatch_queue_get_label(void *queue) __attribute__((weak));
extern void dispatch_sync(void *queue, void *block);
extern void dispatch_sync_f(void *queue, void *context, Function work);
extern void dispatch_barrier_sync(void *queue, void *block);
extern void dispatch_barrier_sync_f(void *queue, void *context, Function work);
extern void dispatch_async_and_wait(void *queue, void *block);
extern void dispatch_async_and_wait_f(void *queue, void *context, Function work);
extern void dispatch_barrier_async_and_wait(void *queue, void *block);
extern void dispatch_barrier_async_and_wait_f(void *queue, void *context, Function work);

/// Where a queue keeps the id of the thread that runs its work, in the low 30 bits: libdispatch,
/// `dispatch_queue_s.dq_state` in src/queue_internal.h and `DLOCK_OWNER_MASK` in src/shims/lock.h.
enum { STATE_OFFSET = 56, OWNER_MASK = 0x3fffffff };

typedef struct Outer {
  uint64_t object;
  uint64_t frame;
} Outer;

static Outer enter(LKWThread *self, void *queue, uint64_t *frame) {
  if (!self) return (Outer){0, 0};
  Outer outer = {self->outerObject, self->outerFrame};
  self->outerFrame = (uint64_t)frame;
  self->outerObject = (uint64_t)queue | LKW_DISPATCH_QUEUE;
  uint64_t state = *(volatile uint64_t *)((char *)queue + STATE_OFFSET);
  // libdispatch ends the program for this, and names neither queue nor place.
  if ((state & OWNER_MASK) == self->thread) lkw_noteOwnQueue(
      self, dispatch_queue_get_label ? dispatch_queue_get_label(queue) : NULL, queue);
  return outer;
}

static void leave(LKWThread *self, Outer outer) {
  if (!self) return;
  self->outerObject = outer.object;
  self->outerFrame = outer.frame;
}

#define LKW_WAITING(name, parameters, arguments)         \
  LKW_EXPORT void name parameters {                      \
    LKWThread *self = lkw_self();                        \
    Outer outer = enter(self, queue, LKW_FRAME);         \
    LKW_REAL(name) arguments;                            \
    leave(self, outer);                                  \
  }

LKW_WAITING(dispatch_sync, (void *queue, void *block), (queue, block))
LKW_WAITING(dispatch_barrier_sync, (void *queue, void *block), (queue, block))
LKW_WAITING(dispatch_async_and_wait, (void *queue, void *block), (queue, block))
LKW_WAITING(dispatch_barrier_async_and_wait, (void *queue, void *block), (queue, block))
LKW_WAITING(dispatch_sync_f, (void *queue, void *context, Function work), (queue, context, work))
LKW_WAITING(
    dispatch_barrier_sync_f, (void *queue, void *context, Function work), (queue, context, work))
LKW_WAITING(
    dispatch_async_and_wait_f, (void *queue, void *context, Function work), (queue, context, work))
LKW_WAITING(dispatch_barrier_async_and_wait_f, (void *queue, void *context, Function work),
            (queue, context, work))
