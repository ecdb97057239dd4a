/// The runtime: carries out one schedule over real threads, and records a trace.
///
/// It decides nothing. It follows a prefix of choices, then the simple continuation that it was
/// handed, and writes down each step. DESIGN: "schedule in, trace out".
#ifndef CLOCKSTEP_RUNTIME_H
#define CLOCKSTEP_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LKS_MAXIMUM_THREADS 64

/// Kinds of steps and annotations; the numbers are those of the engine's `Event.Kind`.
typedef enum LKSKind {
  LKS_READ = 1,
  LKS_WRITE = 2,
  LKS_READ_MODIFY_WRITE = 3,
  LKS_OPAQUE_READ_WRITE = 4,
  LKS_LOCK = 5,
  LKS_TRY_LOCK = 6,
  LKS_TRY_LOCK_FAILED = 7,
  LKS_UNLOCK = 8,
  LKS_WAIT = 9,
  LKS_SIGNAL = 10,
  LKS_BROADCAST = 11,
  LKS_SEMAPHORE_WAIT = 12,
  LKS_SEMAPHORE_SIGNAL = 13,
  LKS_JOIN = 14,
  LKS_ONCE = 15,
  LKS_OUTPUT = 16,
  LKS_SEMAPHORE_TRY_WAIT = 17,
  LKS_SEMAPHORE_TRY_WAIT_FAILED = 18,
  LKS_WAIT_END = 19,
  LKS_LOCK_SHARED = 20,
  LKS_TRY_LOCK_SHARED = 21,
  LKS_TRY_LOCK_SHARED_FAILED = 22,
  LKS_UNLOCK_SHARED = 23,
  LKS_ARRIVE = 24,
  LKS_CALL = 25,
  LKS_AWAIT = 26,
  LKS_SHARED_CALL = 27,
  LKS_FINISH = 30,
  LKS_WAKE = 28,
  LKS_TIMED_WAKE = 29,
  LKS_SPAWN = 32,
  LKS_EXIT = 33,
  LKS_THROW = 34,
  LKS_FENCE = 35,
  LKS_YIELD = 36,
  LKS_CRASH = 37,
  LKS_SLEEP = 40,
  LKS_READ_CLOCK = 41,
  LKS_SEMAPHORE_READ = 42,
  LKS_RESUME = 44,
  LKS_COMPLETE = 45,
  LKS_SUSPEND = 48,
} LKSKind;

/// What a call of Swift's task runtime is for; the numbers are those of the engine's `TaskCall`.
typedef enum LKSTaskCall {
  LKS_TASK_STATE = 0,
  LKS_TASK_SWITCH = 1,
  LKS_TASK_CREATE = 2,
  LKS_TASK_CANCEL = 3,
  LKS_TASK_IS_CANCELLED = 4,
  LKS_TASK_CONTINUE = 5,
  LKS_TASK_SUSPEND = 6,
  LKS_TASK_GROUP = 7,
  LKS_TASK_HANDLER = 8,
  LKS_TASK_ENQUEUE = 9,
  LKS_TASK_RUN = 10,
  LKS_TASK_END = 11,
  LKS_TASK_TIME = 12,
  LKS_TASK_LEAVE = 13,
} LKSTaskCall;

/// The name of the program's clock: an address where nothing else is.
#define LKS_CLOCK 8ull

/// The kinds are numbered below this, so a relation on them is a table of its square.
#define LKS_KIND_COUNT 64

/// Memory orders; the numbers are those of the engine's `Event.Order`.
typedef enum LKSOrder {
  LKS_ORDER_NONE = 0,
  LKS_ORDER_RELAXED = 1,
  LKS_ORDER_CONSUME = 2,
  LKS_ORDER_ACQUIRE = 3,
  LKS_ORDER_RELEASE = 4,
  LKS_ORDER_ACQUIRE_RELEASE = 5,
  LKS_ORDER_SEQUENTIALLY_CONSISTENT = 6,
} LKSOrder;

typedef enum LKSEventFlags {
  LKS_RACE_IGNORED = 1,
  LKS_LIBRARY = 2,
  LKS_AFTER_YIELD = 4,
  LKS_HAS_VALUE = 8,
  /// A compare-and-swap, whatever came of it, or an update that only reads where it would store what is
  /// there.
  LKS_COMPARE_AND_SWAP = 16,
  /// The step could be taken only after a change of what the thread had looked at: of `object`, unless
  /// it is a lock to be taken, and of `other`, `otherSize` bytes of it.
  LKS_AWAITS = 32,
  /// A write that gives its bytes back.
  LKS_FREES = 64,
  /// A step by which a lock, a condition or a semaphore is destroyed.
  LKS_DESTROYS = 128,
  /// Of an atomic write instead: it comes upon the value that its thread last read there. Of a read: it is
  /// an update that stores what is there.
  LKS_FINDS_THE_SAME = 128,
} LKSEventFlags;

/// `value` of a signal that woke nobody.
#define LKS_NOBODY 255
/// `value` of the end of a wait without a time limit that nobody woke.
#define LKS_FOR_NOTHING 2
/// `value` of a signal that wakes one of several: a step of its own says whom.
#define LKS_SEVERAL 254

/// One step or annotation. One cache line.
///
/// In a detailed execution `other` of an access to memory, and of a thread's exit, is a hash of all that the
/// thread had written by no steps. `value` of a `LKS_OPAQUE_READ_WRITE` says whether the variable, or what it
/// points to, is another after than before. `sleeping` of a step is, if that has read or written a reference to
/// an object, a hash of the object's bytes at the time, but for its reference count; 0 otherwise.
typedef struct LKSEvent {
  uint64_t object;
  uint64_t other;
  uint64_t value;
  uint64_t programCounter;
  uint64_t enabled;
  uint64_t sleeping;
  uint32_t size;
  uint8_t thread;
  uint8_t kind;
  uint8_t order;
  uint8_t flags;
  uint8_t preferred;
  uint8_t otherSize;
  /// Of a step, a hash of where the function that took it was called; 0 where that is not known.
  uint16_t caller;
  /// Index into the call stacks kept while `LKSPlan.detailed`; 0 is none.
  uint32_t stack;
} LKSEvent;

typedef enum LKSEnding {
  LKS_COMPLETED = 0,
  LKS_DEADLOCKED = 1,
  LKS_REDUNDANT = 2,
  LKS_STEP_LIMIT = 3,
  LKS_DIVERGED = 4,
  LKS_TOO_MANY_THREADS = 5,
  LKS_OUT_OF_MEMORY = 6,
  /// The program trapped, aborted or touched memory that is not there: see the last event.
  LKS_CRASHED = 7,
  /// Threads went round in loops, each back in the state it was in, and nothing had changed.
  LKS_LIVELOCKED = 8,
  /// A child needs more threads than there were when it was made: once more, with more of them.
  LKS_TOO_FEW_THREADS = 9,
  /// A thread waits in the kernel for what nobody controls, and all others with it.
  LKS_HELD_UP = 10,
} LKSEnding;

typedef enum LKSContinuation {
  LKS_NON_PREEMPTIVE = 0,
  LKS_RANDOM = 1,
} LKSContinuation;

/// What to do in one execution.
typedef struct LKSPlan {
  const uint8_t *_Nullable prefix;
  size_t prefixCount;
  uint64_t sleeping;
  uint64_t seed;
  uint32_t branch;
  uint32_t stepLimit;
  LKSContinuation continuation;
  /// Keep call stacks and output: for an execution that will be shown.
  bool detailed;
  /// What is learned in it is not kept: later executions have the steps that earlier ones had.
  bool learnsNothing;
  /// The steps before `branch` are those of the run before, whose events can be kept.
  bool repeats;
  /// Compare states of the whole program, and end when one comes again, fairly: see rounds.c.
  bool endsAtRound;
  /// The first wait for a condition of each thread may end for nothing.
  bool wakesForNothing;
  /// For a debugger: the number of the step, from 1, at which to stop; 0 stops at the end alone, in
  /// the thread `stopThread`.
  uint32_t stopStep;
  uint8_t stopThread;
} LKSPlan;

/// `value` of a crash without a signal: a block freed twice.
#define LKS_FREED_TWICE 1000
/// `value` of a crash without a signal: no step for as long as the watchdog waits.
#define LKS_STUCK 1001
/// `value` of a crash without a signal: an access to memory that was freed.
#define LKS_USED_AFTER_FREE 1002
/// `value` of crashes without a signal, of locks, conditions and semaphores: see lifetimes.c.
#define LKS_DESTROYED_IN_USE 1003
#define LKS_USED_AFTER_DESTROY 1004
#define LKS_UNLOCKED_BY_OTHER 1005
#define LKS_BEGUN_IN_USE 1007
/// `value` of a crash without a signal: a thread that was joined is joined again.
#define LKS_JOINED_AGAIN 1008
/// `value` of a crash without a signal: a continuation that had been resumed was to be resumed again. The
/// execution ended before that.
#define LKS_RESUMED_TWICE 1006

/// Where a thread that can take no step stands.
typedef struct LKSBlocked {
  uint64_t object;
  uint64_t other;
  uint64_t programCounter;
  uint32_t stack;
  uint8_t thread;
  uint8_t kind;
  /// It only looks, again and again, and nobody changes what it looks at.
  bool awaits;
  /// The thread that would do what it waits for, or LKS_NOBODY.
  uint8_t holder;
  /// Of a step that waits for a change: bytes at `other` that it looked at, too.
  uint8_t otherSize;
} LKSBlocked;

typedef enum LKSMode {
  /// One kernel thread adopts the contexts of parked ones: nanoseconds a switch.
  LKS_ADOPT_CONTEXTS = 0,
  /// Kernel threads hand control to each other: microseconds, for valgrind and debuggers.
  LKS_HAND_OVER = 1,
} LKSMode;

typedef struct LKSExploration LKSExploration;

/// What tells this build of the executable from others, as its linker wrote it down, and its size in
/// bytes; NULL where it did not.
const uint8_t *_Nullable lks_buildID(size_t *_Nonnull count);

/// Whether this processor and kernel let one kernel thread adopt another's context.
bool lks_canAdoptContexts(void);

/// A new exploration, or NULL when there is no memory for its region.
///
/// `dependence` has LKS_KIND_COUNT² entries: whether two kinds on one object depend on each other.
LKSExploration *_Nullable lks_explorationCreate(LKSMode mode, const uint8_t *_Nonnull dependence);
void lks_explorationDestroy(LKSExploration *_Nonnull exploration);

/// Carries out one schedule of `body`, on threads of the exploration's own.
LKSEnding lks_run(
    LKSExploration *_Nonnull exploration, const LKSPlan *_Nonnull plan,
    void (*_Nonnull body)(void *_Nullable), void *_Nullable argument);

/// Ends what `lks_run` began: memory of the execution is reused from here on.
void lks_finish(LKSExploration *_Nonnull exploration);

const LKSEvent *_Nullable lks_trace(const LKSExploration *_Nonnull exploration, size_t *_Nonnull count);
const LKSBlocked *_Nullable lks_blocked(
    const LKSExploration *_Nonnull exploration, size_t *_Nonnull count);

/// A number that stands for the last execution's events, but for the order of accesses that commute, and
/// for where threads stood in the end. See trace_hash.c.
uint64_t lks_traceHash(const LKSExploration *_Nonnull exploration);

/// True when the last execution met memory shared by two threads that was not known to be shared,
/// so that its steps, and those of all executions before it, were too few.
bool lks_sharedGrew(const LKSExploration *_Nonnull exploration);
/// Forgets which memory is shared: what was learned while caches were still being filled is named
/// by where allocations lay then, and would make steps of other memory now.
void lks_forgetShared(LKSExploration *_Nonnull exploration);
/// True when the last execution ran a once-only initialiser of the process, which no later one will.
bool lks_initialisedOnce(const LKSExploration *_Nonnull exploration);
/// Whether the calling thread is controlled by an exploration.
bool lks_isControlled(void);
/// Events at the start of the last execution's trace that were met again as they had been in the run
/// before; 0 unless its plan said so and all steps before the branch were.
size_t lks_repeatedEvents(const LKSExploration *_Nonnull exploration);
/// How often a thread was taken off although it could have gone on, in the last execution.
uint32_t lks_preemptions(const LKSExploration *_Nonnull exploration);
/// One more than the highest number of a thread of the last execution.
uint32_t lks_threadCount(const LKSExploration *_Nonnull exploration);
/// Whether the program that is explored uses Swift tasks, as far as it ran.
bool lks_ranTasks(const LKSExploration *_Nonnull exploration);
/// True when thread 0 ended before another thread did.
bool lks_bodyReturnedEarly(const LKSExploration *_Nonnull exploration);
/// Calls from instrumented code seen in all executions.
uint64_t lks_instrumentedCalls(const LKSExploration *_Nonnull exploration);
/// Threads left in the middle of their frames by executions that did not end.
uint64_t lks_abandonedThreads(const LKSExploration *_Nonnull exploration);
/// Whether executions have left so much memory allocated that only those fit which show what was found.
bool lks_isMemoryUsedUp(const LKSExploration *_Nonnull exploration);
/// At a divergence: the kind and object that the asked-for thread was about to touch, if it could.
LKSBlocked lks_divergence(const LKSExploration *_Nonnull exploration, uint32_t *_Nonnull step);

/// Names of what was met and is not modelled, each once, in the order met.
size_t lks_uncontrolledCount(const LKSExploration *_Nonnull exploration);
const char *_Nullable lks_uncontrolledName(const LKSExploration *_Nonnull exploration, size_t index);

#define LKS_INPUT_NAME 80

/// Something that the program read and that nobody gave it.
typedef struct LKSInput {
  /// The function by which it did, and the file, if it is one.
  char name[LKS_INPUT_NAME];
  /// Behind the call; 0 where a library makes it.
  uint64_t programCounter;
  /// Whether it is made to be the same in each execution.
  bool isFixed;
} LKSInput;

size_t lks_inputCount(const LKSExploration *_Nonnull exploration);
const LKSInput *_Nullable lks_inputAt(const LKSExploration *_Nonnull exploration, size_t index);
/// Where a lock was taken that was still held when an execution was over; 0 behind the last.
uintptr_t lks_leftLock(const LKSExploration *_Nonnull exploration, size_t index);

/// The call stack `index` of a detailed execution, innermost first.
const uintptr_t *_Nullable lks_stack(
    const LKSExploration *_Nonnull exploration, uint32_t index, size_t *_Nonnull count);
/// What the threads of a detailed execution wrote to standard output and error.
const char *_Nullable lks_output(const LKSExploration *_Nonnull exploration, size_t *_Nonnull count);
/// Describes a Swift error that is being thrown, for a detailed execution; writes a C string.
typedef void (*LKSErrorDescriber)(const void *_Nonnull error, char *_Nonnull text, size_t size);
void lks_setErrorDescriber(LKSErrorDescriber _Nullable describer);
/// The description kept under a throw's `value`, or an empty string.
const char *_Nonnull lks_errorText(const LKSExploration *_Nonnull exploration, uint64_t value);
/// The name that thread `index` gave itself, or an empty string.
const char *_Nonnull lks_threadName(const LKSExploration *_Nonnull exploration, uint32_t index);
/// What a queue, a group, or what is waited for in one, is called: `queue 'com.example.log'`. Writes a C
/// string; false where the object is none.
bool lks_dispatchName(
    LKSExploration *_Nonnull exploration, uint64_t object, char *_Nonnull text, size_t size);
/// Entry point of thread `index`: its start routine.
uintptr_t lks_threadStart(const LKSExploration *_Nonnull exploration, uint32_t index);
/// First instrumented function that thread `index` entered, or 0.
uintptr_t lks_threadFirstFunction(const LKSExploration *_Nonnull exploration, uint32_t index);

/// Address of an object's first byte in the last execution.
uintptr_t lks_addressOf(const LKSExploration *_Nonnull exploration, uint64_t object);
/// The heap block that holds `address`: its first byte and size. False outside the arenas.
bool lks_heapBlock(
    const LKSExploration *_Nonnull exploration, uintptr_t address, uintptr_t *_Nonnull base,
    size_t *_Nonnull size);
/// Calls `visit` with each heap block of the last execution.
void lks_forEachHeapBlock(
    const LKSExploration *_Nonnull exploration,
    void (*_Nonnull visit)(uintptr_t base, size_t size, void *_Nullable argument),
    void *_Nullable argument);

// MARK: Whole programs

/// What explores this process's program, whose `main` has not begun; followed by the end of the process.
/// Defined by whoever links the runtime.
void lks_explorePrograms(void) __attribute__((weak));
/// Looks at an execution of the program, in its own process, when it is over: `lks_question` says what
/// for, and `lks_answer` takes what it shows. Defined by whoever links the runtime.
void lks_describeProgram(
    LKSExploration *_Nonnull exploration, LKSEnding ending) __attribute__((weak));

/// Fills caches that the program would have to fill anew in each execution, where it is one in Swift.
/// Defined by whoever links the runtime.
void lks_fillCaches(void) __attribute__((weak));

/// Where the process that explores says what it has found.
#define LKS_ANSWER_DESCRIPTOR 3

/// What the process was asked for; NULL where it was not.
const char *_Nullable lks_programRequest(void);

/// Seconds without a step and bytes of memory after which an execution is ended; before
/// `lks_programCreate`.
void lks_setProgramLimits(uint32_t seconds, uint64_t memory);
/// Has an execution that takes longer than half a second be ended; safe in a handler of signals.
void lks_interruptProgram(void);
/// An exploration of the program, each execution in a process of its own; NULL when there is no memory.
LKSExploration *_Nullable lks_programCreate(const uint8_t *_Nonnull dependence);

/// How an execution's process ended.
typedef struct LKSProcessEnd {
  /// What the program gave to `exit`, or returned from `main`.
  int32_t exitStatus;
  /// Whether the program came to that.
  bool hasExited;
  /// Whether something does not hold that the program assumes, so that there is nothing to say of it.
  bool isCut;
} LKSProcessEnd;

/// Carries out one schedule of the program.
LKSEnding lks_runProgram(
    LKSExploration *_Nonnull exploration, const LKSPlan *_Nonnull plan,
    LKSProcessEnd *_Nonnull end);
/// Carries out one, and has it looked at by `lks_describeProgram`, with a question of at most 16 MB.
LKSEnding lks_inspectProgram(
    LKSExploration *_Nonnull exploration, const LKSPlan *_Nonnull plan,
    const void *_Nonnull question, size_t count, LKSProcessEnd *_Nonnull end);
/// Begins to carry out one in a process that a debugger is to look at. Returns the process, which waits
/// for it; 0 where there is none.
int32_t lks_debugProgram(LKSExploration *_Nonnull exploration, const LKSPlan *_Nonnull plan);
/// Waits for the end of that.
void lks_awaitDebugged(void);
/// How the execution ended that is being looked at.
LKSProcessEnd lks_processEnd(const LKSExploration *_Nonnull exploration);
const void *_Nonnull lks_question(size_t *_Nonnull count);
/// Hands over what was seen; at most 16 MB.
void lks_answer(const void *_Nullable bytes, size_t count);
/// What the latest execution that was looked at gave, or NULL.
const void *_Nullable lks_takeAnswer(size_t *_Nonnull count);

// MARK: Tests of somebody's

/// The number of the test's case that is to be explored; below 0 in a process that is for something else.
int lks_testCase(void);
/// Explores a test's body, or the job that was kept back for it, in place of the program's `main`, from
/// the calling thread on; followed by the end of the process.
///
/// `status` says what came of it: 0 that it passed, above that it failed, below that it came to no end.
__attribute__((noreturn)) void lks_exploreTest(
    void (*_Nonnull body)(void *_Nullable), void *_Nullable argument,
    int32_t (*_Nonnull status)(void));
/// What is said to be uncontrolled in a test that calls `explore` itself.
#define LKS_EXPLORES_ITSELF "an exploration of its own"
/// Ends an execution whose test explores by itself; comes back in those of other programs.
void lks_leaveToTest(void);
/// Sees to it that a test is explored when its turn comes: `stored` is a struct of a closure that makes
/// it. Defined by whoever links the runtime.
void lks_arrangeTest(void *_Nonnull stored) __attribute__((weak));
/// The same of an array of XCTest's; gives the one to be run instead.
const void *_Nonnull lks_arrangeOldTests(const void *_Nonnull tests) __attribute__((weak));
/// Waits for an asynchronous test of XCTest's, until the other call for it comes.
void lks_awaitOldTest(const void *_Nonnull test);
void lks_endOldTest(const void *_Nonnull test);
/// How many failures XCTest has noted of a test case so far.
int lks_failuresOfOldTest(void *_Nonnull testCase);

// MARK: Jobs of Swift tasks

/// The next job that this thread hands to Dispatch is kept back, for the next execution.
void lks_captureNextJob(void);
/// Runs the job kept back on the calling controlled thread. The jobs that it leads to are threads of
/// the execution of their own.
void lks_runCapturedJob(void);

/// What arrives from libswift_Concurrency, or is found to be in memory as it is read.
typedef enum LKSTaskEvidenceKind {
  /// A job of a task is handed over, and one of an actor.
  LKS_EVIDENCE_JOB = 1,
  LKS_EVIDENCE_ACTOR_JOB = 2,
  LKS_EVIDENCE_TIMER = 4,
  /// A task goes on, and is suspended.
  LKS_EVIDENCE_RESUME = 8,
  LKS_EVIDENCE_SUSPEND = 16,
  /// The task that goes on is the one that was handed over, and is of a task's kind.
  LKS_EVIDENCE_TASK_LAYOUT = 32,
  /// Where a task goes on is code.
  LKS_EVIDENCE_RESUME_LAYOUT = 64,
  /// Marks for ThreadSanitizer: after a look, before a task's end, before a job is enqueued, before an
  /// actor is given up.
  LKS_EVIDENCE_ACQUIRE = 1 << 8,
  LKS_EVIDENCE_RELEASE_END = 1 << 9,
  LKS_EVIDENCE_RELEASE_ENQUEUE = 1 << 10,
  LKS_EVIDENCE_RELEASE_LEAVE = 1 << 11,
  /// Entry points that programs call.
  LKS_EVIDENCE_CALL_SWITCH = 1 << 16,
  LKS_EVIDENCE_CALL_CREATE = 1 << 17,
  LKS_EVIDENCE_CALL_CANCEL = 1 << 18,
  LKS_EVIDENCE_CALL_IS_CANCELLED = 1 << 19,
  LKS_EVIDENCE_CALL_CONTINUE = 1 << 20,
  LKS_EVIDENCE_CALL_SUSPEND = 1 << 21,
  LKS_EVIDENCE_CALL_GROUP = 1 << 22,
  LKS_EVIDENCE_CALL_BEGIN = 1 << 23,
} LKSTaskEvidenceKind;

/// From here on an exploration notes what kinds of evidence it meets. Those that are `withheld` do not
/// arrive, as if the library had never sent them.
void lks_gatherTaskEvidence(LKSExploration *_Nonnull exploration, uint32_t withheld);
/// The kinds that were met.
uint32_t lks_taskEvidence(const LKSExploration *_Nonnull exploration);

/// The next closure of this thread that Swift would find to have escaped may have: threads left in
/// the middle of their frames keep it and will never call it.
void lks_permitEscape(void);

// MARK: Proofs and limits of the process

/// Number of modules compiled with instrumentation that announced themselves at start-up.
uint64_t lks_instrumentedModules(void);
/// Counts of calls seen on this thread between two calls, outside any exploration.
typedef struct LKSProbe {
  uint32_t reads;
  uint32_t writes;
  uint32_t locks;
} LKSProbe;
void lks_probeBegin(void);
LKSProbe lks_probeEnd(void);
/// Whether a call to `pthread_mutex_lock` bound as a library's is arrives here.
bool lks_probeInterposition(void);

/// The size of the variable that begins at an address, within a heap block or (size 0) outside the
/// arenas; 0 where it cannot be told.
typedef uint32_t (*LKSExtentFinder)(uintptr_t address, uintptr_t block, size_t blockSize);
void lks_setExtentFinder(LKSExtentFinder _Nullable finder);

/// Called on a crash or at the watchdog's end, to write the schedule down; must be
/// async-signal-safe. `reason` is a short phrase.
typedef void (*LKSLastWords)(const char *_Nonnull reason, LKSExploration *_Nonnull exploration);
void lks_setLastWords(LKSLastWords _Nullable lastWords);
/// Seconds without a visible step after which the watchdog ends the process; 0 switches it off.
void lks_setWatchdog(uint32_t seconds);

#endif
