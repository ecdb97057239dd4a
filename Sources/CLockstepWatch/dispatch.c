/// Calls of libdispatch that wait for a queue, and those after which its manager may wake somebody.
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

// MARK: Events

extern void dispatch_after(uint64_t time, void *queue, void *block);
extern void dispatch_after_f(uint64_t time, void *queue, void *context, Function work);
extern void *dispatch_source_create(
    const void *type, uintptr_t handle, uintptr_t mask, void *queue);
extern void *dispatch_io_create(uintptr_t type, int file, void *queue, void *handler);
extern void *dispatch_io_create_with_path(
    uintptr_t type, const char *path, int flags, uint32_t mode, void *queue, void *handler);
extern void dispatch_read(int file, size_t length, void *queue, void *handler);
extern void dispatch_write(int file, void *data, void *queue, void *handler);

/// Without any of these, the timer that libdispatch's manager has is its own, for its pool.
static void usesEvents(const uint64_t *frame) {
  if (!lkw_isDispatch(frame[1])) lkw_table.usesDispatchEvents = 1;
}

LKW_EXPORT void dispatch_after(uint64_t time, void *queue, void *block) {
  usesEvents(LKW_FRAME);
  LKW_REAL(dispatch_after)(time, queue, block);
}

LKW_EXPORT void dispatch_after_f(uint64_t time, void *queue, void *context, Function work) {
  usesEvents(LKW_FRAME);
  LKW_REAL(dispatch_after_f)(time, queue, context, work);
}

LKW_EXPORT void *dispatch_source_create(
    const void *type, uintptr_t handle, uintptr_t mask, void *queue) {
  usesEvents(LKW_FRAME);
  return LKW_REAL(dispatch_source_create)(type, handle, mask, queue);
}

LKW_EXPORT void *dispatch_io_create(uintptr_t type, int file, void *queue, void *handler) {
  usesEvents(LKW_FRAME);
  return LKW_REAL(dispatch_io_create)(type, file, queue, handler);
}

LKW_EXPORT void *dispatch_io_create_with_path(
    uintptr_t type, const char *path, int flags, uint32_t mode, void *queue, void *handler) {
  usesEvents(LKW_FRAME);
  return LKW_REAL(dispatch_io_create_with_path)(type, path, flags, mode, queue, handler);
}

LKW_EXPORT void dispatch_read(int file, size_t length, void *queue, void *handler) {
  usesEvents(LKW_FRAME);
  LKW_REAL(dispatch_read)(file, length, queue, handler);
}

LKW_EXPORT void dispatch_write(int file, void *data, void *queue, void *handler) {
  usesEvents(LKW_FRAME);
  LKW_REAL(dispatch_write)(file, data, queue, handler);
}
