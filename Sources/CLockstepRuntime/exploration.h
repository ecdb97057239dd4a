/// An exploration, and the execution of it that is under way.
#ifndef LKS_EXPLORATION_H
#define LKS_EXPLORATION_H

#include "body_task.h"
#include "external.h"
#include "forked.h"
#include "latch.h"
#include "library_state.h"
#include "rounds.h"
#include "table.h"
#include "thread.h"


#define LKS_MAXIMUM_UNCONTROLLED 32
#define LKS_MAXIMUM_INPUTS 16
#define LKS_MAXIMUM_LEFT_LOCKS 4
/// Clocks of the kernel's by number, CLOCK_TAI the last.
#define LKS_CLOCKS 12
/// Descriptions of thrown errors kept in a detailed execution.
#define LKS_MAXIMUM_ERRORS 32
/// Bytes of one execution's output that are kept at most.
#define LKS_KEPT_OUTPUT (64u << 10)

/// What is noted of libswift_Concurrency, in kinds of `LKSTaskEvidenceKind`: see task_evidence.h.
typedef struct LKSTaskEvidence {
  bool isGathered;
  uint32_t withheld;
  uint32_t seen;
} LKSTaskEvidence;

struct LKSExploration {
  LKSMode mode;
  const uint8_t *dependence;
  int slot;
  uint8_t *region;
  LKSThread *threads;
  /// By thread, where what this execution allocates begins.
  uintptr_t arenaFloors[LKS_MAXIMUM_THREADS];
  LKSContext driver;
  /// What the clocks of the world show when an execution starts, by clock: the same in each.
  uint64_t startTimes[LKS_CLOCKS];
  /// The kernel's id of the thread that runs it.
  uint32_t driverID;
  LKSThread *running;

  // The execution under way
  LKSPlan plan;
  uint32_t liveCount;
  /// Threads that announced a step, and those of them whose step may have to wait.
  uint64_t ready;
  uint64_t mayWait;
  /// Threads that announced an inlined attempt at a lock.
  uint64_t attempting;
  /// Threads that are the last to go on of themselves: time passes when nothing else can happen.
  uint64_t lazy;
  /// Threads that announced a step that waits until a time has come.
  uint64_t timed;
  /// Nanoseconds that its threads have slept.
  uint64_t slept;
  uint64_t sleeping;
  uint64_t random;
  int32_t last;
  /// Steps that the last thread has taken in a row.
  uint32_t turn;
  /// States of the whole program at which a thread came round, since a step that may have changed more
  /// than who holds which lock.
  LKSRounds lookRounds;
  /// Those in the present block of steps, where the plan asks for them, and what was written to so far.
  LKSRounds rounds;
  uint64_t roundBlock;
  LKSWritten written[LKS_MAXIMUM_WRITTEN];
  uint32_t writtenCount;
  /// Whether the trace so far is that of the run before, whose events are kept.
  bool repeats;
  /// Threads that asked for the program's end.
  uint64_t leavers;
  /// Whether the program has freed a block.
  bool hasFreed;
  /// Whether the program may have written to the file that is its output, past what is kept.
  bool writesToFile;
  /// A lazy global or the like was initialised: later executions are shorter.
  bool initialisedOnce;
  void (*body)(void *);
  void *bodyArgument;

  LKSEvent *trace;
  /// Events of the run before that are still in `trace`.
  size_t formerCount;
  size_t traceCapacity;

  /// What was found out of places in the code, to be asked quickly: see external.c.
  LKSFormalCode formalCode;

  /// Cells of the words where nearly all accesses go: by thread, the beginning of its arena and the
  /// bottom of its stack.
  struct LKSCell *nearCells;
  LKSTable objects;
  uint32_t heldLocks;

  uintptr_t *stacks;
  size_t stackWords;
  size_t stackCapacity;
  char *output;
  size_t outputCapacity;

  char errorTexts[LKS_MAXIMUM_ERRORS][128];
  uint32_t errorCount;

  /// The Swift task that the body is, where it is one.
  LKSBody taskBody;
  _Atomic bool resumedFromOutside;
  /// Where body_task.c keeps that it is a body; -1 where it does not.
  int bodyPlace;
  bool hasWaitedForOutside;
  /// By task, what was known when it was suspended: see swift_tasks.c.
  LKSTable tasks;
  /// By what they are known by, whether they were resumed: see continuations.c.
  LKSTable continuations;
  LKSTimers timers;
  LKSLibraryState libraryState;
  /// What is done once and waited for in this execution.
  LKSLatch *latches;
  uint32_t latchCount;
  uint32_t latchCapacity;
  /// Whether the main queue is the main thread's, and the latch, plus one, by which it gets that.
  bool hasMainQueue;
  uint32_t mainGate;
  LKSTable queues;
  LKSTable groups;
  LKSTable sources;
  /// Work that this execution handed to Dispatch.
  LKSItem *items;

  uint64_t abandoned;
  bool isMemoryUsedUp;

  // Executions in children: see forked.c
  /// What children share with the process that makes them; NULL where executions are its own.
  LKSSharedMemory *shared;
  /// All of this as it is before an execution.
  LKSExploration *pristine;
  /// The kernel's id of the child under way.
  _Atomic int32_t child;
  bool isChild;
  /// A debugger looks at it: see debugger.c.
  bool isDebugged;
  /// Where it was in the kernel then; NULL where it was not.
  const char *heldUpIn;
  /// Bytes that its threads allocated.
  uint64_t allocated;
  uint64_t memoryLimit;
  /// One past the highest address of the first thread's stack that an execution uses.
  uintptr_t mainStackTop;

  uint64_t watchedSteps;
  uint32_t watchedStamp;
  uint32_t quietSeconds;
  _Atomic bool isRunning;

  // From here to the end: what is kept of an execution that took place in a child (see forked.c).

  // What is learned, for the executions to come
  LKSTable cells;
  LKSTable sites;
  LKSTable callers;
  /// Queues and groups of which more is a step than of others, by their names.
  LKSTable watched;
  /// By parent and place among its children, a thread's number; 0 is not yet known.
  uint8_t children[LKS_MAXIMUM_THREADS][LKS_MAXIMUM_THREADS];
  uint32_t numberCount;
  /// Numbers of the threads that run jobs: each runs one after another.
  uint8_t jobNumbers[LKS_MAXIMUM_THREADS];
  uint32_t jobNumberCount;
  /// Whether any place is known where threads come round in the same state.
  bool hasSpins;
  /// Whether some thread asks if another has ended: then ends are steps.
  bool seesEnds;
  /// Whether two threads ended the program at once: then who comes first is a step.
  bool seesLeavers;
  /// Whether an execution called libswift_Concurrency, or was handed a job by it.
  bool usesTasks;
  LKSTaskEvidence evidence;
  const char *uncontrolled[LKS_MAXIMUM_UNCONTROLLED];
  size_t uncontrolledCount;
  LKSInput inputs[LKS_MAXIMUM_INPUTS];
  uint32_t inputCount;
  /// Where locks were taken that were still held when all was over.
  uintptr_t leftLocks[LKS_MAXIMUM_LEFT_LOCKS];
  uint32_t leftLockCount;
  uint64_t instrumentedCalls;

  // What the execution showed
  uint32_t stamp;
  LKSEnding ending;
  uint32_t threadCount;
  _Atomic uint64_t steps;
  uint32_t preemptions;
  size_t repeatedEvents;
  bool grew;
  bool bodyReturnedEarly;
  uint32_t divergedStep;
  LKSBlocked divergence;
  size_t traceCount;
  LKSBlocked blocked[LKS_MAXIMUM_THREADS];
  size_t blockedCount;
  size_t outputCount;
  /// The execution came to an end that the runtime knows of.
  bool isOver;
  /// The child took no step for too long.
  _Atomic bool isStuck;
  /// Threads of the pool that an execution asked for in vain.
  uint32_t poolNeeded;
  /// The program asked for the process's end.
  bool isExiting;
  int32_t exitStatus;
  /// The execution is none of the program's: something does not hold that it assumes.
  bool isCut;
  /// The program puts another one in its place.
  bool execs;
  /// The program made processes of its own.
  bool forks;

  /// Explorations that the watchdog looks at.
  LKSExploration *next;
};

#endif
