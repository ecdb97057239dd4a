/// Swift tasks. Between two suspensions a task is a job, which libswift_Concurrency hands to Dispatch:
/// each is a thread of its own here.
///
/// What tasks share (futures, groups, actors' queues, flags of cancellation) is in that library, which
/// is not instrumented. It is one object: whatever looks at it or changes it is a step on it, and any
/// two such steps depend on each other. A step is taken where a program enters the library, and, where
/// the library goes on of itself (a task has come to its end), at the marks that it makes for
/// ThreadSanitizer and at its own locks, if no step on the object came since the program's own code.
#include <dlfcn.h>
#include <link.h>
#include <time.h>

#include "body_task.h"
#include "continuations.h"
#include "runtime.h"
#include "task_calls.h"
#include "task_evidence.h"

extern struct dispatch_queue_s _dispatch_main_q __attribute__((weak));
extern void dispatch_async_f(dispatch_queue_t queue, void *context, void (*work)(void *));
extern void (*_swift_tsan_acquire)(const void *address) __attribute__((weak));
extern void (*_swift_tsan_release)(const void *address) __attribute__((weak));

/// What tasks share, by its address.
static char shared;

LKSRange lks_taskLibrary;

uintptr_t lks_taskObject(void) { return (uintptr_t)&shared; }

// MARK: Steps

/// Takes a step on what tasks share that is about one thing among them, or about none, which is 0.
static void stepAbout(
    LKSThread *thread, LKSTaskCall call, uintptr_t programCounter, uint64_t about) {
  lks_settleExternal(thread);
  if (!programCounter || lks_isTaskLibrary(programCounter)) programCounter = lks_latestExit(thread, 0);
  LKSPending *pending = lks_prepare(thread, LKS_CALL, (uintptr_t)&shared, 1, programCounter);
  pending->other = call;
  pending->expected = about;
  lks_step(thread);
  thread->inTasks = true;
}

void lks_stepTasks(LKSThread *thread, LKSTaskCall call, uintptr_t programCounter) {
  stepAbout(thread, call, programCounter, 0);
}

void lks_meetTasks(LKSThread *thread, uintptr_t programCounter) {
  if (!thread->inTasks)
    lks_stepTasks(
        thread, lks_taskCallAt(thread->exploration, programCounter), programCounter);
}

void *lks_noteTaskCall(
    uint32_t index, uintptr_t caller, uintptr_t first, uintptr_t second, uintptr_t self);

/// Whether a hop stays where it is.
static bool isNoHop(uintptr_t executor) {
  typedef struct {
    uintptr_t identity, implementation;
  } Executor;
  extern Executor swift_task_getCurrentExecutor(void) __attribute__((weak));
  return swift_task_getCurrentExecutor && swift_task_getCurrentExecutor().identity == executor;
}

static uint64_t nameOf(LKSThread *thread, const char *task);

/// A step by which a continuation is resumed, which must not have been before.
static void resume(LKSThread *thread, uintptr_t caller, uintptr_t continuation) {
  uint64_t about = continuation ? nameOf(thread, (const char *)continuation) : 0;
  stepAbout(thread, LKS_TASK_CONTINUE, caller, about);
  if (continuation) lks_meetResumption(thread, continuation, caller);
}

/// A step at an entry point; returns where it goes on.
void *lks_noteTaskCall(
    uint32_t index, uintptr_t caller, uintptr_t first, uintptr_t second, uintptr_t self) {
  extern void *swift_task_getCurrent(void) __attribute__((weak));
#define LKS_NAME(name, index, call) #name,
#define LKS_CALL_OF(name, index, call) call,
  static const char *const names[] = {LKS_TASK_CALLS(LKS_NAME)};
  static const uint8_t calls[] = {LKS_TASK_CALLS(LKS_CALL_OF)};
  static _Atomic(void *) found[LKS_TASK_CALL_COUNT];
  void *next = atomic_load_explicit(&found[index], memory_order_relaxed);
  if (LKS_UNLIKELY(!next)) {
    next = lks_next(names[index]);
    atomic_store_explicit(&found[index], next, memory_order_relaxed);
  }
  LKSThread *thread = lks_controlled();
  if (!thread) return next;
  thread->exploration->usesTasks = true;
  LKSTaskCall call = calls[index];
  // A function's last act, so that who called it cannot be told; but the library itself does not come
  // this way.
  bool isLast = call == LKS_TASK_SWITCH || call == LKS_TASK_SUSPEND;
  if (call == LKS_TASK_SWITCH ? isNoHop(second) : !isLast && lks_isTaskLibrary(caller)) return next;
  if (!lks_arrives(thread, lks_evidenceOfCall(call))) return next;
  if (index == LKS_CONTINUATION_INIT)
    lks_beginContinuation(thread, (uintptr_t)swift_task_getCurrent());
  else if (call == LKS_TASK_CONTINUE)
    resume(thread, caller, lks_continuationOf(index, first, self));
  else
    lks_stepTasks(thread, call, isLast ? 0 : caller);
  return next;
}

// MARK: Jobs

/// Of a job (swift/ABI/Task.h): what kind it is, and where a task goes on.
enum { LKS_JOB_KIND = 0x20, LKS_JOB_RESUME = 0x38, LKS_TASK_CONTEXT = 0x50 };

static bool isTask(const void *job) { return ((const uint8_t *)job)[LKS_JOB_KIND] == 0; }

static void runJob(LKSThread *thread) {
  LKSJob job = thread->job;
  // A task goes on from where it was: that is its own business. An actor's job takes the next task from
  // a queue that others see.
  if (isTask(job.context) && !job.isHeldBack)
    // Unless it had to wait for its turn in the main queue, which was a step elsewhere.
    thread->inTasks = !thread->mainTurn;
  else
    lks_stepTasks(thread, LKS_TASK_RUN, 0);
  job.function(job.context);
  // The library's last look at what is shared is behind it, unless the program's code came since.
  if (!thread->inTasks) lks_stepTasks(thread, LKS_TASK_END, 0);
}

void lks_runTaskJob(LKSThread *thread) { runJob(thread); }

static void *runJobThread(void *argument) {
  LKSThread *thread = argument;
  if (thread->mainTurn) lks_awaitLatch(thread, thread->mainTurn - 1, 0);
  if (thread->mainLatch) thread->exploration->latches[thread->mainLatch - 1].hasBegun = true;
  runJob(thread);
  if (thread->mainLatch) lks_leaveMainQueue(thread);
  return NULL;
}

static void startJob(LKSThread *thread, LKSJob job, bool isMain) {
  lks_startJob(thread, job, runJobThread, isMain ? lks_enterMainQueue : NULL);
}

void lks_startTaskJob(LKSThread *thread, LKSJob job) { startJob(thread, job, false); }

void lks_runCapturedJob(void) {
  LKSThread *thread = lks_current;
  if (!thread || !thread->exploration->taskBody.job.function) return;
  thread->job = thread->exploration->taskBody.job;
  thread->mainTurn = 0;
  runJob(thread);
}

/// Hands a job of a task to a thread of its own.
static void handOver(LKSThread *thread, LKSJob job, dispatch_queue_t queue, uintptr_t caller) {
  if (!lks_arrives(thread, isTask(job.context) ? LKS_EVIDENCE_JOB : LKS_EVIDENCE_ACTOR_JOB)) return;
  lks_meetTasks(thread, caller);
  job.isHeldBack = thread->libraryLocks > 0;
  thread->exploration->usesTasks = true;
  bool isMain = queue == &_dispatch_main_q;
  if (isMain || lks_isTaskQueue(queue))
    startJob(thread, job, isMain);
  else
    lks_enqueueTaskJob(thread, (uintptr_t)queue, job, caller);
}

void dispatch_async_f(dispatch_queue_t queue, void *context, void (*work)(void *)) {
  LKSThread *thread = lks_controlled();
  LKSJob job = {work, context, false};
  if (!thread) {
    if (LKS_UNLIKELY(lks_capturesNext))
      lks_capture(job);
    else if (!lks_isTaskLibrary(LKS_CALLER) || !lks_isJobOfExecution(context))
      LKS_REAL(dispatch_async_f)(queue, context, work);
    return;
  }
  uintptr_t caller = LKS_CALLER;
  if (lks_isTaskLibrary(caller)) {
    handOver(thread, job, queue, caller);
    return;
  }
  lks_asyncFunction(thread, queue, job, caller);
}

// MARK: Tasks

/// What is known of the progress of threads to whoever goes on with a task, or waits for it.
typedef struct LKSTaskClock {
  uint64_t key;
  uint32_t stamp;
  /// The latest time of the clock that is known: see time.c.
  uint64_t time;
  uint32_t segments[LKS_MAXIMUM_THREADS];
} LKSTaskClock;

size_t lks_taskClockSize(void) { return sizeof(LKSTaskClock); }

static LKSTaskClock *clockOf(LKSThread *thread, uint64_t key) {
  LKSExploration *exploration = thread->exploration;
  LKSTaskClock *clock = lks_tableFind(&exploration->tasks, key, true);
  if (!clock) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  if (clock->stamp != exploration->stamp) {
    clock->stamp = exploration->stamp;
    clock->time = 0;
    memset(clock->segments, 0, sizeof clock->segments);
  }
  return clock;
}

/// All that the thread did so far happens before whatever a task does when it goes on.
void lks_publish(LKSThread *thread, uint64_t key) {
  LKSTaskClock *clock = clockOf(thread, key);
  uint32_t count = thread->exploration->threadCount;
  for (uint32_t index = 0; index < count; index++)
    if (thread->segments[index] > clock->segments[index])
      clock->segments[index] = thread->segments[index];
  lks_beginSegment(thread, thread->segments[thread->index] + 1);
  if (thread->knownTime > clock->time) clock->time = thread->knownTime;
}

void lks_learn(LKSThread *thread, uint64_t key) {
  const LKSTaskClock *clock = clockOf(thread, key);
  uint32_t own = thread->segments[thread->index];
  uint32_t count = thread->exploration->threadCount;
  for (uint32_t index = 0; index < count; index++)
    if (clock->segments[index] > thread->segments[index])
      thread->segments[index] = clock->segments[index];
  thread->segments[thread->index] = own;
  if (clock->time > thread->knownTime) thread->knownTime = clock->time;
}

/// The library has read something that others published.
static void meetAcquire(const void *address) {
  (void)address;
  LKSThread *thread = lks_controlled();
  uintptr_t caller = LKS_CALLER;
  if (!thread || !lks_isTaskLibrary(caller)) return;
  if (lks_arrives(thread, LKS_EVIDENCE_ACQUIRE)) lks_meetTasks(thread, caller);
}

/// The library is about to publish something: a job, or a task that has come to its end.
static void meetRelease(const void *address) {
  LKSThread *thread = lks_controlled();
  uintptr_t caller = LKS_CALLER;
  if (!thread || !lks_isTaskLibrary(caller)) return;
  LKSExploration *exploration = thread->exploration;
  LKSTaskCall call = lks_taskCallAt(exploration, caller);
  if (call == LKS_TASK_END && address == exploration->taskBody.job.context)
    lks_endBodyTask(exploration);
  if (!lks_arrives(thread, lks_evidenceOfRelease(call))) return;
  lks_meetTasks(thread, caller);
  lks_publish(thread, (uintptr_t)address);
}

extern void swift_task_enterThreadLocalContext(char *state);

/// The name of a task, or of what it made; of the body's it is thread 0, whatever that task is.
static uint64_t nameOf(LKSThread *thread, const char *task) {
  return lks_isInRegion((uintptr_t)task)
             ? lks_objectName(thread->exploration, (uintptr_t)task)
             : lks_threadObject(0);
}

/// Notes whether a task lies in memory as it is read.
static void noteLayout(LKSThread *thread, const char *task, uintptr_t resume) {
  if (task == thread->job.context && isTask(task))
    lks_takeEvidence(thread, LKS_EVIDENCE_TASK_LAYOUT);
  if (lks_isCode(resume)) lks_takeEvidence(thread, LKS_EVIDENCE_RESUME_LAYOUT);
}

/// A task goes on, on this thread; `state` is a part of it.
void swift_task_enterThreadLocalContext(char *state) {
  LKSThread *thread = lks_controlled();
  if (thread && lks_isTaskLibrary(LKS_CALLER) && lks_arrives(thread, LKS_EVIDENCE_RESUME)) {
    char *task = state - LKS_TASK_CONTEXT;
    uintptr_t resume = *(uintptr_t *)(task + LKS_JOB_RESUME);
    if (LKS_UNLIKELY(thread->exploration->evidence.isGathered)) noteLayout(thread, task, resume);
    lks_annotate(thread, LKS_RESUME, nameOf(thread, task), 0, resume + 1);
    lks_learn(thread, (uintptr_t)task);
    // From here on the program's own code runs.
    thread->inTasks = false;
  }
  LKS_REAL(swift_task_enterThreadLocalContext)(state);
}

extern void swift_task_exitThreadLocalContext(char *state);

/// A task is about to be suspended, and may go on on another thread as soon as that is known.
void swift_task_exitThreadLocalContext(char *state) {
  LKSThread *thread = lks_controlled();
  uintptr_t caller = LKS_CALLER;
  if (thread && lks_isTaskLibrary(caller) && lks_arrives(thread, LKS_EVIDENCE_SUSPEND)) {
    lks_meetTasks(thread, caller);
    lks_publish(thread, (uintptr_t)state - LKS_TASK_CONTEXT);
    lks_annotate(thread, LKS_SUSPEND, nameOf(thread, state - LKS_TASK_CONTEXT), 0,
                 lks_latestExit(thread, 0));
  }
  LKS_REAL(swift_task_exitThreadLocalContext)(state);
}

/// A closure of the program's returns to the library, which is about to look whether the continuation
/// that it was given has been resumed.
void lks_leaveClosure(LKSThread *thread, uintptr_t caller) {
  if (lks_isContinuationCaller(thread->exploration, caller))
    lks_stepTasks(thread, LKS_TASK_SUSPEND, caller);
}

// MARK: Start-up

static int findLibrary(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  if (info->dlpi_addr != *(uintptr_t *)argument) return 0;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[index];
    if (header->p_type != PT_LOAD || !(header->p_flags & PF_X)) continue;
    lks_taskLibrary = (LKSRange){info->dlpi_addr + header->p_vaddr, header->p_memsz};
  }
  return 1;
}

__attribute__((constructor)) static void installMarks(void) {
  void *known = dlsym(RTLD_DEFAULT, "swift_job_run");
  Dl_info info;
  if (!known || !&_swift_tsan_acquire || !dladdr(known, &info)) return;
  uintptr_t base = (uintptr_t)info.dli_fbase;
  dl_iterate_phdr(findLibrary, &base);
  _swift_tsan_acquire = meetAcquire;
  _swift_tsan_release = meetRelease;
}
