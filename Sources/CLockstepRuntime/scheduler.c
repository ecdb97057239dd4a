/// One step at a time: who may take it, who is told to, and what is written down.
#include <stdlib.h>
#include <sys/mman.h>
#include <unwind.h>

#include "runtime.h"

__thread LKSThread *lks_current;
__thread LKSProbe *lks_currentProbe;

// MARK: Trace

static LKSEvent *appendEvent(LKSExploration *exploration) {
  if (LKS_UNLIKELY(exploration->traceCount == exploration->traceCapacity)) {
    size_t capacity = exploration->traceCapacity ? exploration->traceCapacity * 2 : 4096;
    size_t old = exploration->traceCapacity * sizeof(LKSEvent);
    void *memory = exploration->trace
                       ? mremap(exploration->trace, old, capacity * sizeof(LKSEvent), MREMAP_MAYMOVE)
                       : mmap(NULL, capacity * sizeof(LKSEvent), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    exploration->trace = memory;
    exploration->traceCapacity = capacity;
  }
  LKSEvent *event = &exploration->trace[exploration->traceCount++];
  memset(event, 0, sizeof *event);
  return event;
}

#define LKS_MAXIMUM_FRAMES 64

struct Frames {
  uintptr_t top;
  size_t count;
  uintptr_t addresses[LKS_MAXIMUM_FRAMES];
};

/// Collects return addresses from `top` on; what is above it is the runtime itself.
static _Unwind_Reason_Code collect(struct _Unwind_Context *context, void *argument) {
  struct Frames *frames = argument;
  uintptr_t address = _Unwind_GetIP(context);
  if (frames->count == 0 && address != frames->top) return _URC_NO_REASON;
  if (frames->count == LKS_MAXIMUM_FRAMES || address == 0) return _URC_END_OF_STACK;
  frames->addresses[frames->count++] = address;
  return _URC_NO_REASON;
}

/// Keeps the running thread's call stack from a program counter on, innermost first: by unwinding,
/// or, where that gives nothing, by what the instrumentation said of entered functions.
static uint32_t keepStack(LKSExploration *exploration, LKSThread *thread, uintptr_t top) {
  struct Frames frames = {.top = top};
  thread->inRuntime++;
  _Unwind_Backtrace(collect, &frames);
  thread->inRuntime--;
  if (frames.count == 0) {
    frames.addresses[frames.count++] = top;
    uint32_t depth = thread->depth < LKS_SHADOW_STACK_DEPTH ? thread->depth : LKS_SHADOW_STACK_DEPTH;
    while (depth && frames.count < LKS_MAXIMUM_FRAMES)
      frames.addresses[frames.count++] = thread->stack[--depth];
  }
  size_t needed = exploration->stackWords + frames.count + 1;
  if (needed > exploration->stackCapacity) {
    size_t capacity = (exploration->stackCapacity + needed) * 2;
    size_t size = capacity * sizeof(uintptr_t);
    void *memory = exploration->stacks
                       ? mremap(exploration->stacks, exploration->stackCapacity * sizeof(uintptr_t),
                                size, MREMAP_MAYMOVE)
                       : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 0;
    exploration->stacks = memory;
    exploration->stackCapacity = capacity;
  }
  uint32_t index = (uint32_t)exploration->stackWords;
  uintptr_t *words = exploration->stacks + index;
  words[0] = frames.count;
  memcpy(words + 1, frames.addresses, frames.count * sizeof(uintptr_t));
  exploration->stackWords += frames.count + 1;
  return index;
}

/// The bytes at an address, as a number; at most eight.
static uint64_t peek(uintptr_t address, uint32_t size) {
  uint64_t value = 0;
  memcpy(&value, (const void *)address, size < 8 ? size : 8);
  return value;
}

/// What the thread wrote last can be read once it announces its next step.
static void settleWrite(LKSThread *thread) {
  if (!thread->writtenEvent) return;
  LKSEvent *event = &thread->exploration->trace[thread->writtenEvent - 1];
  event->value = peek(lks_addressOf(thread->exploration, event->object), event->size);
  event->flags |= LKS_HAS_VALUE;
  thread->writtenEvent = 0;
}

LKSEvent *lks_annotate(
    LKSThread *thread, LKSKind kind, uint64_t object, uint64_t value, uintptr_t programCounter) {
  LKSExploration *exploration = thread->exploration;
  settleWrite(thread);
  LKSEvent *event = appendEvent(exploration);
  event->thread = thread->index;
  event->kind = (uint8_t)kind;
  event->object = object;
  event->value = value;
  event->programCounter = programCounter;
  event->size = 1;
  if (exploration->plan.detailed) event->stack = keepStack(exploration, thread, programCounter);
  return event;
}

void lks_uncontrolled(LKSExploration *exploration, const char *name) {
  for (size_t index = 0; index < exploration->uncontrolledCount; index++)
    if (strcmp(exploration->uncontrolled[index], name) == 0) return;
  if (exploration->uncontrolledCount < LKS_MAXIMUM_UNCONTROLLED)
    exploration->uncontrolled[exploration->uncontrolledCount++] = name;
}

// MARK: Dependence

/// What a pending step would be, if it were taken now.
static uint8_t kindNow(LKSThread *thread) {
  LKSPending *pending = &thread->pending;
  if (pending->comparesAndSwaps)
    return peek(pending->address, pending->size) == pending->expected ? LKS_READ_MODIFY_WRITE
                                                                      : LKS_READ;
  if (pending->kind == LKS_TRY_LOCK) {
    LKSObject *lock = lks_object(thread->exploration, pending->address, LKS_OBJECT_MUTEX);
    return lock && lock->owner ? LKS_TRY_LOCK_FAILED : LKS_TRY_LOCK;
  }
  return pending->kind;
}

static inline bool clash(
    const uint8_t *dependence, uint8_t kind, uint64_t object, uint32_t size, uint8_t otherKind,
    uint64_t otherObject, uint32_t otherSize) {
  return object < otherObject + otherSize && otherObject < object + size &&
         dependence[kind * LKS_KIND_COUNT + otherKind];
}

/// Whether a pending step depends on the step of another thread that is just being taken.
static bool depends(const uint8_t *dependence, LKSThread *thread, const LKSEvent *event) {
  const LKSPending *pending = &thread->pending;
  // Whether a compare-and-swap writes may change with what came before it.
  uint8_t kind = pending->comparesAndSwaps ? LKS_READ_MODIFY_WRITE : kindNow(thread);
  uint8_t eventKind =
      event->flags & LKS_COMPARE_AND_SWAP ? LKS_READ_MODIFY_WRITE : event->kind;
  if (clash(dependence, kind, pending->object, pending->size, eventKind, event->object,
            event->size))
    return true;
  bool waits = kind == LKS_WAIT, otherWaits = event->kind == LKS_WAIT;
  if (waits &&
      clash(dependence, LKS_UNLOCK, pending->other, 1, event->kind, event->object, event->size))
    return true;
  if (otherWaits &&
      clash(dependence, kind, pending->object, pending->size, LKS_UNLOCK, event->other, 1))
    return true;
  return waits && otherWaits &&
         clash(dependence, LKS_UNLOCK, pending->other, 1, LKS_UNLOCK, event->other, 1);
}

// MARK: Choosing

static uint64_t nextRandom(LKSExploration *exploration) {
  // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
  uint64_t value = exploration->random += 0x9e3779b97f4a7c15ull;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ value >> 27) * 0x94d049bb133111ebull;
  return value ^ value >> 31;
}

/// The thread that ran last while it can go on, else the next one in order.
static uint8_t nonPreemptive(const LKSExploration *exploration, uint64_t candidates) {
  int32_t last = exploration->last;
  if (last < 0) return (uint8_t)__builtin_ctzll(candidates);
  bool stays = candidates >> last & 1 && !exploration->threads[last].yielded;
  if (stays) return (uint8_t)last;
  uint64_t after = last == 63 ? 0 : candidates & ~0ull << (last + 1);
  return (uint8_t)__builtin_ctzll(after ? after : candidates);
}

static uint8_t pickAtRandom(LKSExploration *exploration, uint64_t candidates) {
  uint32_t count = (uint32_t)__builtin_popcountll(candidates);
  uint32_t skip = (uint32_t)((nextRandom(exploration) >> 32) * count >> 32);
  while (skip--) candidates &= candidates - 1;
  return (uint8_t)__builtin_ctzll(candidates);
}

static void diverge(LKSExploration *exploration, uint8_t asked, uint32_t step) {
  LKSThread *thread = &exploration->threads[asked];
  exploration->divergedStep = step;
  exploration->divergence = (LKSBlocked){.thread = asked};
  if (asked < exploration->threadCount && thread->state != LKS_ENDED) {
    exploration->divergence.kind = thread->pending.kind;
    exploration->divergence.object = thread->pending.object;
    exploration->divergence.programCounter = thread->pending.programCounter;
  }
  exploration->ending = LKS_DIVERGED;
}

/// Asks the plan. Returns the thread, or -1 with `ending` set.
static int32_t choose(LKSExploration *exploration, uint64_t enabled) {
  const LKSPlan *plan = &exploration->plan;
  uint32_t step = (uint32_t)exploration->steps;
  if (step == plan->branch) exploration->sleeping = plan->sleeping;
  if (step < plan->prefixCount) {
    uint8_t asked = plan->prefix[step];
    if (enabled >> asked & 1) return asked;
    diverge(exploration, asked, step);
    return -1;
  }
  uint64_t candidates = enabled & ~exploration->sleeping;
  if (!candidates) {
    exploration->ending = LKS_REDUNDANT;
    return -1;
  }
  return plan->continuation == LKS_RANDOM ? pickAtRandom(exploration, candidates)
                                          : nonPreemptive(exploration, candidates);
}

/// Writes down the step that a thread takes, and what follows from it for the others.
static void commit(LKSExploration *exploration, LKSThread *thread, uint64_t enabled, uint8_t preferred) {
  LKSPending *pending = &thread->pending;
  LKSEvent *event = appendEvent(exploration);
  event->object = pending->object;
  event->other = pending->other;
  event->programCounter = pending->programCounter;
  event->enabled = enabled;
  event->sleeping = exploration->sleeping;
  event->size = pending->size;
  event->thread = thread->index;
  event->kind = kindNow(thread);
  event->order = pending->order;
  event->flags = pending->flags | (thread->yielded ? LKS_AFTER_YIELD : 0) |
                 (pending->comparesAndSwaps ? LKS_COMPARE_AND_SWAP : 0);
  event->preferred = preferred;
  for (uint64_t rest = exploration->sleeping; rest; rest &= rest - 1) {
    uint32_t index = (uint32_t)__builtin_ctzll(rest);
    if (depends(exploration->dependence, &exploration->threads[index], event))
      exploration->sleeping &= ~(1ull << index);
  }
  if (exploration->plan.detailed) {
    event->stack = thread->pendingStack;
    bool reads = event->kind == LKS_READ || event->kind == LKS_READ_MODIFY_WRITE;
    if (reads && event->size <= 8) {
      event->value = peek(pending->address, event->size);
      event->flags |= LKS_HAS_VALUE;
    }
    bool writes = event->kind == LKS_WRITE || event->kind == LKS_READ_MODIFY_WRITE;
    if (writes && event->size <= 8) thread->writtenEvent = exploration->traceCount;
  }
  lks_commitEffects(thread, event);
  thread->yielded = false;
  exploration->last = thread->index;
  atomic_store_explicit(&exploration->steps, exploration->steps + 1, memory_order_relaxed);
}

/// Threads that tried to take a lock which another took meanwhile go on to their next announcement.
static void retryLockAttempts(LKSExploration *exploration, LKSThread *self) {
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread == self || thread->state != LKS_READY || !thread->pending.isLockAttempt) continue;
    LKSObject *lock =
        lks_object(exploration, thread->pending.address, LKS_OBJECT_MUTEX);
    if (!lock || !lock->owner) continue;
    thread->attemptFailed = true;
    lks_runAhead(self, thread);
  }
}

/// The thread to take the next step, its step written down; NULL at the end of the execution.
static LKSThread *nextThread(LKSExploration *exploration, LKSThread *self) {
  retryLockAttempts(exploration, self);
  if (!exploration->liveCount) {
    exploration->ending = LKS_COMPLETED;
    return NULL;
  }
  uint64_t enabled = 0;
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread->state == LKS_READY && lks_pendingIsEnabled(thread)) enabled |= 1ull << index;
  }
  if (!enabled) {
    exploration->ending = LKS_DEADLOCKED;
    return NULL;
  }
  if (exploration->steps >= exploration->plan.stepLimit) {
    exploration->ending = LKS_STEP_LIMIT;
    return NULL;
  }
  uint8_t preferred = nonPreemptive(exploration, enabled);
  int32_t chosen = choose(exploration, enabled);
  if (chosen < 0) return NULL;
  LKSThread *thread = &exploration->threads[chosen];
  commit(exploration, thread, enabled, preferred);
  return thread;
}

void lks_runAhead(LKSThread *thread, LKSThread *child) {
  LKSExploration *exploration = thread->exploration;
  child->returnTo = thread;
  exploration->running = child;
  lks_contextSwitch(exploration, &thread->context, &child->context);
  exploration->running = thread;
}

void lks_step(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  settleWrite(thread);
  if (LKS_UNLIKELY(exploration->plan.detailed))
    thread->pendingStack = keepStack(exploration, thread, thread->pending.programCounter);
  LKSThread *caller = thread->returnTo;
  if (caller) {
    thread->returnTo = NULL;
    lks_contextSwitch(exploration, &thread->context, &caller->context);
    exploration->running = thread;
    return;
  }
  LKSThread *next = nextThread(exploration, thread);
  if (!next) lks_endExecution(exploration, exploration->ending);
  if (next == thread) return;
  exploration->running = next;
  lks_contextSwitch(exploration, &thread->context, &next->context);
  exploration->running = thread;
}

void lks_endExecution(LKSExploration *exploration, LKSEnding ending) {
  exploration->ending = ending;
  LKSThread *thread = exploration->running;
  lks_contextSwitch(exploration, &thread->context, &exploration->driver);
  __builtin_trap();
}

// MARK: Threads

/// The number of a thread's next child: the same in every execution, whoever else creates threads
/// meanwhile. -1 when there are too many.
static int numberOfChild(LKSExploration *exploration, LKSThread *parent) {
  if (!parent) return 0;
  if (parent->childCount == LKS_MAXIMUM_THREADS) return -1;
  uint8_t *known = &exploration->children[parent->index][parent->childCount++];
  if (!*known && exploration->numberCount + 1 < LKS_MAXIMUM_THREADS)
    *known = (uint8_t)++exploration->numberCount;
  return *known ? *known : -1;
}

LKSThread *lks_newThread(LKSExploration *exploration, LKSThread *parent) {
  int number = numberOfChild(exploration, parent);
  if (number < 0) lks_endExecution(exploration, LKS_TOO_MANY_THREADS);
  uint32_t index = (uint32_t)number;
  LKSThread *thread = &exploration->threads[index];
  if (!lks_contextPrepare(thread)) return NULL;
  if (index >= exploration->threadCount) exploration->threadCount = index + 1;
  exploration->liveCount++;
  thread->childCount = 0;
  thread->state = LKS_READY;
  memset(&thread->pending, 0, sizeof thread->pending);
  thread->yielded = false;
  thread->attemptFailed = false;
  thread->attemptWasStep = false;
  thread->attemptSite = 0;
  thread->fileLocks = 0;
  thread->inRuntime = 0;
  thread->raceIgnored = 0;
  thread->returnTo = NULL;
  thread->cleanUp = NULL;
  thread->externalAddress = 0;
  thread->writtenEvent = 0;
  thread->pendingStack = 0;
  thread->depth = 0;
  thread->name[0] = 0;
  thread->firstFunction = 0;
  thread->result = NULL;
  if (!parent) memset(thread->segments, 0, sizeof thread->segments);
  if (parent) {
    memcpy(thread->segments, parent->segments, sizeof thread->segments);
    parent->segments[parent->index]++;
  }
  thread->segments[index] = 1;
  return thread;
}

static LKSContext *contextAfter(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  LKSThread *caller = thread->returnTo;
  if (caller) {
    thread->returnTo = NULL;
    return &caller->context;
  }
  LKSThread *next = nextThread(exploration, thread);
  if (!next) return &exploration->driver;
  exploration->running = next;
  return &next->context;
}

/// Body of every controlled thread, at the bottom of its stack.
void lks_threadMain(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  lks_runBody(thread);
  lks_runThreadDestructors();
  lks_settleExternal(thread, 0, 0, false, 0);
  thread->inRuntime++;
  lks_annotate(thread, LKS_EXIT, lks_threadObject(thread->index), 0, 0);
  thread->state = LKS_ENDED;
  exploration->liveCount--;
  if (thread->index == 0 && exploration->liveCount) exploration->bodyReturnedEarly = true;
  LKSContext *next = contextAfter(thread);
  if (exploration->mode == LKS_ADOPT_CONTEXTS) {
    lks_contextSwitch(exploration, &thread->context, next);
    __builtin_trap();
  }
  lks_handTurnTo(next);
}

// MARK: Running

static void *bodyStart(void *argument) {
  LKSExploration *exploration = argument;
  exploration->body(exploration->bodyArgument);
  return NULL;
}

/// Writes down where each thread stands that did not end.
static void recordBlocked(LKSExploration *exploration) {
  exploration->blockedCount = 0;
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread->state != LKS_READY && thread->state != LKS_WAITING) continue;
    const LKSPending *pending = &thread->pending;
    bool waits = thread->state == LKS_WAITING;
    exploration->blocked[exploration->blockedCount++] = (LKSBlocked){
        .object = waits ? pending->other : pending->object,
        .other = waits ? pending->object : pending->other,
        .programCounter = pending->programCounter,
        .stack = thread->pendingStack,
        .thread = thread->index,
        .kind = waits ? LKS_WAIT : pending->kind,
    };
  }
}

LKSEnding lks_run(
    LKSExploration *exploration, const LKSPlan *plan, void (*body)(void *), void *argument) {
  exploration->plan = *plan;
  exploration->stamp++;
  exploration->threadCount = 0;
  exploration->liveCount = 0;
  exploration->steps = 0;
  exploration->sleeping = 0;
  exploration->random = plan->seed;
  exploration->last = -1;
  exploration->grew = false;
  exploration->initialisedOnce = false;
  exploration->bodyReturnedEarly = false;
  exploration->traceCount = 0;
  exploration->stackWords = 1;
  exploration->outputCount = 0;
  exploration->errorCount = 0;
  exploration->jobCount = exploration->jobNext = 0;
  lks_takeCapturedJob(exploration);
  exploration->body = body;
  exploration->bodyArgument = argument;
  LKSThread *first = lks_newThread(exploration, NULL);
  if (!first) return LKS_OUT_OF_MEMORY;
  first->start = bodyStart;
  first->argument = exploration;
  exploration->running = first;
  atomic_store(&exploration->isRunning, true);
  lks_contextSwitch(exploration, &exploration->driver, &first->context);
  atomic_store(&exploration->isRunning, false);
  exploration->running = NULL;
  recordBlocked(exploration);
  return exploration->ending;
}

void lks_finish(LKSExploration *exploration) {
  lks_objectsForget(exploration);
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread->state == LKS_READY || thread->state == LKS_WAITING) lks_contextReset(thread);
    thread->state = LKS_UNUSED;
  }
  lks_arenasReset(exploration);
}
