/// What the runtime's own files share.
#ifndef LKS_RUNTIME_H
#define LKS_RUNTIME_H

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "CLockstepRuntime.h"

#define LKS_LIKELY(x) __builtin_expect(!!(x), 1)
#define LKS_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define LKS_EXPORT __attribute__((visibility("default")))
#define LKS_CALLER ((uintptr_t)__builtin_return_address(0))

typedef struct LKSThread LKSThread;

/// What a thread is about to do, and waits to be chosen for.
typedef struct LKSPending {
  uintptr_t address;
  uintptr_t otherAddress;
  uint64_t object;
  uint64_t other;
  uintptr_t programCounter;
  /// Of a compare-and-swap: what it expects, to tell beforehand whether it will only read.
  uint64_t expected;
  uint32_t size;
  uint8_t kind;
  uint8_t order;
  uint8_t flags;
  bool comparesAndSwaps;
  /// The step can be taken only once what the thread looked at has changed: see spin.c.
  bool awaits;
  bool watchesOwn;
  uint8_t otherSize;
  /// Whether the step can be taken, where the kind alone does not tell.
  bool (*ready)(LKSThread *thread);
  /// An inlined `Mutex` fast path: when the lock is taken meanwhile, the thread goes on at once to
  /// the slow path (or to give up), without a step.
  bool isLockAttempt;
} LKSPending;

typedef enum LKSState {
  LKS_UNUSED = 0,
  /// Announced `pending`, or runs.
  LKS_READY,
  /// Waits for a signal on a condition; then it is ready to take the lock again.
  LKS_WAITING,
  LKS_ENDED,
} LKSState;

/// A stack and a thread pointer that can be run on.
typedef struct LKSContext {
  void *stackPointer;
  void *threadPointer;
  /// Hand-over: what its kernel thread sleeps on. One that was abandoned sleeps on, on its own.
  _Atomic uint32_t *turn;
} LKSContext;

#define LKS_SHADOW_STACK_DEPTH 256
#define LKS_OUTER_ACCESSES 6

/// A formal access within which another was opened.
typedef struct LKSOuterAccess {
  uintptr_t address;
  uintptr_t site;
} LKSOuterAccess;

#define LKS_MAXIMUM_LOOKS 16

/// A step that only looks, since the thread last changed anything.
typedef struct LKSLook {
  uintptr_t programCounter;
  uint64_t object;
  /// The thread's state when it was about to look; 0 is not known.
  uint64_t state;
  /// What the thread held then.
  uint64_t heldLocks;
  uint32_t heldCount;
  uint32_t size;
  /// The number of the look, of those since the thread changed anything.
  uint32_t number;
  uint8_t kind;
  /// Somebody changed the object since.
  bool hasChanged;
} LKSLook;

/// What is found out of a thread that has made no step for very long: does it only look?
typedef struct LKSSuspicion {
  uintptr_t programCounter;
  uintptr_t address;
  uint64_t state;
  uint32_t accesses;
  bool marks;
  bool isOver;
} LKSSuspicion;

struct LKSThread {
  LKSExploration *exploration;
  LKSContext context;
  LKSPending pending;
  uint8_t index;
  uint8_t state;
  /// Threads that it created in this execution.
  uint8_t childCount;
  bool yielded;
  /// Accesses since its last step, but for those by which it only gave way, and how many there must be
  /// for it to be asked whether it waits for something.
  uint32_t quietAccesses;
  uint32_t quietLimit;
  LKSSuspicion suspicion;
  /// Steps in a row that read the same object at the same place.
  uint32_t repeatedReads;
  uint64_t repeatedObject;
  uintptr_t repeatedSite;
  uint32_t lookCount;
  uint32_t looksTaken;
  /// Whether its pending step is where it was before in the same state, having only looked since.
  bool isRoundAgain;
  /// Number of its latest step, from 1.
  uint64_t latestStep;
  LKSLook looks[LKS_MAXIMUM_LOOKS];
  /// The locks that it holds, as a sum of their hashes, and how many they are.
  uint64_t heldLocks;
  uint32_t heldCount;
  /// Of a lock attempt that found the lock taken.
  bool attemptFailed;
  bool futexWoken;
  /// Of a lock attempt: where it was inlined, and whether its failure is already a step.
  uintptr_t attemptSite;
  bool attemptWasStep;
  /// Of a try-lock: whether it succeeded.
  bool tookLock;
  /// Whether a key was given a value in it.
  bool usesKeys;
  /// Open brackets of `flockfile`.
  uint32_t fileLocks;
  uintptr_t bottomFrame;
  void *endOfBody[5];
  /// Its innermost clean-up handler of those that are kept on the stack.
  __pthread_unwind_buf_t *cleanUp;
  /// Set while the runtime runs on this thread's behalf: calls go straight through.
  int32_t inRuntime;
  int32_t raceIgnored;
  /// Who goes on when this thread, run ahead to its next announcement, gets there.
  LKSThread *returnTo;

  /// A formal access that was opened, and is not yet known to be instrumented itself.
  uintptr_t externalAddress;
  /// Swift checks it for exclusivity, and will say when it ends.
  bool externalIsChecked;
  bool externalWrites;
  /// Where it was read, while its write is still to come; 0 before.
  uintptr_t externalRead;
  uintptr_t externalSite;
  uint32_t externalDepth;
  uint64_t externalSnapshot[2];
  /// Accesses that are open around it: `a.b.c += 1` opens all three before it touches the last.
  LKSOuterAccess externalOuter[LKS_OUTER_ACCESSES];
  uint32_t externalOuterCount;

  /// The call stack of `pending`, in a detailed execution.
  uint32_t pendingStack;

  /// The event whose written value can be read at the next announcement, plus one.
  size_t writtenEvent;

  void *(*start)(void *);
  void *argument;
  void *result;
  pthread_t handle;
  /// The id that the kernel knows the pool's thread by.
  uint32_t kernelID;
  /// The id that it owns a `Mutex` by: that of the kernel thread that it runs on, as the kernel must
  /// be able to hand the lock on.
  uint32_t lockID;
  char name[32];
  uintptr_t firstFunction;

  // Pool
  uint8_t *stackLow;
  uint8_t *stackHigh;
  uint8_t *parkedStackPointer;
  uint8_t *localStorage;
  uint8_t *localStorageCopy;
  size_t localStorageSize;
  /// The part of it that is the executable's: a new thread's variables have their first values.
  uint8_t *programStorage;
  size_t programStorageSize;
  _Atomic uint32_t parked;
  bool poolThreadExists;

  // Arena
  uint8_t *arenaFloor;
  uint8_t *arenaTop;
  uint8_t *arenaEnd;
  uint8_t *arenaBase;
  /// Highest address that an execution used.
  uint8_t *arenaTouched;
  _Atomic int64_t liveBlocks;

  /// What this thread knows of the others' progress by creation and join alone.
  uint32_t segments[LKS_MAXIMUM_THREADS];

  uint32_t depth;
  uintptr_t stack[LKS_SHADOW_STACK_DEPTH];
};

/// An open hash table of fixed-size entries that begin with a non-zero 64-bit key.
typedef struct LKSTable {
  uint8_t *entries;
  size_t capacity;
  size_t count;
  size_t entrySize;
} LKSTable;

/// Spreads keys in groups of eight, so that what lies together in memory does so in a table.
static inline uint64_t lks_tableHash(uint64_t key) {
  uint64_t group = key >> 3;
  group ^= group >> 32;
  group *= 0x9e3779b97f4a7c15ull;
  return (group >> 32) << 3 | (key & 7);
}

/// The entry of `key`, made with zeros if it is new. NULL when there is no memory.
void *lks_tableFind(LKSTable *table, uint64_t key, bool insert);
void lks_tableFree(LKSTable *table);

typedef struct LKSJob {
  void (*function)(void *);
  void *context;
} LKSJob;

#define LKS_MAXIMUM_UNCONTROLLED 32
/// Descriptions of thrown errors kept in a detailed execution.
#define LKS_MAXIMUM_ERRORS 32

#define LKS_MAXIMUM_ROUNDS 64

/// A state of the whole program, and the steps taken until then.
typedef struct LKSRound {
  uint64_t state;
  uint64_t steps;
} LKSRound;

struct LKSExploration {
  LKSMode mode;
  const uint8_t *dependence;
  int slot;
  uint8_t *region;
  LKSThread *threads;
  /// By thread, where what this execution allocates begins.
  uintptr_t arenaFloors[LKS_MAXIMUM_THREADS];
  LKSContext driver;
  /// The kernel's id of the thread that runs it.
  uint32_t driverID;
  LKSThread *running;

  /// By parent and place among its children, a thread's number; 0 is not yet known.
  uint8_t children[LKS_MAXIMUM_THREADS][LKS_MAXIMUM_THREADS];
  uint32_t numberCount;

  // The execution under way
  LKSPlan plan;
  LKSEnding ending;
  uint32_t stamp;
  uint32_t threadCount;
  uint32_t liveCount;
  /// Threads that announced a step, and those of them whose step may have to wait.
  uint64_t ready;
  uint64_t mayWait;
  /// Threads that announced an inlined attempt at a lock.
  uint64_t attempting;
  _Atomic uint64_t steps;
  /// Nanoseconds that its threads have slept.
  uint64_t slept;
  uint64_t sleeping;
  uint64_t random;
  int32_t last;
  /// Steps that the last thread has taken in a row.
  uint32_t turn;
  uint32_t preemptions;
  /// Whether any place is known where threads come round in the same state.
  bool hasSpins;
  /// States of the whole program at which a thread came round, since a step that may have changed more
  /// than who holds which lock.
  LKSRound rounds[LKS_MAXIMUM_ROUNDS];
  uint32_t roundCount;
  /// Whether the trace so far is that of the run before, whose events are kept.
  bool repeats;
  size_t repeatedEvents;
  bool grew;
  /// A lazy global or the like was initialised: later executions are shorter.
  bool initialisedOnce;
  bool bodyReturnedEarly;
  uint32_t divergedStep;
  LKSBlocked divergence;
  void (*body)(void *);
  void *bodyArgument;

  LKSEvent *trace;
  size_t traceCount;
  /// Events of the run before that are still in `trace`.
  size_t formerCount;
  size_t traceCapacity;
  LKSBlocked blocked[LKS_MAXIMUM_THREADS];
  size_t blockedCount;

  LKSTable cells;
  /// Cells of the words where nearly all accesses go: by thread, the beginning of its arena and the
  /// bottom of its stack.
  struct LKSCell *nearCells;
  LKSTable objects;
  LKSTable sites;
  LKSTable callers;
  uint32_t heldLocks;

  uintptr_t *stacks;
  size_t stackWords;
  size_t stackCapacity;
  char *output;
  size_t outputCount;
  size_t outputCapacity;

  char errorTexts[LKS_MAXIMUM_ERRORS][128];
  uint32_t errorCount;

  LKSJob *jobs;
  size_t jobCount;
  size_t jobNext;
  size_t jobCapacity;
  bool capturesJobs;
  bool jobRuns;

  const char *uncontrolled[LKS_MAXIMUM_UNCONTROLLED];
  size_t uncontrolledCount;
  uint64_t instrumentedCalls;
  uint64_t abandoned;

  /// Explorations that the watchdog looks at.
  LKSExploration *next;
  uint64_t watchedSteps;
  uint32_t watchedStamp;
  uint32_t quietSeconds;
  _Atomic bool isRunning;
};

/// The controlled thread that this code runs on, or NULL.
extern __thread LKSThread *lks_current __attribute__((tls_model("initial-exec")));
extern __thread LKSProbe *lks_currentProbe __attribute__((tls_model("initial-exec")));

/// The controlled thread, unless the runtime itself is at work on it.
static inline LKSThread *lks_controlled(void) {
  LKSThread *thread = lks_current;
  return thread && LKS_LIKELY(thread->inRuntime == 0) ? thread : NULL;
}

// MARK: region.c

#define LKS_ARENA_BITS 30
#define LKS_ARENA_SIZE (1ull << LKS_ARENA_BITS)
#define LKS_STACK_SIZE (8ull << 20)
#define LKS_ARENAS_SIZE (LKS_ARENA_SIZE * LKS_MAXIMUM_THREADS)
#define LKS_REGION_SIZE (LKS_ARENAS_SIZE + LKS_STACK_SIZE * LKS_MAXIMUM_THREADS)

/// How far a thread's part of a region lies from where its room begins: caches choose their places by
/// the lower bits of an address, and what all threads use most must not compete for the same ones.
#define LKS_STAGGER (37 * 64)

/// Gives an exploration a region of its own; false when there is none to be had.
bool lks_regionReserve(LKSExploration *exploration);
/// Gives it back for the next exploration; what is still allocated in it stays.
void lks_regionRelease(LKSExploration *exploration);
/// Whether an address lies in some exploration's region.
bool lks_isInRegion(uintptr_t address);
/// The thread whose arena holds an address, if its exploration still is.
LKSThread *lks_arenaOwner(uintptr_t address);
/// Sets where what the next execution allocates in a thread begins.
void lks_setArenaFloor(LKSThread *thread, uint8_t *floor);

/// The name of what lies at an address: see the engine's `ObjectID`.
static inline uint64_t lks_objectName(const LKSExploration *exploration, uintptr_t address) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (offset >= LKS_REGION_SIZE) return address;
  if (offset < LKS_ARENAS_SIZE) {
    uint64_t thread = offset >> LKS_ARENA_BITS;
    uintptr_t floor = exploration->arenaFloors[thread];
    // What an earlier execution left behind keeps its address.
    if (address < floor) return address;
    return 1ull << 60 | thread << 40 | (address - floor);
  }
  uint64_t thread = (offset - LKS_ARENAS_SIZE) / LKS_STACK_SIZE;
  return 2ull << 60 | thread << 40 | (offset - LKS_ARENAS_SIZE) % LKS_STACK_SIZE;
}

static inline uint64_t lks_threadObject(uint32_t index) { return 3ull << 60 | index; }

// MARK: context.c

/// Makes a thread's context ready to run its body from the start, with fresh local variables.
bool lks_contextPrepare(LKSThread *thread);
/// Leaves `from` where it is and goes on with `to`; returns when somebody goes on with `from`.
void lks_contextSwitch(LKSExploration *exploration, LKSContext *from, LKSContext *to);
/// Puts a context back to its beginning, after its thread was left in the middle of its frames.
void lks_contextReset(LKSThread *thread);
/// Hand-over: lets another context go on while this kernel thread goes back to the pool.
void lks_handTurnTo(LKSContext *context);
void lks_poolDestroy(LKSExploration *exploration);
void lks_threadMain(LKSThread *thread);


// MARK: pthread_thread.c

/// Runs a thread's body until it returns or ends itself by `pthread_exit`.
void lks_runBody(LKSThread *thread);
void lks_runThreadDestructors(void);

// MARK: pthread_mutex.c

/// Gives up the real mutex of a condition's wait; the model gives it up with the step.
void lks_mutexGiveUp(LKSThread *thread, pthread_mutex_t *mutex);
void lks_mutexTakeAgain(LKSThread *thread, pthread_mutex_t *mutex);

// MARK: swift_tasks.c

/// Makes the job that this kernel thread kept back the execution's first.
void lks_takeCapturedJob(LKSExploration *exploration);

// MARK: stdio.c

void lks_keepOutput(LKSExploration *exploration, const char *bytes, size_t count);

// MARK: trace.c

/// A new event, all zeros; ends the execution where there is no memory for one.
LKSEvent *lks_appendEvent(LKSExploration *exploration);
/// The event of the run before at this place, if it is this one again; NULL otherwise, and from then
/// on.
LKSEvent *lks_repeatEvent(
    LKSExploration *exploration, uint8_t thread, uint8_t kind, uint64_t object);
/// Keeps the running thread's call stack from a program counter on; its place among the stacks.
uint32_t lks_keepStack(LKSExploration *exploration, LKSThread *thread, uintptr_t top);
/// The bytes at an address, as a number; at most eight.
uint64_t lks_peek(uintptr_t address, uint32_t size);
/// Reads what the thread wrote in its last step, whose event was written down before the write.
void lks_settleWrite(LKSThread *thread);

// MARK: scheduler.c

/// Threads whose steps can be taken now.
uint64_t lks_enabledThreads(LKSExploration *exploration);
void lks_setState(LKSThread *thread, LKSState state);
/// The thread to take the next step, its step written down; NULL at the end of the execution.
LKSThread *lks_nextThread(LKSExploration *exploration, LKSThread *self);
/// Announces `thread->pending`, and returns once it was chosen.
void lks_step(LKSThread *thread);
/// A step on nothing that others see, after which they get their turn.
void lks_giveWay(LKSThread *thread, uintptr_t programCounter);
/// Accesses in a row after which a thread may be waiting for one that could not yet run.
#define LKS_QUIET_ACCESSES 100000
/// A thread made that many.
void lks_meetQuietLimit(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter);

/// Notes an access that is no step; a thread that makes too many in a row may wait for another.
static inline void lks_noteQuietAccess(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter) {
  // What a thread writes elsewhere than on its stack is not part of the state that spin.c compares.
  if (LKS_UNLIKELY(thread->lookCount) && !reads &&
      (address < (uintptr_t)thread->stackLow || address >= (uintptr_t)thread->stackHigh))
    thread->lookCount = 0;
  if (LKS_UNLIKELY(++thread->quietAccesses >= thread->quietLimit))
    lks_meetQuietLimit(thread, address, reads, programCounter);
}
/// Whether something may be learned that gives later executions other steps; notes that it was.
static inline bool lks_learns(LKSExploration *exploration) {
  if (exploration->plan.learnsNothing) return false;
  exploration->grew = true;
  return true;
}
/// Writes down something that is no choice.
LKSEvent *lks_annotate(
    LKSThread *thread, LKSKind kind, uint64_t object, uint64_t value, uintptr_t programCounter);
/// Ends the execution from a controlled thread; does not return.
__attribute__((noreturn)) void lks_endExecution(LKSExploration *exploration, LKSEnding ending);
/// Runs a thread ahead to its first announcement.
void lks_runAhead(LKSThread *thread, LKSThread *child);
LKSThread *lks_newThread(LKSExploration *exploration, LKSThread *parent);
void lks_uncontrolled(LKSExploration *exploration, const char *name);

static inline LKSPending *lks_prepare(
    LKSThread *thread, LKSKind kind, uintptr_t address, uint32_t size, uintptr_t programCounter) {
  LKSPending *pending = &thread->pending;
  memset(pending, 0, sizeof *pending);
  pending->kind = (uint8_t)kind;
  pending->address = address;
  pending->object = lks_objectName(thread->exploration, address);
  pending->size = size;
  pending->programCounter = programCounter;
  return pending;
}

// MARK: memory.c

/// Who touched eight bytes of memory in this execution, and whether two threads ever did.
typedef struct LKSCell {
  uint32_t stamp;
  uint16_t writerSegment;
  uint16_t readerSegment;
  /// Threads plus one; zero is none.
  uint8_t writer;
  uint8_t reader;
  bool manyReaders;
  /// Kept from one execution to the next.
  bool isShared;
} LKSCell;

/// A cell of a word that is not near.
typedef struct LKSFarCell {
  uint64_t key;
  LKSCell cell;
} LKSFarCell;

/// Words at the beginning of an arena, and at the bottom of a stack, whose cells need no look-up.
#define LKS_NEAR_WORDS 4096
/// Cells of one thread: those of its arena, those of its stack, and a gap (see LKS_STAGGER).
#define LKS_NEAR_STRIDE (LKS_NEAR_WORDS * 2 + LKS_STAGGER / sizeof(LKSCell))

/// The cell of the word at an address, where it is near; NULL elsewhere.
static inline LKSCell *lks_nearCell(const LKSExploration *exploration, uintptr_t address) {
  uintptr_t offset = address - (uintptr_t)exploration->region;
  if (LKS_LIKELY(offset < LKS_ARENAS_SIZE)) {
    uint64_t thread = offset >> LKS_ARENA_BITS;
    uintptr_t word = (address - exploration->arenaFloors[thread]) >> 3;
    if (LKS_LIKELY(word < LKS_NEAR_WORDS))
      return exploration->nearCells + thread * LKS_NEAR_STRIDE + word;
  } else if (offset < LKS_REGION_SIZE) {
    uint64_t thread = (offset - LKS_ARENAS_SIZE) / LKS_STACK_SIZE;
    uintptr_t top = LKS_STACK_SIZE - thread * LKS_STAGGER;
    uintptr_t word = (top - 1 - (offset - LKS_ARENAS_SIZE) % LKS_STACK_SIZE) >> 3;
    if (LKS_LIKELY(word < LKS_NEAR_WORDS))
      return exploration->nearCells + thread * LKS_NEAR_STRIDE + LKS_NEAR_WORDS + word;
  }
  return NULL;
}

/// Whether an access only repeats what its thread did last with the word: then it is no step, and
/// there is nothing to learn from it.
static inline bool lks_repeatsAccess(const LKSThread *thread, const LKSCell *cell, bool writes) {
  uint8_t self = thread->index + 1;
  uint16_t segment = (uint16_t)thread->segments[thread->index];
  if (cell->isShared || cell->stamp != thread->exploration->stamp) return false;
  return writes ? cell->writer == self && cell->writerSegment == segment && !cell->reader
                : cell->reader == self && cell->readerSegment == segment;
}

/// Makes room for the cells; false when there is none.
bool lks_cellsCreate(LKSExploration *exploration);
void lks_cellsDestroy(LKSExploration *exploration);

/// A place in the code of which something was learned: where a formal access is opened, or where
/// the fast path of a `Mutex` was inlined.
typedef struct LKSSite {
  uint64_t key;
  /// The lock is only tried: who finds it taken gives up.
  bool isTryLock;
  /// What happens in the access is not instrumented: it is a step of its own.
  bool isOpaque;
  /// A look that a thread came back to in the same state.
  bool isSpin;
  uint8_t roundsThatDiffer;
  /// Bytes of the variable that it accesses.
  uint32_t extent;
} LKSSite;

/// Takes a word for shared, since somebody waits for it to change.
void lks_markShared(LKSThread *thread, uintptr_t address);
void lks_access(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter);
/// The same of memory that is known to be shared.
void lks_stepAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, uintptr_t programCounter);
/// An atomic access; returns once it may be carried out.
void lks_atomicAccess(
    LKSThread *thread, uintptr_t address, size_t size, LKSKind kind, LKSOrder order,
    const uint64_t *expected, uintptr_t programCounter);
/// Announces the formal access left open, if it turned out to be a step of its own.
void lks_settleExternal(LKSThread *thread);
/// Goes on with an open access after a step, in which others may have written there.
void lks_resumeExternal(LKSThread *thread);
/// Meets an instrumented access while a formal one is open: is it what was opened?
void lks_meetAccess(
    LKSThread *thread, uintptr_t address, uint32_t size, bool writes, uintptr_t programCounter);

// MARK: spin.c

/// Meets a step that is about to be announced: is it a look that was taken before?
void lks_meetStep(LKSThread *thread);
/// Notes that a step of `self` may have changed what others looked at.
void lks_noteChange(LKSExploration *exploration, const LKSThread *self, const LKSEvent *event);
/// Notes that a thread has just looked.
void lks_noteLook(LKSThread *thread, const LKSEvent *event);
/// Follows a thread that has made no step for very long, access by access; true while there is more to
/// find out. What a loop looks at that only looks is taken for shared: then its looks are steps.
bool lks_suspectSpin(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter);
/// Whether the whole program is in a state in which it was before, and all that could go on did so in
/// between: a thread came round in a loop that only looks.
bool lks_isLivelock(LKSThread *thread);
/// Whether what an awaiting thread looked at has changed.
bool lks_changeIsSeen(const LKSThread *thread);

// MARK: objects.c

/// The model of a lock, semaphore, condition or initialiser.
typedef struct LKSObject {
  uint64_t key;
  uint32_t stamp;
  /// Thread that holds it, plus one.
  uint8_t owner;
  uint8_t kind;
  uint32_t depth;
  int64_t count;
  /// Whether `count` was read from the real semaphore in this execution.
  bool isKnown;
  /// Whether the real mutex was locked too.
  bool isReal;
  uint8_t queue[LKS_MAXIMUM_THREADS];
  uint8_t queueCount;
} LKSObject;

enum { LKS_OBJECT_MUTEX = 1, LKS_OBJECT_CONDITION, LKS_OBJECT_SEMAPHORE, LKS_OBJECT_ONCE,
       LKS_OBJECT_STREAM };

LKSObject *lks_object(LKSExploration *exploration, uintptr_t address, int kind);
/// Whether an object was met in this execution.
bool lks_hasObject(LKSExploration *exploration, uintptr_t address);
bool lks_pendingIsEnabled(LKSThread *thread);
/// Whether a step of this kind may have to wait; `lks_pendingIsEnabled` says whether it does.
bool lks_pendingMayWait(const LKSPending *pending);
/// Opens a lock's model, whoever held it.
void lks_disown(LKSExploration *exploration, LKSObject *lock);
/// Applies the chosen step to the models, and completes its event.
void lks_commitEffects(LKSThread *thread, LKSEvent *event);
/// Locks that an execution left locked are opened again.
void lks_objectsForget(LKSExploration *exploration);

// MARK: arena.c

/// Ends the execution's memory: what is still allocated keeps its place, the rest is used again.
void lks_arenasReset(LKSExploration *exploration);

// MARK: swift_mutex.c

typedef enum LKSMutexStep {
  /// Not a lock's word: an ordinary compare-and-swap.
  LKS_NO_MUTEX,
  /// The lock is taken: the exchange fails, and what the thread does next is its step.
  LKS_MUTEX_TAKEN,
  /// The step was taken: the exchange succeeds.
  LKS_MUTEX_STEP,
} LKSMutexStep;

/// Recognises the inlined fast path of `Synchronization.Mutex`, and announces its step.
LKSMutexStep lks_mutexExchange(
    uintptr_t address, size_t size, uint64_t expected, uint64_t desired, uintptr_t programCounter);
/// Whether the kernel's id of a thread is of one of the exploration's.
bool lks_isThreadOf(const LKSExploration *exploration, uint32_t kernelID);
void lks_wordLock(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter);
bool lks_wordTryLock(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter);
void lks_wordUnlock(LKSThread *thread, _Atomic uint32_t *word, uintptr_t programCounter);

// MARK: callers.c

/// What is known of a return address.
typedef struct LKSCallSite {
  uint64_t key;
  bool isLibrary;
  bool isReporter;
} LKSCallSite;

/// Whether a call from this address is made by a library for itself.
bool lks_isLibraryCaller(LKSExploration *exploration, uintptr_t programCounter);

/// Whether a call is made by a library that reports on tests.
bool lks_isReporter(LKSExploration *exploration, uintptr_t programCounter);

// MARK: symbols.c

/// The name of the function at an address, local ones of libraries included; NULL if unknown.
const char *lks_symbolName(uintptr_t address);

// MARK: signals.c

void lks_watch(LKSExploration *exploration);
void lks_unwatch(LKSExploration *exploration);
void lks_installCrashHandlers(void);
/// Gives a kernel thread a stack for signals, since a program's stack may be what overflowed; NULL
/// when it has one already.
void *lks_giveSignalStack(void);
/// Takes it away again at the kernel thread's end.
void lks_takeSignalStack(void *stack);
/// Ends the execution where the program would have ended the process.
__attribute__((noreturn)) void lks_crash(
    LKSThread *thread, uint64_t reason, uintptr_t programCounter);

// MARK: Output

/// Writes to standard error by a bare system call.
void lks_writeError(const char *text, size_t count);

// MARK: Real functions

/// The next definition of a function after ours.
void *lks_next(const char *name);
#define LKS_REAL(function)                                               \
  ({                                                                     \
    static _Atomic(__typeof__(&function)) real_;                         \
    __typeof__(&function) found_ = atomic_load_explicit(&real_, memory_order_relaxed); \
    if (LKS_UNLIKELY(!found_)) {                                         \
      found_ = (__typeof__(&function))lks_next(#function);               \
      atomic_store_explicit(&real_, found_, memory_order_relaxed);       \
    }                                                                    \
    found_;                                                              \
  })

#endif
