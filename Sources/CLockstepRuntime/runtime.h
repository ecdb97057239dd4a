/// What the runtime's own files share.
#ifndef LKS_RUNTIME_H
#define LKS_RUNTIME_H

#include <string.h>
#include <sys/uio.h>
#include <time.h>

#include "compiler.h"
#include "exploration.h"
#include "memory.h"
#include "region.h"
#include "spin.h"
#include "table.h"
#include "thread.h"

/// The controlled thread that this code runs on, or NULL.
extern __thread LKSThread *lks_current __attribute__((tls_model("initial-exec")));
extern __thread LKSProbe *lks_currentProbe __attribute__((tls_model("initial-exec")));

/// The controlled thread, unless the runtime itself is at work on it.
static inline LKSThread *lks_controlled(void) {
  LKSThread *thread = lks_current;
  return thread && LKS_LIKELY(thread->inRuntime == 0) ? thread : NULL;
}

/// The controlled thread, unless what it does to memory is nobody's business: see once.c.
static inline LKSThread *lks_observed(void) {
  LKSThread *thread = lks_current;
  return thread && LKS_LIKELY((thread->inRuntime | thread->quiet) == 0) ? thread : NULL;
}

// MARK: context.c

/// Makes a thread's context ready to run its body from the start, with fresh local variables.
bool lks_contextPrepare(LKSThread *thread);
/// Leaves `from` where it is and goes on with `to`; returns when somebody goes on with `from`.
void lks_contextSwitch(LKSExploration *exploration, LKSContext *from, LKSContext *to);
/// Puts a context back to its beginning, after its thread was left in the middle of its frames.
void lks_contextReset(LKSThread *thread);
/// Hand-over: lets another context go on while this kernel thread goes back to the pool.
void lks_handTurnTo(LKSContext *context);
/// Hand-over: sleeps until that is done with the context whose word this is.
void lks_waitForTurn(_Atomic uint32_t *turn);
void lks_poolDestroy(LKSExploration *exploration);
/// Makes the first so many threads of the pool; false where the system gives no more.
bool lks_poolReserve(LKSExploration *exploration, uint32_t count);
/// Lets the process's first thread rest for good, its context to be adopted; called on it.
__attribute__((noreturn)) void lks_parkMainThread(void);
/// Makes that context the one of thread 0.
void lks_adoptMainThread(LKSExploration *exploration);
void lks_threadMain(LKSThread *thread);

// MARK: program.c

/// Before an execution: a test's job is its body.
void lks_prepareTest(void);
/// After one that came to its end: whether it was a test's, whose status is then known.
bool lks_judgeTest(LKSExploration *exploration);
/// A program's last step, after which it can go on to end the process.
void lks_finishProgram(LKSThread *thread, uintptr_t programCounter);
/// `exit`, for who called it there.
__attribute__((noreturn)) void lks_exit(int status, uintptr_t caller);

// MARK: debugger.c

/// What a debugger sets a breakpoint at: called by the thread that takes the step that was asked for,
/// before it does what the step is; or at the end, by the thread that was.
void lks_debuggerStop(void);
/// Says that the process of an execution is there to be looked at, and waits for who does.
void lks_awaitDebugger(LKSExploration *exploration, _Atomic int32_t *process);
/// The switch of an execution that is looked at.
void lks_debuggedSwitch(LKSContext *from, LKSContext *to);
/// Has the thread that the plan says stop where it stands now that the execution is over; ends the
/// process if there is one.
void lks_stopAtEnd(LKSExploration *exploration);

// MARK: execution.c

/// After a fork the kernel knows this thread by another id.
void lks_forgetKernelID(void);

// MARK: exploration.c

/// Makes an exploration out of zeros, and of what it shares with children.
LKSExploration *lks_explorationBegin(
    LKSExploration *exploration, LKSMode mode, const uint8_t *dependence);

// MARK: forked.c

/// Before a child is ended that took no step for too long: does it wait in the kernel?
void lks_noteHoldUp(LKSExploration *exploration, int32_t child);

// MARK: images.c

/// Finds out which libraries the program can do without: none, where it is one in Swift, and then true.
bool lks_findUnneededLibraries(void);
/// Whether the program is in Swift, or is in a process with one that is.
bool lks_needsSwift(void);
/// Whether a child has a library's code.
bool lks_hasInChildren(uintptr_t address);
/// Whether children are to do without them.
void lks_leaveOutLibraries(bool areLeftOut);

// MARK: outgoing.c

/// Has calls counted that the program makes to libraries: before anybody's execution.
void lks_noticeOutgoing(LKSExploration *exploration);

// MARK: swift_caches.c

void lks_fillLibraryCaches(void);

// MARK: pthread_thread.c

/// Runs a thread's body until it returns or ends itself by `pthread_exit`.
void lks_runBody(LKSThread *thread);
void lks_runThreadDestructors(void);
int lks_threadCreate(
    pthread_t *handle, const pthread_attr_t *attributes, void *(*start)(void *), void *argument,
    uintptr_t caller);
int lks_threadJoin(pthread_t handle, void **result, uintptr_t caller);
/// A thread is about to end: whoever asks whether it has is to see when.
void lks_announceEnd(LKSThread *thread);

// MARK: once.c

int lks_once(pthread_once_t *control, void (*initialise)(void), uintptr_t caller);

// MARK: pthread_mutex.c

/// Gives up the real mutex of a condition's wait; the model gives it up with the step.
void lks_mutexGiveUp(LKSThread *thread, pthread_mutex_t *mutex);
int lks_mutexTakeAgain(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller);
/// A mutex, new where an old one may have been.
void lks_mutexForget(pthread_mutex_t *mutex, uintptr_t caller);
/// A mutex that is about to be destroyed.
void lks_mutexEnd(pthread_mutex_t *mutex, uintptr_t caller);
// The functions of their names, called from an address: C11 calls them by other names.
int lks_mutexLock(pthread_mutex_t *mutex, uintptr_t caller);
int lks_mutexTryLock(pthread_mutex_t *mutex, uintptr_t caller);
int lks_mutexTimedLock(pthread_mutex_t *mutex, const struct timespec *time, uintptr_t caller);
int lks_mutexUnlock(pthread_mutex_t *mutex, uintptr_t caller);

// MARK: pthread_robust.c

/// Bit 4 of glibc's `__kind` (nptl/pthreadP.h).
static inline bool lks_mutexIsRobust(const pthread_mutex_t *mutex) {
  return mutex->__data.__kind & 16;
}
/// What an acquisition tells of the owner before.
int lks_mutexInherit(LKSThread *thread, pthread_mutex_t *mutex, uintptr_t caller);
/// Before a step that gives the mutex up: who has not made it consistent leaves it of no use.
void lks_mutexBequeath(LKSThread *thread, pthread_mutex_t *mutex);
/// A thread ends that may hold robust mutexes.
void lks_giveUpRobustMutexes(LKSThread *thread);

// MARK: pthread_cond.c

/// When a wait ends that nobody ends.
typedef struct LKSDeadline {
  clockid_t clock;
  const struct timespec *time;
} LKSDeadline;
/// After the step of a wait: its end, by a signal or otherwise, and the mutex again. Returns 0 or
/// `ETIMEDOUT`.
int lks_conditionEndWait(
    LKSThread *thread, uintptr_t condition, uintptr_t mutex, bool isOfLibrary,
    const LKSDeadline *deadline, uintptr_t caller);
int lks_conditionWait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *time,
    uintptr_t caller);
int lks_conditionWake(pthread_cond_t *condition, LKSKind kind, uintptr_t caller);

// MARK: jobs.c

typedef struct dispatch_queue_s *dispatch_queue_t;

/// Runs a job on a thread of its own, ahead to its first announcement.
///
/// The caller's latest step, and the last one before a job ends, must depend on each other.
/// `prepare` makes the thread ready for what `start` needs, if there is anything.
LKSThread *lks_startJob(
    LKSThread *thread, LKSJob job, void *(*start)(void *),
    void (*prepare)(LKSThread *thread, LKSThread *child));

// MARK: latch.c

/// A latch named after a thread, for what `holder` will do.
uint32_t lks_newLatch(LKSThread *maker, uintptr_t owner, uint8_t holder);
/// One named after its owner, which has no other.
uint32_t lks_newGate(LKSExploration *exploration, uintptr_t owner);
void lks_completeLatch(LKSThread *thread, uint32_t latch);
void lks_awaitLatch(LKSThread *thread, uint32_t latch, uintptr_t programCounter);
const LKSLatch *lks_latchNamed(const LKSExploration *exploration, uint64_t object);

// MARK: dispatch_*.c

size_t lks_queueSize(void);
size_t lks_groupSize(void);
size_t lks_sourceSize(void);
/// Whether a queue is the task runtime's own.
bool lks_isTaskQueue(const void *queue);
void lks_asyncFunction(
    LKSThread *thread, dispatch_queue_t queue, LKSJob job, uintptr_t programCounter);
/// A job of a task whose executor is a queue.
void lks_enqueueTaskJob(
    LKSThread *thread, uintptr_t queue, LKSJob job, uintptr_t programCounter);
/// Does the work of a program's main thread.
void lks_runOnMainQueue(LKSThread *thread, void (*work)(void));
/// Gives a job of a task its place in the main queue, which waits for what came before.
void lks_enterMainQueue(LKSThread *thread, LKSThread *child);
void lks_leaveMainQueue(LKSThread *thread);
void lks_itemsForget(LKSExploration *exploration);
void lks_sourcesForget(LKSExploration *exploration);
/// Has libdispatch make this kernel thread's variables, before any execution could.
void lks_warmUpDispatch(void);

// MARK: swift_tasks.c

/// The address by which steps on what tasks share are known.
uintptr_t lks_taskObject(void);
/// All that the thread did so far happens before whatever learns of this key.
void lks_publish(LKSThread *thread, uint64_t key);
void lks_learn(LKSThread *thread, uint64_t key);
/// Runs a job of a task on this thread.
void lks_runTaskJob(LKSThread *thread);

/// Makes the job that this kernel thread kept back the execution's body.
void lks_takeBody(LKSExploration *exploration);
/// The execution is over that it was the body of.
void lks_leaveBody(LKSExploration *exploration);
size_t lks_taskClockSize(void);
size_t lks_continuationSize(void);
typedef struct LKSRange {
  uintptr_t start;
  size_t size;
} LKSRange;

/// Where the code of libswift_Concurrency lies.
extern LKSRange lks_taskLibrary;
static inline bool lks_isTaskLibrary(uintptr_t programCounter) {
  return programCounter - lks_taskLibrary.start < lks_taskLibrary.size;
}
/// A closure of the program's that libswift_Concurrency called has come to its end.
void lks_leaveClosure(LKSThread *thread, uintptr_t caller);
/// A step on what tasks share. Where the library goes on of itself, its place is that where the
/// program's code was left.
void lks_stepTasks(LKSThread *thread, LKSTaskCall call, uintptr_t programCounter);
/// The same, unless the thread's latest step was one and the program's own code did not run since; at
/// a place in the library.
void lks_meetTasks(LKSThread *thread, uintptr_t programCounter);
void lks_startTaskJob(LKSThread *thread, LKSJob job);

// MARK: trace.c

/// A new event, all zeros; ends the execution where there is no memory for one.
LKSEvent *lks_appendEvent(LKSExploration *exploration);
/// The event of the run before at this place, if it is this one again; NULL otherwise, and from then
/// on.
LKSEvent *lks_repeatEvent(
    LKSExploration *exploration, uint8_t thread, uint8_t kind, uint64_t object);
/// Where a thread left an instrumented function, so many before the latest time; 0 where it did not.
static inline uintptr_t lks_latestExit(const LKSThread *thread, uint32_t before) {
  return before < thread->exitCount && before < LKS_KEPT_EXITS
             ? thread->exits[(thread->exitCount - 1 - before) % LKS_KEPT_EXITS]
             : 0;
}
/// Keeps the running thread's call stack from a program counter on; its place among the stacks.
uint32_t lks_keepStack(LKSExploration *exploration, LKSThread *thread, uintptr_t top);
/// The bytes at an address, as a number; at most eight.
uint64_t lks_peek(uintptr_t address, uint32_t size);
/// Reads memory that the program may have given back, through the kernel (process_vm_readv(2)); how many
/// bytes, or an error below 0.
long lks_peekThrough(const struct iovec *to, const struct iovec *from, size_t count);
/// `lks_peek` by that way; false, and nothing, where no memory is.
bool lks_peekIfThere(uintptr_t address, uint32_t size, uint64_t *value);
/// Copies to memory of the program's as the kernel does for it; false, with `EFAULT`, where there is none.
bool lks_copyOut(void *to, const void *from, size_t size);
/// A hash of a variable of two words at most, and of the blocks that it points to.
uint64_t lks_contentHash(const LKSExploration *exploration, uintptr_t address);
/// Notes what the object is like that the event has read or written a reference to.
void lks_noteContent(LKSExploration *exploration, LKSEvent *event);
/// Reads what the thread wrote in its last step, whose event was written down before the write.
void lks_settleWrite(LKSThread *thread);
/// Notes what is at an event's address, at most eight bytes of it; nothing where the program has given
/// that memory back.
void lks_noteValue(LKSEvent *event, uintptr_t address);

// MARK: scheduler.c

/// Threads whose steps can be taken now.
uint64_t lks_enabledThreads(LKSExploration *exploration);
void lks_setState(LKSThread *thread, LKSState state);
/// Notes what kind of step a thread announces: most can be taken at any time.
void lks_announce(LKSExploration *exploration, LKSThread *thread);
/// The thread to take the next step, its step written down; NULL at the end of the execution.
LKSThread *lks_nextThread(LKSExploration *exploration, LKSThread *self);
/// Announces `thread->pending`, and returns once it was chosen.
void lks_step(LKSThread *thread);
/// The same of an attempt that waits until a time has come: others get their turn before.
void lks_timedStep(LKSThread *thread);
/// A step on nothing that others see, after which they get their turn.
void lks_giveWay(LKSThread *thread, uintptr_t programCounter);
/// Accesses in a row after which a thread may be waiting for one that could not yet run.
#define LKS_QUIET_ACCESSES 100000
/// A thread made that many.
void lks_meetQuietLimit(
    LKSThread *thread, uintptr_t address, bool reads, uintptr_t programCounter);

/// In a detailed execution: a hash of all that a thread wrote by no steps so far.
uint64_t lks_quietHash(LKSThread *thread);
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
/// Makes the thread of a number ready to run.
LKSThread *lks_openThread(LKSExploration *exploration, uint32_t index, LKSThread *parent);
/// Notes that a thread has joined another, whose number it may give to a child of its own.
void lks_noteJoined(LKSThread *thread, LKSThread *other);
void lks_uncontrolled(LKSExploration *exploration, const char *name);

/// Whether a step is an access to memory, which changes no model and waits for nothing of itself.
static inline bool lks_isMemory(uint8_t kind) { return kind <= LKS_OPAQUE_READ_WRITE; }

static inline LKSPending *lks_prepare(
    LKSThread *thread, LKSKind kind, uintptr_t address, uint32_t size, uintptr_t programCounter) {
  LKSPending *pending = &thread->pending;
  memset(pending, 0, sizeof *pending);
  thread->inTasks = false;
  pending->kind = (uint8_t)kind;
  pending->address = address;
  pending->object = lks_objectName(thread->exploration, address);
  pending->size = size;
  pending->programCounter = programCounter;
  return pending;
}

// MARK: time.c

/// What the clocks show when executions start.
void lks_readStartTimes(LKSExploration *exploration);
/// A step by which time goes on, after which others get their turn.
void lks_pass(LKSThread *thread, uint64_t duration, uintptr_t programCounter);
/// A thread waited in vain until a time had come, by a clock of the kernel's: so it has, by a step of
/// its own unless it had before.
void lks_passUntil(LKSThread *thread, clockid_t clock, uint64_t time, uintptr_t programCounter);
/// A time in nanoseconds.
uint64_t lks_nanoseconds(const struct timespec *time);

// MARK: objects.c

/// The model of a lock, semaphore, condition or initialiser.
typedef struct LKSObject {
  uint64_t key;
  uint32_t stamp;
  /// Thread that holds it, plus one.
  uint8_t owner;
  uint8_t kind;
  uint32_t depth;
  /// A semaphore's count, or how many hold a lock together.
  int64_t count;
  /// Whether `count` was read from the real semaphore in this execution.
  bool isKnown;
  /// Whether the real mutex was locked too.
  bool isReal;
  /// Of a mutex: whether the end of its owner gives it up, and whether one has ended so.
  bool isRobust;
  uint8_t ownerState;
  /// Whether it was made, destroyed, or is in memory that was freed: see lifetimes.c.
  uint8_t end;
  /// Who made it, and when: see `LKSThread.segments`.
  uint8_t beginner;
  uint32_t beginSegment;
  /// Whether a step on it was taken in this execution.
  bool isUsed;
  uint8_t queue[LKS_MAXIMUM_THREADS];
  uint8_t queueCount;
  /// Of a condition: of each signal that woke nobody yet, how many of `queue` it may wake; ascending.
  uint8_t signals[LKS_MAXIMUM_THREADS];
  uint8_t signalCount;
} LKSObject;

enum { LKS_OBJECT_MUTEX = 1, LKS_OBJECT_CONDITION, LKS_OBJECT_SEMAPHORE, LKS_OBJECT_ONCE,
       LKS_OBJECT_STREAM, LKS_OBJECT_BARRIER, LKS_OBJECT_FUTEX };

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

// MARK: conditions.c

/// Wakes a thread that waits for a condition, or leaves it to the schedule which; the event's value.
uint64_t lks_signalOne(LKSExploration *exploration, LKSObject *condition);
/// Wakes all that wait; the event's value.
uint64_t lks_signalAll(LKSExploration *exploration, LKSObject *condition);
/// Whether a thread may be the one that a signal wakes which has woken nobody yet.
bool lks_canWake(const LKSObject *condition, uint8_t thread);
/// Takes a thread out of those that wait for a condition, with the signal that is its, if there is one;
/// false if it was woken before.
bool lks_leaveWaiters(LKSExploration *exploration, LKSObject *condition, uint8_t thread);

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
  bool isClock;
  bool isReporter;
  bool isDispatch;
  bool isOfContinuation;
  bool isOfProgram;
  /// What libswift_Concurrency is about there, as an `LKSTaskCall`.
  uint8_t taskCall;
} LKSCallSite;

/// Whether a call from this address is made by a library for itself.
bool lks_isLibraryCaller(LKSExploration *exploration, uintptr_t programCounter);

/// What libswift_Concurrency is about at an address.
LKSTaskCall lks_taskCallAt(LKSExploration *exploration, uintptr_t programCounter);

/// Whether a call is made by `withCheckedContinuation` or the like.
bool lks_isContinuationCaller(LKSExploration *exploration, uintptr_t programCounter);
/// Whether a look at the clock from this address is the program's, by itself or through a public clock.
bool lks_looksAtClock(LKSExploration *exploration, uintptr_t programCounter);

/// Whether a call is made by the program, itself or through libstdc++, and by no other library.
bool lks_isOfProgram(LKSExploration *exploration, uintptr_t programCounter);

/// Whether a call is made by libdispatch, for its own threads and queues.
bool lks_isDispatch(LKSExploration *exploration, uintptr_t programCounter);

/// Whether a call is made by a library that reports on tests.
bool lks_isReporter(LKSExploration *exploration, uintptr_t programCounter);

// MARK: symbols.c

/// Whether a variable is one of the compiler's own, in which a program keeps what it has found out of
/// types: whoever comes first fills it, and all with the same.
bool lks_isCacheOfSwift(uintptr_t address);
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
/// One of them, found when it is first called, or when all are.
typedef struct LKSRealFunction {
  const char *name;
  _Atomic(void *) function;
} LKSRealFunction;
/// Finds all of them: a child would have to look for each anew.
void lks_findRealFunctions(void);
#define LKS_REAL(function_)                                                                     \
  ({                                                                                            \
    static LKSRealFunction real_ __attribute__((section("lks_real"), used)) = {#function_, NULL}; \
    void *found_ = atomic_load_explicit(&real_.function, memory_order_relaxed);                 \
    if (LKS_UNLIKELY(!found_)) {                                                                \
      found_ = lks_next(real_.name);                                                            \
      atomic_store_explicit(&real_.function, found_, memory_order_relaxed);                     \
    }                                                                                           \
    (__typeof__(&function_))found_;                                                             \
  })

#include "own_calls.h"

#include "library.h"
#include "lifetimes.h"

#endif
