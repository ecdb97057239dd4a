/// Executions in children of the process.
///
/// Where the program's `main` would have begun, there are two of the process. One explores. The other,
/// the zygote, does nothing but make children, and so stays what the program began as: each execution
/// is a child of it, has the globals and the caches that the program begins with, and when it crashes,
/// hangs or exits, does so alone. A child makes no thread; it adopts the contexts of threads that the
/// zygote made, which are memory as all else. What an execution shows and what is learned in it lies in
/// memory that all of them see; everything else of the exploration is put back to what it was.
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output.h"

LKSMainThread lks_mainThread;

/// Room for what is learned, and for traces; of it, only what is used costs anything.
#define LKS_SHARED_SIZE (8ull << 30)
/// Events of one execution at most.
#define LKS_SHARED_EVENTS (1u << 22)
/// Bytes that a child may hand over.
#define LKS_ANSWER_SIZE (16ull << 20)
/// Threads that the process makes before it knows how many a program has.
#define LKS_FIRST_THREADS 4

/// What the exploring process wants of the zygote.
typedef enum LKSErrand { LKS_SET_UP, LKS_RUN, LKS_INSPECT, LKS_DEBUG } LKSErrand;

/// What the exploring process and the zygote see alike.
typedef struct LKSProgram {
  LKSExploration exploration;
  /// Words to wait on, for either side.
  _Atomic uint32_t isAsked;
  _Atomic uint32_t isDone;
  LKSErrand errand;
  bool isSetUp;
  /// Somebody asks for the end, and does not want to wait for an execution that takes long.
  _Atomic bool isInterrupted;
  /// The child that waits for a debugger.
  _Atomic int32_t debugged;
  LKSPlan plan;
  uint8_t *prefix;
  uint32_t secondsLimit;
  uint64_t memoryLimit;
  uint8_t dependence[LKS_KIND_COUNT * LKS_KIND_COUNT];
  /// What a child that was looked at was asked, and what it handed over.
  uint8_t *answer;
  size_t questionCount;
  size_t answerCount;
} LKSProgram;

static LKSProgram *program;
static pid_t zygote;

void lks_setProgramLimits(uint32_t seconds, uint64_t memory) {
  program->secondsLimit = seconds;
  program->memoryLimit = memory;
}

// MARK: Memory

static LKSSharedMemory *mapShared(void) {
  void *memory = mmap(NULL, LKS_SHARED_SIZE, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  LKSSharedMemory *shared = memory;
  *shared = (LKSSharedMemory){.size = LKS_SHARED_SIZE, .used = 4096};
  return shared;
}

void *lks_sharedAllocate(LKSSharedMemory *memory, size_t size) {
  size_t rounded = (size + 4095) & ~(size_t)4095;
  if (rounded > memory->size - memory->used) return NULL;
  void *result = (uint8_t *)memory + memory->used;
  memory->used += rounded;
  return result;
}

/// Makes what the zygote and the exploring process share, before there are two of them.
bool lks_shareProgram(void) {
  LKSSharedMemory *shared = lks_canAdoptContexts() ? mapShared() : NULL;
  if (!shared) return false;
  program = lks_sharedAllocate(shared, sizeof *program);
  LKSExploration *exploration = &program->exploration;
  exploration->shared = shared;
  exploration->trace = lks_sharedAllocate(shared, sizeof(LKSEvent) * LKS_SHARED_EVENTS);
  exploration->traceCapacity = LKS_SHARED_EVENTS;
  exploration->output = lks_sharedAllocate(shared, LKS_KEPT_OUTPUT);
  exploration->outputCapacity = LKS_KEPT_OUTPUT;
  program->answer = lks_sharedAllocate(shared, LKS_ANSWER_SIZE);
  program->prefix = lks_sharedAllocate(shared, LKS_SHARED_EVENTS);
  return exploration->trace && exploration->output && program->answer && program->prefix;
}

/// Makes the exploration, in the process whose children will be its executions.
static bool setUp(void) {
  LKSExploration *exploration = &program->exploration;
  lks_setWatchdog(program->secondsLimit);
  if (!lks_explorationBegin(exploration, LKS_ADOPT_CONTEXTS, program->dependence)) return false;
  exploration->pristine = malloc(sizeof *exploration);
  if (!exploration->pristine) return false;
  lks_adoptMainThread(exploration);
  if (!lks_poolReserve(exploration, LKS_FIRST_THREADS)) return false;
  // Whoever loses its parent becomes this process's child, to be ended with the execution.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (lks_findUnneededLibraries() && lks_fillCaches) {
    lks_fillCaches();
    lks_fillLibraryCaches();
  }
  if (!lks_needsSwift()) lks_noticeOutgoing(exploration);
  lks_leaveOutLibraries(true);
  return true;
}

// MARK: The child

static void limitMemory(void) {
  struct rlimit limit;
  if (!program->memoryLimit || getrlimit(RLIMIT_AS, &limit) != 0) return;
  // Beyond what is mapped and never used.
  uint64_t bytes = program->memoryLimit + LKS_REGION_SIZE + LKS_SHARED_SIZE + (512ull << 20);
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > bytes) limit.rlim_cur = bytes;
  setrlimit(RLIMIT_AS, &limit);
}

/// What makes a copy of the exploring process a process of the program's.
static void becomeChild(LKSExploration *exploration) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  limitMemory();
  exploration->memoryLimit = program->memoryLimit;
  lks_forgetKernelID();
  exploration->isChild = true;
}

// MARK: The process

/// Puts back what an execution changed that its successor must not see, and keeps what it showed: the
/// last part of the exploration.
static void takeOver(LKSExploration *exploration) {
  memcpy(exploration, exploration->pristine, offsetof(LKSExploration, cells));
}

static int waitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

/// Ends what the program left running.
static void endOthers(LKSExploration *exploration, pid_t child) {
  if (!exploration->forks && !exploration->execs) return;
  kill(-child, SIGKILL);
  lks_endChildren();
}

/// Adds what the process saw of an end that the child could not write down.
static void noteDeath(LKSExploration *exploration, uint64_t reason) {
  // Where the child was when it ended, as far as it had written that down.
  const LKSThread *running = exploration->running;
  uint8_t index = running ? (uint8_t)(running - exploration->threads) : 0;
  exploration->ending = LKS_CRASHED;
  exploration->blockedCount = 0;
  if (exploration->traceCount == exploration->traceCapacity) return;
  exploration->trace[exploration->traceCount++] = (LKSEvent){
      .object = lks_threadObject(index), .value = reason, .size = 1, .thread = index,
      .kind = LKS_CRASH};
}

/// Makes a child; true in the child.
static bool beginChild(LKSExploration *exploration) {
  exploration->isCut = false;
  exploration->heldUpIn = NULL;
  exploration->allocated = 0;
  exploration->isOver = exploration->isExiting = exploration->execs = exploration->forks = false;
  atomic_store(&exploration->isStuck, false);
  exploration->exitStatus = 0;
  exploration->poolNeeded = 0;
  memcpy(exploration->pristine, exploration, offsetof(LKSExploration, cells));
  pid_t child = LKS_REAL(_Fork)();
  if (child == 0) {
    becomeChild(exploration);
    return true;
  }
  if (child < 0) {
    exploration->ending = LKS_OUT_OF_MEMORY;
    exploration->isOver = true;
    return false;
  }
  atomic_store(&exploration->child, child);
  int status = waitFor(child);
  atomic_store(&exploration->child, 0);
  endOthers(exploration, child);
  bool isStuck = atomic_load(&exploration->isStuck);
  if (!exploration->isOver && atomic_load(&program->isInterrupted)) {
    exploration->ending = LKS_HELD_UP;
    exploration->blockedCount = 0;
  } else if (!exploration->isOver && isStuck && exploration->heldUpIn) {
    lks_uncontrolled(exploration, exploration->heldUpIn);
    exploration->ending = LKS_HELD_UP;
    exploration->blockedCount = 0;
  } else if (!exploration->isOver && isStuck)
    noteDeath(exploration, LKS_STUCK);
  else if (!exploration->isOver && WIFSIGNALED(status))
    noteDeath(exploration, (uint64_t)WTERMSIG(status));
  else if (!exploration->isOver) {
    if (!exploration->execs) lks_uncontrolled(exploration, "an end of the process past libc");
    exploration->ending = LKS_COMPLETED;
    exploration->blockedCount = 0;
    exploration->exitStatus = WEXITSTATUS(status);
    exploration->isExiting = true;
  }
  takeOver(exploration);
  return false;
}

void lks_programMain(void *unused);

static void noteEnd(LKSExploration *exploration, LKSEnding ending) {
  exploration->ending = ending;
  // When all threads have ended, so has the program.
  if (ending == LKS_COMPLETED && !lks_judgeTest(exploration)) exploration->isExiting = true;
  lks_gatherOutput(exploration);
  exploration->isOver = true;
}

static LKSEnding endingOf(LKSExploration *exploration, LKSProcessEnd *end) {
  *end = lks_processEnd(exploration);
  return exploration->ending;
}

/// Makes the threads that an execution asked for in vain; false where that was not why it ended.
static bool makeNeededThreads(LKSExploration *exploration) {
  if (exploration->ending != LKS_TOO_FEW_THREADS) return false;
  if (lks_poolReserve(exploration, exploration->poolNeeded)) return true;
  exploration->ending = LKS_TOO_MANY_THREADS;
  return false;
}

/// Carries out the plan in a child, whoever looks at it there.
static void runPlan(void (*look)(LKSExploration *, LKSEnding)) {
  LKSExploration *exploration = &program->exploration;
  LKSPlan plan = program->plan;
  plan.prefix = program->prefix;
  do {
    if (!beginChild(exploration)) continue;
    lks_prepareTest();
    LKSEnding ending = lks_run(exploration, &plan, lks_programMain, NULL);
    noteEnd(exploration, ending);
    if (look && ending != LKS_TOO_FEW_THREADS) look(exploration, ending);
    LKS_REAL(_exit)(0);
  } while (makeNeededThreads(exploration));
}

/// Carries out the plan in a child that a debugger looks at.
static void debugPlan(void) {
  LKSExploration *exploration = &program->exploration;
  LKSPlan plan = program->plan;
  plan.prefix = program->prefix;
  // A person takes the time that it takes.
  lks_setWatchdog(0);
  if (beginChild(exploration)) {
    lks_awaitDebugger(exploration, &program->debugged);
    lks_prepareTest();
    LKSEnding ending = lks_run(exploration, &plan, lks_programMain, NULL);
    noteEnd(exploration, ending);
    if (ending != LKS_COMPLETED) lks_stopAtEnd(exploration);
    LKS_REAL(_exit)(0);
  }
  lks_setWatchdog(program->secondsLimit);
}

// MARK: The zygote

static void futexWait(_Atomic uint32_t *word, uint32_t value, const struct timespec *time) {
  LKS_REAL(syscall)(SYS_futex, word, FUTEX_WAIT, value, time, NULL, 0);
}

static void futexWake(_Atomic uint32_t *word) {
  LKS_REAL(syscall)(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

static void carryOutErrand(void) {
  switch (program->errand) {
  case LKS_SET_UP:
    program->isSetUp = setUp();
    break;
  case LKS_RUN:
    runPlan(NULL);
    break;
  case LKS_INSPECT:
    // Whoever looks uses all libraries.
    lks_leaveOutLibraries(false);
    runPlan(lks_describeProgram);
    lks_leaveOutLibraries(true);
    break;
  case LKS_DEBUG:
    debugPlan();
    break;
  }
}

void *lks_serveProgram(void *unused) {
  for (;;) {
    while (atomic_exchange(&program->isAsked, 0) == 0) futexWait(&program->isAsked, 0, NULL);
    carryOutErrand();
    atomic_store(&program->isDone, 1);
    futexWake(&program->isDone);
  }
  return unused;
}

// MARK: The exploring process

void lks_setZygote(int32_t process) { zygote = process; }

void lks_interruptProgram(void) {
  if (program) atomic_store(&program->isInterrupted, true);
}

void lks_noteEarlyThreads(void) {
  lks_uncontrolled(&program->exploration, "threads that were started before 'main'");
}

/// The program ended the process whose children it is explored in, and so does this one.
__attribute__((noreturn)) static void followZygote(int status) {
  int signal = WIFSIGNALED(status) ? WTERMSIG(status) : SIGKILL;
  lks_endChildren();
  kill(getpid(), signal);
  LKS_REAL(_exit)(2);
}

static void post(LKSErrand errand) {
  program->errand = errand;
  atomic_store(&program->isDone, 0);
  atomic_store(&program->isAsked, 1);
  futexWake(&program->isAsked);
}

/// Waits until the errand is done, or, where that is not NULL, until something else has come.
static void await(_Atomic int32_t *other) {
  struct timespec time = {.tv_nsec = 100000000};
  for (int round = 0; !atomic_load(&program->isDone) && !(other && atomic_load(other));
       round++) {
    futexWait(&program->isDone, 0, &time);
    int32_t child = atomic_load(&program->exploration.child);
    if (round >= 5 && child && atomic_load(&program->isInterrupted)) kill(child, SIGKILL);
    int status;
    if (!atomic_load(&program->isDone) && waitpid(zygote, &status, WNOHANG) == zygote)
      followZygote(status);
  }
}

static void ask(LKSErrand errand) {
  post(errand);
  await(NULL);
}

static void setPlan(const LKSPlan *plan) {
  program->plan = *plan;
  if (plan->prefixCount > LKS_SHARED_EVENTS) program->plan.prefixCount = LKS_SHARED_EVENTS;
  if (plan->prefix) memcpy(program->prefix, plan->prefix, program->plan.prefixCount);
}

LKSExploration *lks_programCreate(const uint8_t *dependence) {
  if (!program) return NULL;
  memcpy(program->dependence, dependence, sizeof program->dependence);
  ask(LKS_SET_UP);
  return program->isSetUp ? &program->exploration : NULL;
}

LKSEnding lks_runProgram(LKSExploration *exploration, const LKSPlan *plan, LKSProcessEnd *end) {
  setPlan(plan);
  ask(LKS_RUN);
  return endingOf(exploration, end);
}

LKSEnding lks_inspectProgram(
    LKSExploration *exploration, const LKSPlan *plan, const void *question, size_t count,
    LKSProcessEnd *end) {
  setPlan(plan);
  program->questionCount = count < LKS_ANSWER_SIZE ? count : 0;
  program->answerCount = 0;
  memcpy(program->answer, question, program->questionCount);
  ask(LKS_INSPECT);
  return endingOf(exploration, end);
}

int32_t lks_debugProgram(LKSExploration *exploration, const LKSPlan *plan) {
  (void)exploration;
  setPlan(plan);
  atomic_store(&program->debugged, 0);
  post(LKS_DEBUG);
  await(&program->debugged);
  return atomic_load(&program->debugged);
}

void lks_awaitDebugged(void) { await(NULL); }

LKSProcessEnd lks_processEnd(const LKSExploration *exploration) {
  return (LKSProcessEnd){
      .exitStatus = exploration->exitStatus, .hasExited = exploration->isExiting,
      .isCut = exploration->isCut};
}

const void *lks_question(size_t *count) {
  *count = program->questionCount;
  return program->answer;
}

void lks_answer(const void *bytes, size_t count) {
  if (!bytes || count > LKS_ANSWER_SIZE) return;
  memcpy(program->answer, bytes, count);
  program->answerCount = count;
}

const void *lks_takeAnswer(size_t *count) {
  *count = program->answerCount;
  return program->answerCount ? program->answer : NULL;
}
