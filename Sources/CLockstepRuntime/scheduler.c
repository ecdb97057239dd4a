/// One step at a time: who may take it, who is told to, and what follows from it.
#include "dependence.h"
#include "runtime.h"

__thread LKSThread *lks_current;
__thread LKSProbe *lks_currentProbe;

// MARK: Choosing

static uint64_t nextRandom(LKSExploration *exploration) {
  // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014).
  uint64_t value = exploration->random += 0x9e3779b97f4a7c15ull;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ value >> 27) * 0x94d049bb133111ebull;
  return value ^ value >> 31;
}

/// Whether a step that waits until a time has come would have waited in vain, if it were taken now.
static bool wouldTimeOut(LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  if (pending->kind != LKS_WAIT_END) return lks_kindNow(thread) != pending->kind;
  if (lks_kindNow(thread) == LKS_TIMED_WAKE) return false;
  const LKSObject *condition =
      lks_object(thread->exploration, pending->address, LKS_OBJECT_CONDITION);
  return memchr(condition->queue, thread->index, condition->queueCount);
}

/// Without those that would wait in vain, unless there are no others.
static uint64_t withoutVainWaits(LKSExploration *exploration, uint64_t candidates) {
  uint64_t others = candidates;
  for (uint64_t rest = candidates & exploration->timed; rest; rest &= rest - 1)
    if (wouldTimeOut(&exploration->threads[__builtin_ctzll(rest)])) others &= ~(rest & -rest);
  return others ? others : candidates;
}

/// The thread that ran last while it can go on, else the next one in order.
static uint8_t nonPreemptive(LKSExploration *exploration, uint64_t candidates) {
  int32_t last = exploration->last;
  if (LKS_UNLIKELY(exploration->lazy) && candidates & ~exploration->lazy)
    candidates &= ~exploration->lazy;
  if (LKS_UNLIKELY(candidates & exploration->timed))
    candidates = withoutVainWaits(exploration, candidates);
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

void lks_setState(LKSThread *thread, LKSState state) {
  LKSExploration *exploration = thread->exploration;
  uint64_t bit = 1ull << thread->index;
  thread->state = (uint8_t)state;
  exploration->ready = state == LKS_READY ? exploration->ready | bit : exploration->ready & ~bit;
}

void lks_announce(LKSExploration *exploration, LKSThread *thread) {
  const LKSPending *pending = &thread->pending;
  uint64_t bit = 1ull << thread->index;
  bool waits = lks_pendingMayWait(pending);
  exploration->mayWait = waits ? exploration->mayWait | bit : exploration->mayWait & ~bit;
  exploration->timed = pending->isTimed ? exploration->timed | bit : exploration->timed & ~bit;
  exploration->attempting =
      pending->isLockAttempt ? exploration->attempting | bit : exploration->attempting & ~bit;
}

uint64_t lks_enabledThreads(LKSExploration *exploration) {
  uint64_t enabled = exploration->ready & ~exploration->mayWait;
  for (uint64_t rest = exploration->ready & exploration->mayWait; rest; rest &= rest - 1) {
    LKSThread *thread = &exploration->threads[__builtin_ctzll(rest)];
    if (lks_pendingIsEnabled(thread)) enabled |= rest & -rest;
  }
  return enabled;
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

/// Reads of one object at one place in a row after which a thread is taken to wait for a write.
#define LKS_SPINNING_READS 10
/// Steps in a row after which a thread gives way: a loop that takes a lock to look spins, too.
#define LKS_LONGEST_TURN 1000

/// Whether others go first after this step, unless the plan says otherwise: what a fair scheduler
/// would come to in the end, or a loop that waits for another thread would never end.
static bool givesWayAfter(LKSThread *thread, const LKSEvent *event) {
  bool repeats = event->kind == LKS_READ && event->object == thread->repeatedObject &&
                 event->programCounter == thread->repeatedSite;
  thread->repeatedReads = repeats ? thread->repeatedReads + 1 : 0;
  thread->repeatedObject = event->object;
  thread->repeatedSite = event->programCounter;
  return thread->repeatedReads >= LKS_SPINNING_READS ||
         thread->exploration->turn >= LKS_LONGEST_TURN;
}

/// A hash of where the function was called in which a thread is.
static uint16_t callerOf(const LKSThread *thread) {
  if (!thread->depth || thread->depth > LKS_SHADOW_STACK_DEPTH) return 0;
  return (uint16_t)(thread->stack[thread->depth - 1] * 0x9E3779B97F4A7C15u >> 48);
}

/// Writes down the step that a thread takes, and wakes the sleeping threads that depend on it.
static LKSEvent *writeDown(
    LKSExploration *exploration, LKSThread *thread, uint64_t enabled, uint8_t preferred) {
  LKSPending *pending = &thread->pending;
  LKSEvent *event = lks_appendEvent(exploration);
  event->object = pending->object;
  event->other = pending->other;
  event->programCounter = pending->programCounter;
  event->enabled = enabled;
  event->sleeping = exploration->sleeping;
  event->size = pending->size;
  event->thread = thread->index;
  event->kind = lks_kindNow(thread);
  event->order = pending->order;
  event->otherSize = pending->otherSize;
  event->caller = callerOf(thread);
  bool storesTheSame = event->kind == LKS_READ && pending->condition > LKS_IF_THERE;
  event->flags = pending->flags | (thread->yielded ? LKS_AFTER_YIELD : 0) |
                 (pending->awaits ? LKS_AWAITS : 0) |
                 (pending->condition ? LKS_COMPARE_AND_SWAP : 0) |
                 (storesTheSame ? LKS_FINDS_THE_SAME : 0);
  event->preferred = preferred;
  for (uint64_t rest = exploration->sleeping; rest; rest &= rest - 1) {
    uint32_t index = (uint32_t)__builtin_ctzll(rest);
    if (lks_depends(exploration->dependence, &exploration->threads[index], event))
      exploration->sleeping &= ~(1ull << index);
  }
  if (exploration->plan.detailed) {
    event->stack = thread->pendingStack;
    event->sleeping = 0;
    bool reads = event->kind == LKS_READ || event->kind == LKS_READ_MODIFY_WRITE;
    if (reads && event->size <= 8) {
      lks_noteValue(event, pending->address);
      lks_noteContent(exploration, event);
    }
    if (lks_isMemory(event->kind) && !event->otherSize) event->other = lks_quietHash(thread);
    bool writes = event->kind == LKS_WRITE || event->kind == LKS_READ_MODIFY_WRITE;
    if (writes && event->size <= 8 && !(event->flags & LKS_FREES))
      thread->writtenEvent = exploration->traceCount;
    if (event->kind == LKS_OPAQUE_READ_WRITE) {
      thread->contentBefore = lks_contentHash(exploration, pending->address);
      thread->writtenEvent = exploration->traceCount;
    }
  }
  return event;
}

/// What follows from a step for the models and for who comes next.
static void carryOut(LKSExploration *exploration, LKSThread *thread, LKSEvent *event) {
  if (!lks_isMemory(event->kind)) lks_commitEffects(thread, event);
  if (event->kind == LKS_READ_MODIFY_WRITE || event->kind == LKS_SEMAPHORE_TRY_WAIT)
    thread->lookCount = 0;
  // Until a place is known where a thread comes round, nobody asks.
  if (LKS_UNLIKELY(exploration->hasSpins)) {
    if (event->kind == LKS_READ || event->kind == LKS_TRY_LOCK_FAILED ||
        event->kind == LKS_TRY_LOCK_SHARED_FAILED || event->kind == LKS_SEMAPHORE_TRY_WAIT_FAILED)
      lks_noteLook(thread, event);
    else if (event->kind != LKS_SLEEP)
      lks_noteChange(exploration, thread, event);
  }
  if (LKS_UNLIKELY(exploration->plan.endsAtRound)) lks_noteRoundStep(exploration, thread);
  thread->latestStep = exploration->steps + 1;
  if (event->thread != event->preferred && event->preferred == exploration->last)
    exploration->preemptions++;
  exploration->turn = exploration->last == thread->index ? exploration->turn + 1 : 0;
  exploration->last = thread->index;
  thread->yielded = givesWayAfter(thread, event);
  if (event->object != LKS_CLOCK) thread->clockLooks = 0;
  if (event->object != lks_threadObject(thread->index) && event->object != LKS_CLOCK) {
    thread->quietAccesses = 0;
    thread->quietLimit = LKS_QUIET_ACCESSES;
    thread->suspicion = (LKSSuspicion){0};
  }
  atomic_store_explicit(&exploration->steps, exploration->steps + 1, memory_order_relaxed);
}

/// Threads that tried to take a lock which another took meanwhile go on to their next announcement.
static void retryLockAttempts(LKSExploration *exploration, LKSThread *self) {
  for (uint64_t rest = exploration->attempting; rest; rest &= rest - 1) {
    LKSThread *thread = &exploration->threads[__builtin_ctzll(rest)];
    if (thread == self || thread->state != LKS_READY || !thread->pending.isLockAttempt) continue;
    LKSObject *lock =
        lks_object(exploration, thread->pending.address, LKS_OBJECT_MUTEX);
    if (!lock || !lock->owner) continue;
    thread->attemptFailed = true;
    lks_runAhead(self, thread);
  }
}

/// The next thread of the part that is as in the run before; NULL where that ends.
static LKSThread *repeatStep(LKSExploration *exploration) {
  uint64_t step = exploration->steps;
  if (step == exploration->plan.branch) {
    exploration->repeats = false;
    exploration->repeatedEvents = exploration->traceCount;
    return NULL;
  }
  LKSThread *thread = &exploration->threads[exploration->plan.prefix[step]];
  uint64_t bit = 1ull << thread->index;
  bool isEnabled = exploration->ready & bit &&
                   (!(exploration->mayWait & bit) || lks_pendingIsEnabled(thread));
  LKSEvent *event = isEnabled ? lks_repeatEvent(
                                    exploration, thread->index, lks_kindNow(thread),
                                    thread->pending.object)
                              : NULL;
  if (!event) {
    exploration->repeats = false;
    return NULL;
  }
  carryOut(exploration, thread, event);
  return thread;
}

/// The thread to take the next step, its step written down; NULL at the end of the execution.
LKSThread *lks_nextThread(LKSExploration *exploration, LKSThread *self) {
  if (exploration->attempting) retryLockAttempts(exploration, self);
  if (!exploration->liveCount) {
    exploration->ending = LKS_COMPLETED;
    return NULL;
  }
  if (exploration->repeats) {
    LKSThread *thread = repeatStep(exploration);
    if (thread) return thread;
  }
  uint64_t enabled = lks_enabledThreads(exploration);
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
  carryOut(exploration, thread, writeDown(exploration, thread, enabled, preferred));
  return thread;
}

void lks_runAhead(LKSThread *thread, LKSThread *child) {
  LKSExploration *exploration = thread->exploration;
  child->returnTo = thread;
  exploration->running = child;
  lks_contextSwitch(exploration, &thread->context, &child->context);
  exploration->running = thread;
}

/// The thread's step has been chosen; where a debugger waits for it, it has come.
static inline void stopIfAsked(LKSExploration *exploration) {
  if (LKS_UNLIKELY(exploration->steps == exploration->plan.stopStep)) lks_debuggerStop();
}

void lks_step(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  if (LKS_UNLIKELY(thread->writtenEvent)) lks_settleWrite(thread);
  lks_meetStep(thread);
  if (LKS_UNLIKELY(exploration->plan.detailed))
    thread->pendingStack = lks_keepStack(exploration, thread, thread->pending.programCounter);
  lks_announce(exploration, thread);
  LKSThread *caller = thread->returnTo;
  if (caller) {
    thread->returnTo = NULL;
    lks_contextSwitch(exploration, &thread->context, &caller->context);
    exploration->running = thread;
    stopIfAsked(exploration);
    return;
  }
  if (LKS_UNLIKELY(thread->isRoundAgain) && lks_isLivelock(thread))
    lks_endExecution(exploration, LKS_LIVELOCKED);
  if (LKS_UNLIKELY(exploration->plan.endsAtRound) && lks_comesRound(thread))
    lks_endExecution(exploration, LKS_LIVELOCKED);
  LKSThread *next = lks_nextThread(exploration, thread);
  if (!next) lks_endExecution(exploration, exploration->ending);
  if (next != thread) {
    exploration->running = next;
    lks_contextSwitch(exploration, &thread->context, &next->context);
    exploration->running = thread;
  }
  stopIfAsked(exploration);
}

void lks_timedStep(LKSThread *thread) {
  thread->pending.isTimed = true;
  thread->yielded = true;
  lks_step(thread);
  thread->pending.isTimed = false;
}

/// Times that a thread gives way on such a suspicion.
#define LKS_WAYS_GIVEN 16
/// Accesses in a row that stand for a step where an execution's length is limited, and the least
/// number of them that an execution may make.
#define LKS_ACCESSES_FOR_STEP 250
#define LKS_LEAST_LIMIT 2000000

void lks_giveWay(LKSThread *thread, uintptr_t programCounter) {
  lks_annotate(thread, LKS_YIELD, 0, 0, programCounter);
  thread->yielded = true;
  // So that a loop that only waits meets the step limit.
  lks_prepare(thread, LKS_READ, 0, 0, programCounter)->object = lks_threadObject(thread->index);
  thread->pending.order = LKS_ORDER_RELAXED;
  lks_step(thread);
}

void lks_meetQuietLimit(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter) {
  if (lks_suspectSpin(thread, address, reads, programCounter)) {
    thread->quietLimit = thread->quietAccesses + 1;
    return;
  }
  thread->suspicion = (LKSSuspicion){0};
  thread->quietLimit = (thread->quietAccesses / LKS_QUIET_ACCESSES + 1) * LKS_QUIET_ACCESSES;
  uint64_t limit = (uint64_t)thread->exploration->plan.stepLimit * LKS_ACCESSES_FOR_STEP;
  if (thread->quietAccesses >= (limit < LKS_LEAST_LIMIT ? LKS_LEAST_LIMIT : limit))
    lks_endExecution(thread->exploration, LKS_STEP_LIMIT);
  if (thread->quietAccesses / LKS_QUIET_ACCESSES <= LKS_WAYS_GIVEN)
    lks_giveWay(thread, programCounter);
}

void lks_endExecution(LKSExploration *exploration, LKSEnding ending) {
  exploration->ending = ending;
  LKSThread *thread = exploration->running;
  lks_contextSwitch(exploration, &thread->context, &exploration->driver);
  __builtin_trap();
}
