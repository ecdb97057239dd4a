/// One execution: its threads, from the first to the last, and where they stand when it is over.
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime.h"

// MARK: Threads

/// When there are no other numbers, that of the thread which the parent joined last: whatever happened in
/// it, the parent knows. -1 when it has joined none that is not in use again.
static int numberOfJoined(LKSExploration *exploration, LKSThread *parent) {
  if (!parent->latestJoined) return -1;
  LKSThread *joined = &exploration->threads[parent->latestJoined - 1];
  parent->latestJoined = joined->joinedBefore;
  return joined->index;
}

void lks_noteJoined(LKSThread *thread, LKSThread *other) {
  other->joinedBefore = thread->latestJoined;
  thread->latestJoined = (uint8_t)(other->index + 1);
}

/// The number of a thread's next child: the same in every execution, whoever else creates threads
/// meanwhile. -1 when there are too many.
static int numberOfChild(LKSExploration *exploration, LKSThread *parent) {
  if (!parent) return 0;
  if (parent->childCount == LKS_MAXIMUM_THREADS) return numberOfJoined(exploration, parent);
  uint8_t *known = &exploration->children[parent->index][parent->childCount++];
  if (!*known && exploration->numberCount + 1 < LKS_MAXIMUM_THREADS)
    *known = (uint8_t)++exploration->numberCount;
  return *known ? *known : numberOfJoined(exploration, parent);
}

LKSThread *lks_newThread(LKSExploration *exploration, LKSThread *parent) {
  int number = numberOfChild(exploration, parent);
  if (number < 0) lks_endExecution(exploration, LKS_TOO_MANY_THREADS);
  return lks_openThread(exploration, (uint32_t)number, parent);
}

LKSThread *lks_openThread(LKSExploration *exploration, uint32_t index, LKSThread *parent) {
  LKSThread *thread = &exploration->threads[index];
  // What was done on this thread before is not known to all who know what it does. Who joined it knows
  // one segment more than it had.
  uint32_t segment = thread->state == LKS_ENDED ? thread->segments[index] + 2 : 1;
  if (!lks_contextPrepare(thread)) return NULL;
  if (index >= exploration->threadCount) exploration->threadCount = index + 1;
  exploration->liveCount++;
  thread->lockID =
      exploration->mode == LKS_ADOPT_CONTEXTS ? exploration->driverID : thread->kernelID;
  // The children of jobs that one thread runs after another have numbers of their own.
  if (thread->state != LKS_ENDED) thread->childCount = thread->latchCount = 0;
  thread->latestJoined = 0;
  thread->queueFrame = NULL;
  lks_setState(thread, LKS_READY);
  memset(&thread->pending, 0, sizeof thread->pending);
  thread->yielded = false;
  thread->attemptFailed = false;
  thread->attemptWasStep = false;
  thread->wokeForNothing = false;
  thread->attemptSite = 0;
  thread->inRuntime = 0;
  thread->inTasks = false;
  thread->exitCount = 0;
  thread->libraryLocks = 0;
  thread->raceIgnored = 0;
  thread->quiet = 0;
  thread->returnTo = NULL;
  thread->cleanUp = NULL;
  thread->quietAccesses = thread->repeatedReads = 0;
  thread->quietLimit = LKS_QUIET_ACCESSES;
  thread->suspicion = (LKSSuspicion){0};
  thread->repeatedObject = thread->repeatedSite = 0;
  thread->lookCount = 0;
  thread->knownTime = parent ? parent->knownTime : 0;
  thread->clockLooks = thread->allClockLooks = thread->libraryClockLooks = 0;
  thread->randomCount = 0;
  thread->quietHash = thread->quietAddress = 0;
  thread->isRoundAgain = thread->isDetached = thread->isJoined = false;
  thread->innerHolds = thread->unseenChanges = 0;
  thread->roundState = 0;
  thread->latestStep = 0;
  thread->heldLocks = thread->heldCount = thread->robustHolds = 0;
  thread->externalAddress = 0;
  thread->externalOuterCount = 0;
  thread->externalFormer.address = 0;
  thread->writtenEvent = 0;
  thread->pendingStack = 0;
  lks_forgetKeptBytes(thread);
  thread->depth = 0;
  thread->name[0] = 0;
  thread->firstFunction = 0;
  thread->result = NULL;
  if (!parent) memset(thread->segments, 0, sizeof thread->segments);
  if (parent) {
    memcpy(thread->segments, parent->segments, sizeof thread->segments);
    lks_beginSegment(parent, parent->segments[parent->index] + 1);
  }
  lks_beginSegment(thread, segment);
  return thread;
}

static LKSContext *contextAfter(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  LKSThread *caller = thread->returnTo;
  if (caller) {
    thread->returnTo = NULL;
    return &caller->context;
  }
  LKSThread *next = lks_nextThread(exploration, thread);
  if (!next) return &exploration->driver;
  exploration->running = next;
  return &next->context;
}

/// Body of every controlled thread, at the bottom of its stack.
void lks_threadMain(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  lks_runBody(thread);
  lks_runThreadDestructors();
  lks_settleExternal(thread);
  if (thread->robustHolds) lks_giveUpRobustMutexes(thread);
  if (exploration->seesEnds) lks_announceEnd(thread);
  thread->inRuntime++;
  lks_annotate(thread, LKS_EXIT, lks_threadObject(thread->index), 0, 0);
  lks_setState(thread, LKS_ENDED);
  exploration->liveCount--;
  if (thread->index == 0 && exploration->liveCount && !exploration->taskBody.job.function)
    exploration->bodyReturnedEarly = true;
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

/// Says whose turn a thread waits for, and in which queue.
static void recordTurn(const LKSExploration *exploration, LKSBlocked *blocked) {
  blocked->holder = LKS_NOBODY;
  if (blocked->kind != LKS_AWAIT) return;
  const LKSLatch *latch = lks_latchNamed(exploration, blocked->object);
  if (!latch) return;
  blocked->other = lks_objectName(exploration, latch->owner);
  // Of those that wait for their turn in the same queue, it is the first one's that they all wait for.
  while (latch->former && !latch->hasBegun && !exploration->latches[latch->former - 1].isDone)
    latch = &exploration->latches[latch->former - 1];
  blocked->holder = latch->holder;
}

/// Writes down where each thread stands that did not end.
static void recordBlocked(LKSExploration *exploration) {
  exploration->blockedCount = 0;
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread->state != LKS_READY && thread->state != LKS_WAITING) continue;
    const LKSPending *pending = &thread->pending;
    bool waits = thread->state == LKS_WAITING && pending->kind != LKS_ARRIVE;
    exploration->blocked[exploration->blockedCount++] = (LKSBlocked){
        .object = pending->object,
        .other = pending->other,
        .programCounter = pending->programCounter,
        .stack = thread->pendingStack,
        .thread = thread->index,
        .kind = waits ? LKS_WAIT : pending->kind,
        .awaits = pending->awaits && !lks_changeIsSeen(thread),
        .otherSize = pending->awaits ? pending->otherSize : 0,
    };
    recordTurn(exploration, &exploration->blocked[exploration->blockedCount - 1]);
  }
}

static __thread uint32_t known;

void lks_forgetKernelID(void) { known = 0; }

static uint32_t kernelIDOfThisThread(void) {
  if (!known) known = (uint32_t)LKS_REAL(syscall)(SYS_gettid);
  return known;
}

LKSEnding lks_run(
    LKSExploration *exploration, const LKSPlan *plan, void (*body)(void *), void *argument) {
  exploration->plan = *plan;
  exploration->stamp++;
  exploration->driverID = kernelIDOfThisThread();
  exploration->threadCount = 0;
  exploration->liveCount = 0;
  exploration->ready = exploration->mayWait = exploration->attempting = exploration->timed = 0;
  exploration->preemptions = 0;
  exploration->lookRounds.count = exploration->rounds.count = 0;
  exploration->writtenCount = 0;
  exploration->steps = 0;
  exploration->sleeping = 0;
  exploration->random = plan->seed;
  exploration->last = -1;
  exploration->turn = 0;
  exploration->slept = 0;
  exploration->grew = false;
  exploration->hasFreed = false;
  exploration->writesToFile = false;
  exploration->leavers = 0;
  exploration->initialisedOnce = false;
  exploration->bodyReturnedEarly = false;
  exploration->formerCount = exploration->traceCount;
  exploration->traceCount = exploration->repeatedEvents = 0;
  exploration->repeats = plan->repeats && plan->branch && !plan->detailed;
  exploration->stackWords = 1;
  exploration->outputCount = 0;
  exploration->errorCount = 0;
  exploration->lazy = 0;
  exploration->latchCount = exploration->mainGate = 0;
  exploration->hasMainQueue = false;
  exploration->timers.count = 0;
  exploration->timers.clockRuns = false;
  lks_takeBody(exploration);
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
  lks_noteLeftLocks(exploration);
  lks_leaveBody(exploration);
  return exploration->ending;
}

void lks_finish(LKSExploration *exploration) {
  lks_objectsForget(exploration);
  lks_itemsForget(exploration);
  lks_sourcesForget(exploration);
  for (uint32_t index = 0; index < exploration->threadCount; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (thread->state == LKS_READY || thread->state == LKS_WAITING) lks_contextReset(thread);
    lks_setState(thread, LKS_UNUSED);
  }
  lks_arenasReset(exploration);
}
