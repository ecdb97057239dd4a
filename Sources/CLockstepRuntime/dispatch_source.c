/// Sources: timers only. A repeating one is due a bounded number of times in an execution, or there
/// would be no end to it.
///
/// The real source stays inactive and is never ended, since libdispatch ends the process when one
/// that is inactive is released: the next execution that makes one is given it again.
#include <stdlib.h>

#include "dispatch.h"

/// Times that a repeating timer is due in one execution.
#define LKS_MAXIMUM_FIRES 3

typedef struct LKSSource {
  uint64_t key;
  uint32_t stamp;
  bool isActive;
  /// What its steps are on: a name that does not depend on where the real source lies.
  uint64_t object;
  uintptr_t queue;
  LKSBlock *handler;
  LKSBlock *cancelHandler;
  LKSJob handlerJob;
  LKSJob cancelJob;
  void *context;
  uint64_t delay;
  uint64_t interval;
  int32_t suspensions;
  bool isSet;
  bool isCancelled;
  /// A timer is under way for it, and which: one that was set anew leaves the former behind.
  uint32_t round;
  /// Due while it was suspended.
  bool isDue;
  /// Its handler is enqueued and has not begun; how often it was due since that last began, and
  /// before.
  bool isPending;
  uint32_t dueCount;
  uint32_t data;
  uint32_t fires;
  /// Latch, plus one, of the last of its handlers.
  uint32_t tail;
} LKSSource;

size_t lks_sourceSize(void) { return sizeof(LKSSource); }

static LKSSource *sourceAt(LKSExploration *exploration, uintptr_t address) {
  LKSSource *source = lks_tableFind(&exploration->sources, address, false);
  return source && source->stamp == exploration->stamp ? source : NULL;
}

extern char _dispatch_source_type_timer __attribute__((weak));
extern void *dispatch_source_create(
    const void *type, uintptr_t handle, unsigned long mask, void *queue);

/// One that an earlier execution left; NULL where all are in use.
static LKSSource *unused(LKSExploration *exploration) {
  LKSTable *table = &exploration->sources;
  for (size_t index = 0; index < table->capacity; index++) {
    LKSSource *source = (LKSSource *)(table->entries + index * table->entrySize);
    if (source->key && source->stamp != exploration->stamp) return source;
  }
  return NULL;
}

void *dispatch_source_create(
    const void *type, uintptr_t handle, unsigned long mask, void *queue) {
  LKSThread *thread = lks_controlled();
  if (!thread || type != &_dispatch_source_type_timer) {
    if (thread) lks_uncontrolled(thread->exploration, "a DispatchSource that is no timer");
    return LKS_REAL(dispatch_source_create)(type, handle, mask, queue);
  }
  LKSExploration *exploration = thread->exploration;
  LKSSource *source = unused(exploration);
  void *made = source ? (void *)(uintptr_t)source->key : NULL;
  if (!made) {
    thread->inRuntime++;
    made = LKS_REAL(dispatch_source_create)(type, handle, mask, NULL);
    thread->inRuntime--;
    if (!made) return NULL;
    source = lks_tableFind(&exploration->sources, (uintptr_t)made, true);
    if (!source) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  }
  LKS_REAL(dispatch_retain)(made);
  if (!queue) queue = LKS_REAL(dispatch_get_global_queue)(0, 0);
  LKS_REAL(dispatch_retain)(queue);
  uint32_t name = lks_newLatch(thread, (uintptr_t)made, LKS_NOBODY);
  *source = (LKSSource){
      .key = (uintptr_t)made,
      .stamp = exploration->stamp,
      .object = exploration->latches[name].object,
      .queue = (uintptr_t)queue,
      .suspensions = 1,
  };
  return made;
}

/// The program's last reference to a source is not seen: what a source refers to stays until the
/// end.
void lks_sourcesForget(LKSExploration *exploration) {
  LKSTable *table = &exploration->sources;
  for (size_t index = 0; index < table->capacity; index++) {
    LKSSource *source = (LKSSource *)(table->entries + index * table->entrySize);
    if (!source->key || source->stamp != exploration->stamp) continue;
    if (source->handler) LKS_REAL(_Block_release)(source->handler);
    if (source->cancelHandler) LKS_REAL(_Block_release)(source->cancelHandler);
    LKS_REAL(dispatch_release)((void *)source->queue);
    source->handler = source->cancelHandler = NULL;
  }
}

// MARK: Steps

static LKSSource *step(
    LKSThread *thread, uintptr_t address, LKSDispatchCall call, uintptr_t caller) {
  LKSSource *source = sourceAt(thread->exploration, address);
  lks_settleExternal(thread);
  LKSPending *pending = lks_prepare(thread, LKS_CALL, address, 1, caller);
  pending->object = source->object;
  pending->other = call;
  lks_step(thread);
  return sourceAt(thread->exploration, address);
}

/// Has the clock say when the source is due next.
static void arm(LKSThread *thread, LKSSource *source, uint64_t delay, uintptr_t caller) {
  LKSItem *item = lks_newItem(thread, source->queue, LKS_DISPATCH_FIRE, caller);
  item->source = (uintptr_t)source->key;
  item->iteration = ++source->round;
  lks_enqueueLater(thread, item, delay);
}

/// A source does one thing at a time, on a concurrent queue too: it is a queue of its own to what it is
/// of (libdispatch, src/source.c: `_dispatch_source_invoke`).
void lks_enterSource(LKSThread *thread, LKSItem *item) {
  LKSSource *source =
      sourceAt(thread->exploration, item->handled ? item->handled : item->ended);
  LKSTurn *turn = &item->turn;
  uint32_t former = source->tail;
  source->tail = item->latch + 1;
  if (!former) return;
  for (uint32_t index = 0; index < turn->count; index++)
    if (turn->latches[index] == former - 1) return;
  if (turn->count < LKS_MAXIMUM_TURN)
    turn->latches[turn->count++] = former - 1;
  else
    lks_uncontrolled(thread->exploration, "a handler after more work than can be waited for");
}

static void deliver(LKSThread *thread, LKSSource *source, LKSItem *item) {
  source->dueCount++;
  if (source->isPending || (!source->handler && !source->handlerJob.function)) return;
  source->isPending = true;
  item->source = 0;
  item->handled = (uintptr_t)source->key;
  item->queue = source->queue;
  item->block = source->handler ? LKS_REAL(_Block_copy)(source->handler) : NULL;
  item->job = source->handlerJob;
  lks_enqueue(thread, item);
}

/// Has the source be due again; not before its handler has begun, as what is due meanwhile adds
/// nothing.
static void repeat(LKSThread *thread, LKSSource *source, uintptr_t caller) {
  if (source->interval == UINT64_MAX || source->interval == 0 || source->isCancelled) return;
  if (source->fires < LKS_MAXIMUM_FIRES)
    arm(thread, source, source->interval, caller);
  else
    lks_uncontrolled(
        thread->exploration, "a repeating timer after it was due three times in an execution");
}

bool lks_beginHandler(LKSThread *thread, LKSItem *item) {
  LKSSource *source = step(thread, item->handled, LKS_DISPATCH_BEGIN, item->caller);
  source->isPending = false;
  source->data = source->dueCount;
  source->dueCount = 0;
  bool isCancelled = source->isCancelled;
  if (!isCancelled) repeat(thread, source, item->caller);
  return !isCancelled;
}

void lks_fireSource(LKSThread *thread, LKSItem *item) {
  LKSSource *source = step(thread, item->source, LKS_DISPATCH_FIRE, item->caller);
  if (source->isCancelled || source->round != item->iteration) return;
  source->fires++;
  if (source->suspensions)
    source->isDue = true;
  else
    deliver(thread, source, item);
}

static void begin(LKSThread *thread, LKSSource *source, uintptr_t caller) {
  if (source->isDue) {
    source->isDue = false;
    deliver(thread, source, lks_newItem(thread, source->queue, LKS_DISPATCH_FIRE, caller));
  } else if (source->isSet && !source->round && !source->isCancelled) {
    arm(thread, source, source->delay, caller);
  }
}

bool lks_activateSource(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  if (!sourceAt(thread->exploration, address)) return false;
  LKSSource *source = step(thread, address, LKS_DISPATCH_ACTIVATE, caller);
  if (source->suspensions && !source->isActive) {
    source->isActive = true;
    if (--source->suspensions == 0) begin(thread, source, caller);
  }
  return true;
}

bool lks_suspendSource(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  if (!sourceAt(thread->exploration, address)) return false;
  step(thread, address, LKS_DISPATCH_SUSPEND, caller)->suspensions++;
  return true;
}

bool lks_resumeSource(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  if (!sourceAt(thread->exploration, address)) return false;
  LKSSource *source = step(thread, address, LKS_DISPATCH_RESUME, caller);
  if (source->suspensions == 0) lks_crash(thread, LKS_TRAP, caller);
  source->isActive = true;
  if (--source->suspensions == 0) begin(thread, source, caller);
  return true;
}

// MARK: Calls

#define LKS_SOURCE(address)                                                       \
  LKSThread *thread = lks_controlled();                                           \
  LKSSource *source = thread ? sourceAt(thread->exploration, (uintptr_t)address) : NULL;

extern void dispatch_source_set_timer(
    void *source, uint64_t start, uint64_t interval, uint64_t leeway);
void dispatch_source_set_timer(
    void *object, uint64_t start, uint64_t interval, uint64_t leeway) {
  LKS_SOURCE(object)
  if (!source) {
    LKS_REAL(dispatch_source_set_timer)(object, start, interval, leeway);
    return;
  }
  source = step(thread, (uintptr_t)object, LKS_DISPATCH_SCHEDULE, LKS_CALLER);
  source->delay = start == 0 ? 0 : lks_delayUntil(thread, start);
  source->interval = interval;
  source->isSet = start != UINT64_MAX;
  bool isSetAnew = source->round && source->isSet;
  if (source->round) source->round++;
  if (isSetAnew && !source->isCancelled) arm(thread, source, source->delay, LKS_CALLER);
}

static void replaceBlock(LKSBlock **place, LKSBlock *block) {
  if (*place) LKS_REAL(_Block_release)(*place);
  *place = block ? LKS_REAL(_Block_copy)(block) : NULL;
}

extern void dispatch_source_set_event_handler(void *source, LKSBlock *block);
void dispatch_source_set_event_handler(void *object, LKSBlock *block) {
  LKS_SOURCE(object)
  if (source)
    replaceBlock(&source->handler, block);
  else
    LKS_REAL(dispatch_source_set_event_handler)(object, block);
}

extern void dispatch_source_set_cancel_handler(void *source, LKSBlock *block);
void dispatch_source_set_cancel_handler(void *object, LKSBlock *block) {
  LKS_SOURCE(object)
  if (source)
    replaceBlock(&source->cancelHandler, block);
  else
    LKS_REAL(dispatch_source_set_cancel_handler)(object, block);
}

extern void dispatch_source_set_registration_handler(void *source, LKSBlock *block);
void dispatch_source_set_registration_handler(void *object, LKSBlock *block) {
  LKS_SOURCE(object)
  if (source) lks_uncontrolled(thread->exploration, "a registration handler of a DispatchSource");
  LKS_REAL(dispatch_source_set_registration_handler)(object, block);
}

extern void dispatch_source_set_event_handler_f(void *source, LKSFunction handler);
void dispatch_source_set_event_handler_f(void *object, LKSFunction handler) {
  LKS_SOURCE(object)
  if (source)
    source->handlerJob = (LKSJob){handler, source->context, false};
  else
    LKS_REAL(dispatch_source_set_event_handler_f)(object, handler);
}

extern void dispatch_source_set_cancel_handler_f(void *source, LKSFunction handler);
void dispatch_source_set_cancel_handler_f(void *object, LKSFunction handler) {
  LKS_SOURCE(object)
  if (source)
    source->cancelJob = (LKSJob){handler, source->context, false};
  else
    LKS_REAL(dispatch_source_set_cancel_handler_f)(object, handler);
}

extern void dispatch_set_context(void *object, void *context);
void dispatch_set_context(void *object, void *context) {
  LKS_SOURCE(object)
  if (source) source->context = context;
  LKS_REAL(dispatch_set_context)(object, context);
}

extern void dispatch_source_cancel(void *source);
void dispatch_source_cancel(void *object) {
  LKS_SOURCE(object)
  if (!source) {
    LKS_REAL(dispatch_source_cancel)(object);
    return;
  }
  source = step(thread, (uintptr_t)object, LKS_DISPATCH_CANCEL, LKS_CALLER);
  if (source->isCancelled) return;
  source->isCancelled = true;
  replaceBlock(&source->handler, NULL);
  LKSItem *item = lks_newItem(thread, source->queue, LKS_DISPATCH_ASYNC, LKS_CALLER);
  item->ended = (uintptr_t)object;
  item->block = source->cancelHandler;
  source->cancelHandler = NULL;
  item->job = (LKSJob){source->cancelJob.function, source->context, false};
  if (item->block || item->job.function) lks_enqueue(thread, item);
}

extern intptr_t dispatch_source_testcancel(void *source);
intptr_t dispatch_source_testcancel(void *object) {
  LKS_SOURCE(object)
  if (!source) return LKS_REAL(dispatch_source_testcancel)(object);
  return step(thread, (uintptr_t)object, LKS_DISPATCH_IS_CANCELLED, LKS_CALLER)->isCancelled;
}

extern uintptr_t dispatch_source_get_data(void *source);
uintptr_t dispatch_source_get_data(void *object) {
  LKS_SOURCE(object)
  return source ? source->data : LKS_REAL(dispatch_source_get_data)(object);
}
