/// Queues: what they are, and whose turn it is in them.
///
/// A call is a step on the queue at the bottom of the chain of targets. What comes before a piece of work
/// is known once it is enqueued, and it waits for that: for the one before it in a serial queue, for
/// barriers in a concurrent one. A serial queue with a target of its own has a place in the target for as
/// long as it has work: so its items come one after another there, as far as they were enqueued in time.
#include <link.h>
#include <stdlib.h>

#include "dispatch.h"

extern const char *dispatch_queue_get_label(void *queue);
extern void *dispatch_queue_create(const char *label, const void *attributes);
extern void dispatch_queue_set_width(void *queue, long width);
extern void dispatch_set_target_queue(void *object, void *queue);
extern void dispatch_activate(void *object);
extern const void *dispatch_queue_attr_make_initially_inactive(const void *attributes);
extern const void *dispatch_queue_attr_make_with_autorelease_frequency(
    const void *attributes, unsigned long frequency);
extern const void *dispatch_queue_attr_make_with_qos_class(
    const void *attributes, unsigned quality, int priority);
extern char _dispatch_queue_attr_concurrent __attribute__((weak));

// MARK: What a queue is

/// What is known of a queue, or of attributes, for as long as the process lasts.
typedef struct LKSQueueFacts {
  uint64_t key;
  uintptr_t target;
  bool isConcurrent;
  bool isInactive;
  /// The task runtime's own, for the jobs of tasks.
  bool isOfTasks;
} LKSQueueFacts;

static LKSTable facts = {.entrySize = sizeof(LKSQueueFacts)};
static _Atomic bool factsAreLocked;

static void lockFacts(void) {
  while (atomic_exchange_explicit(&factsAreLocked, true, memory_order_acquire)) {
  }
}

static void unlockFacts(void) {
  atomic_store_explicit(&factsAreLocked, false, memory_order_release);
}

static LKSQueueFacts factsOf(const void *object) {
  lockFacts();
  LKSQueueFacts *known = lks_tableFind(&facts, (uintptr_t)object, false);
  LKSQueueFacts result = known ? *known : (LKSQueueFacts){0};
  unlockFacts();
  if (object == &_dispatch_queue_attr_concurrent) result.isConcurrent = true;
  return result;
}

static void setFacts(const void *object, LKSQueueFacts value) {
  if (!object) return;
  lockFacts();
  LKSQueueFacts *known = lks_tableFind(&facts, (uintptr_t)object, true);
  if (known) {
    value.key = (uintptr_t)object;
    *known = value;
  }
  unlockFacts();
}

const void *dispatch_queue_attr_make_initially_inactive(const void *attributes) {
  const void *made = LKS_REAL(dispatch_queue_attr_make_initially_inactive)(attributes);
  LKSQueueFacts known = attributes ? factsOf(attributes) : (LKSQueueFacts){0};
  known.isInactive = true;
  setFacts(made, known);
  return made;
}

const void *dispatch_queue_attr_make_with_autorelease_frequency(
    const void *attributes, unsigned long frequency) {
  const void *made =
      LKS_REAL(dispatch_queue_attr_make_with_autorelease_frequency)(attributes, frequency);
  setFacts(made, attributes ? factsOf(attributes) : (LKSQueueFacts){0});
  return made;
}

const void *dispatch_queue_attr_make_with_qos_class(
    const void *attributes, unsigned quality, int priority) {
  const void *made =
      LKS_REAL(dispatch_queue_attr_make_with_qos_class)(attributes, quality, priority);
  setFacts(made, attributes ? factsOf(attributes) : (LKSQueueFacts){0});
  return made;
}

/// Where libdispatch lies.
typedef struct LKSImage {
  uintptr_t start, end;
} LKSImage;

static int findImage(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  LKSImage *image = argument;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    if (header->p_type != PT_LOAD || (uintptr_t)&_dispatch_main_q - start >= header->p_memsz)
      continue;
    image->start = start;
    image->end = start + header->p_memsz;
    return 1;
  }
  return 0;
}

/// The root queues lie beside the main one, and all others on the heap.
static bool isRoot(const void *queue) {
  static LKSImage image;
  if (!image.end && &_dispatch_main_q) dl_iterate_phdr(findImage, &image);
  return queue != (void *)&_dispatch_main_q && (uintptr_t)queue >= image.start &&
         (uintptr_t)queue < image.end;
}

static void noteQueue(void *queue, const void *attributes, void *target, uintptr_t caller) {
  LKSQueueFacts known = attributes ? factsOf(attributes) : (LKSQueueFacts){0};
  known.target = target && !isRoot(target) ? (uintptr_t)target : 0;
  known.isOfTasks = lks_isTaskLibrary(caller);
  setFacts(queue, known);
}

void *dispatch_queue_create(const char *label, const void *attributes) {
  uintptr_t caller = LKS_CALLER;
  void *queue = LKS_REAL(dispatch_queue_create)(label, attributes);
  noteQueue(queue, attributes, NULL, caller);
  return queue;
}

#define LKS_CREATE_WITH_TARGET "dispatch_queue_create_with_target"
void *lks_createWithTarget(const char *label, const void *attributes, void *target) __asm__(
    LKS_CREATE_WITH_TARGET);
void *lks_createWithTarget(const char *label, const void *attributes, void *target) {
  uintptr_t caller = LKS_CALLER;
  typedef void *Create(const char *, const void *, void *);
  void *queue = ((Create *)lks_next(LKS_CREATE_WITH_TARGET))(label, attributes, target);
  noteQueue(queue, attributes, target, caller);
  return queue;
}

bool lks_isTaskQueue(const void *queue) { return factsOf(queue).isOfTasks; }

const char *lks_queueLabel(uintptr_t queue) {
  const char *label = queue ? LKS_REAL(dispatch_queue_get_label)((void *)queue) : NULL;
  return label ? label : "";
}

LKSQueue *lks_queue(LKSExploration *exploration, uintptr_t address) {
  // By its name: what is kept of it is kept wherever it lies in a later execution.
  uint64_t name = lks_objectName(exploration, address);
  LKSQueue *queue = lks_tableFind(&exploration->queues, name, true);
  if (!queue) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (queue->stamp == exploration->stamp) return queue;
  bool isSuspended = queue->isSuspended;
  *queue = (LKSQueue){.key = name, .stamp = exploration->stamp, .isSuspended = isSuspended};
  LKSQueueFacts known = factsOf((void *)address);
  queue->isGlobal = !known.key && isRoot((void *)address);
  queue->isConcurrent = known.isConcurrent;
  queue->isInactive = known.isInactive;
  queue->target = known.target;
  if (queue->isInactive) queue->gate = lks_newGate(exploration, address) + 1;
  return queue;
}

size_t lks_queueSize(void) { return sizeof(LKSQueue); }

// MARK: Steps

bool lks_isUnderLibraryLock(LKSThread *thread) {
  // Others could not go on, should they need the lock.
  if (thread->libraryLocks)
    lks_uncontrolled(thread->exploration, "Dispatch, called under a lock of a library's own");
  return thread->libraryLocks;
}

static uintptr_t bottomOf(LKSExploration *exploration, uintptr_t address) {
  for (;;) {
    const LKSQueue *queue = lks_queue(exploration, address);
    if (!queue->target || queue->isGlobal) return address;
    address = queue->target;
  }
}

bool lks_isShared(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target)
    if (!lks_queue(exploration, address)->isConcurrent) return false;
  return true;
}

void lks_stepQueue(
    LKSThread *thread, uintptr_t address, bool isShared, LKSDispatchCall call, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  if (lks_isUnderLibraryLock(thread)) return;
  lks_settleExternal(thread);
  uintptr_t bottom = bottomOf(exploration, address);
  for (;;) {
    if (lks_queue(exploration, bottom)->isGlobal) return;
    // The main queue has the jobs of tasks too.
    uintptr_t object =
        bottom == (uintptr_t)&_dispatch_main_q ? lks_taskObject() : bottom;
    lks_prepare(thread, isShared ? LKS_SHARED_CALL : LKS_CALL, object, 1, caller)->other = call;
    lks_step(thread);
    // Somebody may have set another target meanwhile.
    uintptr_t now = bottomOf(exploration, address);
    if (now == bottom) return;
    bottom = now;
  }
}

// MARK: Turns

static void add(LKSThread *thread, LKSTurn *turn, uint32_t latch) {
  if (turn->count == LKS_MAXIMUM_TURN) {
    lks_uncontrolled(thread->exploration, "a barrier after more work than can be waited for");
    return;
  }
  turn->latches[turn->count++] = latch;
}

void lks_enterQueue(
    LKSThread *thread, uintptr_t address, uint32_t latch, bool isBarrier, LKSTurn *turn) {
  LKSExploration *exploration = thread->exploration;
  LKSQueue *queue = lks_queue(exploration, address);
  if (queue->isGlobal) return;
  uintptr_t target = queue->target;
  if (queue->gate) add(thread, turn, queue->gate - 1);
  if (!queue->isConcurrent) {
    if (queue->tail) exploration->latches[queue->tail - 1].successor = latch + 1;
    if (queue->tail && (!target || queue->open)) add(thread, turn, queue->tail - 1);
    queue->tail = latch + 1;
    if (!target || queue->open++) return;
    uint32_t session = lks_newLatch(thread, target, exploration->latches[latch].holder);
    lks_queue(exploration, address)->session = session + 1;
    lks_enterQueue(thread, target, session, false, turn);
    return;
  }
  if (isBarrier) {
    for (uint32_t index = 0; index < queue->readerCount; index++)
      add(thread, turn, queue->readers[index]);
    if (!queue->readerCount && queue->tail) add(thread, turn, queue->tail - 1);
    queue->tail = latch + 1;
    queue->readerCount = 0;
  } else {
    if (queue->tail) add(thread, turn, queue->tail - 1);
    if (queue->readerCount == LKS_MAXIMUM_TURN)
      lks_uncontrolled(exploration, "a barrier after more work than can be waited for");
    else
      queue->readers[queue->readerCount++] = latch;
  }
  if (target) lks_enterQueue(thread, target, latch, false, turn);
}

/// In which order a thread waits must not depend on who enqueued first, where that does not matter.
static void sort(const LKSExploration *exploration, LKSTurn *turn) {
  for (uint32_t index = 1; index < turn->count; index++) {
    uint32_t latch = turn->latches[index];
    uint32_t place = index;
    for (; place > 0 && exploration->latches[turn->latches[place - 1]].object >
                            exploration->latches[latch].object;
         place--)
      turn->latches[place] = turn->latches[place - 1];
    turn->latches[place] = latch;
  }
}

/// Whether somebody suspends the queue, or one of its targets, in some execution.
static bool isSuspended(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target)
    if (lks_queue(exploration, address)->isSuspended) return true;
  return false;
}

/// The latch, plus one, of a suspension that has not ended.
static uint32_t gateOf(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target)
    if (lks_queue(exploration, address)->gate) return lks_queue(exploration, address)->gate;
  return 0;
}

void lks_awaitTurn(LKSThread *thread, uintptr_t address, LKSTurn *turn, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  sort(exploration, turn);
  for (uint32_t index = 0; index < turn->count; index++) {
    const LKSLatch *latch = &exploration->latches[turn->latches[index]];
    // What the thread has done itself it need not wait for.
    if (latch->isDone && latch->holder == thread->index) continue;
    lks_awaitLatch(thread, turn->latches[index], caller);
  }
  while (isSuspended(exploration, address)) {
    lks_stepQueue(thread, address, false, LKS_DISPATCH_BEGIN, caller);
    uint32_t gate = gateOf(exploration, address);
    if (!gate) break;
    lks_awaitLatch(thread, gate - 1, caller);
  }
}

/// Whether the end of an item decides what comes next.
static bool endIsSeen(LKSExploration *exploration, uintptr_t address) {
  for (; address; address = lks_queue(exploration, address)->target) {
    const LKSQueue *queue = lks_queue(exploration, address);
    if (queue->target && !queue->isConcurrent) return true;
  }
  return false;
}

static void leave(LKSThread *thread, uintptr_t address, uint32_t latch) {
  LKSExploration *exploration = thread->exploration;
  LKSQueue *queue = lks_queue(exploration, address);
  if (!queue->target) return;
  if (queue->isConcurrent) {
    leave(thread, queue->target, latch);
    return;
  }
  uint32_t session = queue->session - 1;
  if (--queue->open) {
    uint32_t successor = exploration->latches[latch].successor;
    if (successor)
      exploration->latches[session].holder = exploration->latches[successor - 1].holder;
    return;
  }
  lks_completeLatch(thread, session);
  leave(thread, queue->target, session);
}

void lks_leaveQueue(LKSThread *thread, uintptr_t address, uint32_t latch, uintptr_t caller) {
  lks_settleExternal(thread);
  if (endIsSeen(thread->exploration, address))
    lks_stepQueue(thread, address, false, LKS_DISPATCH_END, caller);
  lks_completeLatch(thread, latch);
  leave(thread, address, latch);
}

bool lks_isOnQueue(LKSThread *thread, uintptr_t queue, bool asBarrier) {
  for (const LKSQueueFrame *frame = thread->queueFrame; frame; frame = frame->outer) {
    uintptr_t at = frame->queue;
    for (; at; at = lks_queue(thread->exploration, at)->target) {
      if (at != queue) continue;
      if (!asBarrier || frame->isBarrier || !lks_queue(thread->exploration, at)->isConcurrent)
        return true;
    }
  }
  return false;
}

// MARK: Changes

/// The gate of a queue that was made inactive opens.
static bool activate(LKSThread *thread, uintptr_t address, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  if (!lks_queue(exploration, address)->isInactive) return false;
  lks_stepQueue(thread, address, false, LKS_DISPATCH_ACTIVATE, caller);
  LKSQueue *queue = lks_queue(exploration, address);
  if (!queue->isInactive) return false;
  queue->isInactive = false;
  uint32_t gate = queue->gate;
  queue->gate = 0;
  if (gate) lks_completeLatch(thread, gate - 1);
  return true;
}

/// Whether an object is a queue that is known, so that its model counts.
static bool isQueue(const void *object) {
  return object == (void *)&_dispatch_main_q || factsOf(object).key;
}

bool lks_activateSource(LKSThread *thread, uintptr_t source, uintptr_t caller);
bool lks_suspendSource(LKSThread *thread, uintptr_t source, uintptr_t caller);
bool lks_resumeSource(LKSThread *thread, uintptr_t source, uintptr_t caller);

void dispatch_activate(void *object) {
  LKSThread *thread = lks_controlled();
  if (thread && lks_activateSource(thread, (uintptr_t)object, LKS_CALLER)) return;
  if (thread && isQueue(object)) activate(thread, (uintptr_t)object, LKS_CALLER);
  LKSQueueFacts known = factsOf(object);
  // What is kept of a queue is kept for later executions, in which one made before is still active.
  if (known.key && known.isInactive) {
    known.isInactive = false;
    setFacts(object, known);
  }
  LKS_REAL(dispatch_activate)(object);
}

extern void dispatch_suspend(void *object);
extern void dispatch_resume(void *object);

void dispatch_suspend(void *object) {
  LKSThread *thread = lks_controlled();
  uintptr_t address = (uintptr_t)object;
  if (thread && lks_suspendSource(thread, address, LKS_CALLER)) return;
  if (!thread || !isQueue(object)) {
    LKS_REAL(dispatch_suspend)(object);
    return;
  }
  LKSExploration *exploration = thread->exploration;
  if (!lks_queue(exploration, address)->isSuspended && lks_learns(exploration))
    lks_queue(exploration, address)->isSuspended = true;
  lks_stepQueue(thread, address, false, LKS_DISPATCH_SUSPEND, LKS_CALLER);
  LKSQueue *queue = lks_queue(exploration, address);
  if (queue->suspensions++ || queue->gate) return;
  uint32_t gate = lks_newLatch(thread, address, LKS_NOBODY);
  lks_queue(exploration, address)->gate = gate + 1;
}

void dispatch_resume(void *object) {
  LKSThread *thread = lks_controlled();
  uintptr_t address = (uintptr_t)object;
  if (thread && lks_resumeSource(thread, address, LKS_CALLER)) return;
  if (!thread || !isQueue(object)) {
    LKS_REAL(dispatch_resume)(object);
    return;
  }
  LKSExploration *exploration = thread->exploration;
  if (lks_queue(exploration, address)->isInactive) {
    dispatch_activate(object);
    return;
  }
  lks_stepQueue(thread, address, false, LKS_DISPATCH_RESUME, LKS_CALLER);
  LKSQueue *queue = lks_queue(exploration, address);
  if (queue->suspensions == 0) lks_crash(thread, LKS_TRAP, LKS_CALLER);
  if (--queue->suspensions || !queue->gate) return;
  uint32_t gate = queue->gate - 1;
  queue->gate = 0;
  lks_completeLatch(thread, gate);
}

void dispatch_set_target_queue(void *object, void *target) {
  LKSThread *thread = lks_controlled();
  uintptr_t address = (uintptr_t)object;
  if (thread && isQueue(object)) {
    LKSExploration *exploration = thread->exploration;
    lks_stepQueue(thread, address, false, LKS_DISPATCH_SET_TARGET, LKS_CALLER);
    LKSQueue *queue = lks_queue(exploration, address);
    if (queue->tail || queue->readerCount)
      lks_uncontrolled(exploration, "dispatch_set_target_queue of a queue that was used");
    queue->target = target && !isRoot(target) ? (uintptr_t)target : 0;
  }
  LKSQueueFacts known = factsOf(object);
  if (known.key) {
    known.target = target && !isRoot(target) ? (uintptr_t)target : 0;
    setFacts(object, known);
  }
  LKS_REAL(dispatch_set_target_queue)(object, target);
}
