/// A controlled thread: what it is about to do, its context, and what is known of it.
#ifndef LKS_THREAD_H
#define LKS_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include "CLockstepRuntime.h"
#include "copies.h"
#include "jobs.h"
#include "spin.h"

typedef struct LKSThread LKSThread;
typedef struct LKSQueueFrame LKSQueueFrame;
typedef struct LKSItem LKSItem;

/// When an atomic update stores: else it is a look, which tells nothing to those that look themselves.
typedef enum LKSCondition {
  LKS_ALWAYS = 0,
  /// A compare-and-swap: where the operand is there.
  LKS_IF_THERE,
  /// An exchange: unless the operand is there already, as in a lock that is held.
  LKS_UNLESS_THERE,
  /// `fetch_or`: unless all bits of the operand are set.
  LKS_UNLESS_SET,
  /// `fetch_and`: unless no other bits than those of the operand are.
  LKS_UNLESS_CLEAR,
} LKSCondition;

/// What a thread is about to do, and waits to be chosen for.
typedef struct LKSPending {
  uintptr_t address;
  uintptr_t otherAddress;
  uint64_t object;
  uint64_t other;
  uintptr_t programCounter;
  /// Of an atomic update with a condition: the operand, to tell beforehand whether it will only read. Of a
  /// sleep: how long it is, in nanoseconds. Of an arrival at a barrier: how many it takes.
  uint64_t expected;
  uint32_t size;
  uint8_t kind;
  uint8_t order;
  uint8_t flags;
  /// An `LKSCondition`.
  uint8_t condition;
  /// The step can be taken only once what the thread looked at has changed: see spin.c.
  bool awaits;
  bool watchesOwn;
  uint8_t otherSize;
  /// Whether the step can be taken, where the kind alone does not tell.
  bool (*ready)(LKSThread *thread);
  /// An inlined `Mutex` fast path: when the lock is taken meanwhile, the thread goes on at once to
  /// the slow path (or to give up), without a step.
  bool isLockAttempt;
  /// It waits until a time has come: where nothing says otherwise, others go first.
  bool isTimed;
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
  /// Nobody has gone on with it since it was made ready.
  bool isFresh;
} LKSContext;

#define LKS_SHADOW_STACK_DEPTH 256
#define LKS_KEPT_EXITS 4
#define LKS_ATOMIC_LOOKS 8
#define LKS_OUTER_ACCESSES 6

/// A formal access within which another was opened.
typedef struct LKSOuterAccess {
  uintptr_t address;
  uintptr_t site;
} LKSOuterAccess;

struct LKSThread {
  // What each access to memory asks for.
  LKSExploration *exploration;
  /// Set while the runtime runs on this thread's behalf: calls go straight through.
  int32_t inRuntime;
  /// Initialisers that it is inside of, whose accesses to memory are no steps.
  int32_t quiet;
  /// Now, as an `LKSMoment`: see memory.h.
  uint64_t moment;
  /// A formal access that was opened, and is not yet known to be instrumented itself.
  uintptr_t externalAddress;
  /// Accesses since its last step, but for those by which it only gave way, and how many there must be
  /// for it to be asked whether it waits for something.
  uint32_t quietAccesses;
  uint32_t quietLimit;
  /// How many of `looks` there are.
  uint32_t lookCount;
  /// Changes of what neither its stack nor its registers show, and calls that may be some (outgoing.c).
  uint32_t unseenChanges;

  LKSContext context;
  LKSPending pending;
  /// While it waits for a condition: its next step, once it is woken.
  LKSPending relock;
  uint8_t index;
  uint8_t state;
  /// Threads that it created in this execution.
  uint8_t childCount;
  bool yielded;
  LKSSuspicion suspicion;
  /// Steps in a row that read the same object at the same place.
  uint32_t repeatedReads;
  uint64_t repeatedObject;
  uintptr_t repeatedSite;
  uint32_t looksTaken;
  /// Number of its latest look that there was no room for.
  uint32_t missedLook;
  /// Those before were forgotten, since it changed anything.
  bool hasForgottenLooks;
  /// Whether its pending step is where it was before in the same state, having only looked since.
  bool isRoundAgain;
  /// The thread that it joined last, and that which was joined before this one was, plus one; 0 is none.
  uint8_t latestJoined;
  uint8_t joinedBefore;
  /// Recursive locks that it took once more.
  uint32_t innerHolds;
  /// The state in which it announced its step: see rounds.c.
  uint64_t roundState;
  /// Number of its latest step, from 1.
  uint64_t latestStep;
  LKSLook looks[LKS_MAXIMUM_LOOKS];
  /// The locks that it holds, as a sum of their hashes, and how many they are.
  uint64_t heldLocks;
  uint32_t heldCount;
  uint32_t robustHolds;
  /// Of a lock attempt that found the lock taken.
  bool attemptFailed;
  bool futexWoken;
  /// A wait of its own for a condition has ended for nothing.
  bool wokeForNothing;
  /// Of a lock attempt: where it was inlined, and whether its failure is already a step.
  uintptr_t attemptSite;
  bool attemptWasStep;
  /// Of a try-lock and other attempts: whether it succeeded.
  bool tookLock;
  /// Its latest step was a call of Swift's task runtime, which is still at work.
  bool inTasks;
  /// Where it left instrumented functions last, in turn: what an asynchronous function calls last is
  /// not called from it.
  uintptr_t exits[LKS_KEPT_EXITS];
  uint32_t exitCount;
  /// Locks that libraries hold on it for themselves.
  uint32_t libraryLocks;
  /// What it runs, where it is a job's.
  LKSJob job;
  /// Of a job of the main queue: its latch, plus one, and that of the one before it.
  uint32_t mainLatch;
  uint32_t mainTurn;
  /// Latches that were named after it.
  uint32_t latchCount;
  /// The queue whose work it does, the innermost.
  LKSQueueFrame *queueFrame;
  /// Of an arrival at a barrier: the threads that it lets go on. Of a look at a semaphore: its count.
  uint64_t released;
  /// What the clock stood at when it last looked at it or slept: see time.c.
  uint64_t knownTime;
  /// Looks at the clock since it last did anything else that others can see, and in all.
  uint32_t clockLooks;
  uint32_t allClockLooks;
  uint32_t libraryClockLooks;
  /// What it last read of atomic variables, each in the place that its name gives it.
  struct {
    uint64_t object;
    uint64_t value;
    uint32_t stamp;
    uint32_t size;
  } atomicLooks[LKS_ATOMIC_LOOKS];
  /// In detailed executions, a hash of what it wrote by no steps, and the latest of that, whose value is
  /// not there yet.
  uint64_t quietHash;
  uintptr_t quietAddress;
  uint32_t quietSize;
  /// Random numbers that it was given.
  uint32_t randomCount;
  /// Whether a key was given a value in it.
  bool usesKeys;
  uintptr_t bottomFrame;
  void *endOfBody[5];
  /// Its innermost clean-up handler of those that are kept on the stack.
  __pthread_unwind_buf_t *cleanUp;
  int32_t raceIgnored;
  /// Who goes on when this thread, run ahead to its next announcement, gets there.
  LKSThread *returnTo;

  /// Swift checks it for exclusivity, and will say when it ends.
  bool externalIsChecked;
  bool externalWrites;
  /// Where it was read, while its write is still to come; 0 before.
  uintptr_t externalRead;
  uintptr_t externalSite;
  /// Up to where nothing but instrumented accesses came since.
  uintptr_t externalFrom;
  uint32_t externalDepth;
  uint64_t externalSnapshot[2];
  /// Accesses that are open around it: `a.b.c += 1` opens all three before it touches the last.
  LKSOuterAccess externalOuter[LKS_OUTER_ACCESSES];
  /// The access that was open when this one was opened, which is none of those around it; or none.
  LKSOuterAccess externalFormer;
  uint32_t externalOuterCount;

  /// The call stack of `pending`, in a detailed execution.
  uint32_t pendingStack;

  /// What it read at a step of the function that it is in, which has more of them.
  LKSKeptBytes kept;

  /// The event whose written value can be read at the next announcement, plus one.
  size_t writtenEvent;
  /// Of a library's change: `lks_contentHash` before it.
  uint64_t contentBefore;

  /// Whether nobody may join it, or somebody has.
  bool isDetached, isJoined;
  void *(*start)(void *);
  void *argument;
  void *result;
  pthread_t handle;
  /// The id that the kernel knows the pool's thread by.
  uint32_t kernelID;
  /// The id that it owns a `Mutex` by: that of the kernel thread that it runs on, as the kernel must
  /// be able to hand the lock on.
  uint32_t lockID;
  char name[64];
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
  /// Most bytes that an execution used, and that one left allocated.
  size_t arenaMostUsed;
  size_t arenaMostLeft;
  /// Greatest alignment that was asked for.
  size_t arenaAlignment;
  _Atomic int64_t liveBlocks;

  /// What this thread knows of the others' progress by creation and join alone.
  uint32_t segments[LKS_MAXIMUM_THREADS];

  uint32_t depth;
  uintptr_t stack[LKS_SHADOW_STACK_DEPTH];
};

#endif
