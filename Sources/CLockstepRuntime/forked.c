/// Executions in children of the process.
///
/// The process is stopped where the program's `main` would have begun. Each execution is a child: it
/// begins with the globals that the program begins with, and when it crashes, hangs or exits, it does
/// so alone. A child makes no thread; it adopts the contexts of threads that the process made, which
/// are memory as all else. What an execution shows and what is learned in it lies in memory that both
/// see; everything else of the exploration is put back to what it was.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime.h"

LKSMainThread lks_mainThread;

/// Room for what is learned, and for traces; of it, only what is used costs anything.
#define LKS_SHARED_SIZE (8ull << 30)
/// Events of one execution at most.
#define LKS_SHARED_EVENTS (1u << 22)
/// Bytes that a child may hand over.
#define LKS_ANSWER_SIZE (16ull << 20)
/// Threads that the process makes before it knows how many a program has.
#define LKS_FIRST_THREADS 4

static uint32_t secondsLimit = 10;
static uint64_t memoryLimit = 2ull << 30;

void lks_setProgramLimits(uint32_t seconds, uint64_t memory) {
  secondsLimit = seconds;
  memoryLimit = memory;
  lks_setWatchdog(seconds);
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

LKSExploration *lks_programCreate(const uint8_t *dependence) {
  if (!lks_canAdoptContexts()) return NULL;
  LKSSharedMemory *shared = mapShared();
  if (!shared) return NULL;
  LKSExploration *exploration = lks_sharedAllocate(shared, sizeof *exploration);
  exploration->shared = shared;
  if (!lks_explorationBegin(exploration, LKS_ADOPT_CONTEXTS, dependence)) return NULL;
  exploration->trace = lks_sharedAllocate(shared, sizeof(LKSEvent) * LKS_SHARED_EVENTS);
  exploration->traceCapacity = LKS_SHARED_EVENTS;
  exploration->output = lks_sharedAllocate(shared, LKS_KEPT_OUTPUT);
  exploration->outputCapacity = LKS_KEPT_OUTPUT;
  exploration->answer = lks_sharedAllocate(shared, LKS_ANSWER_SIZE);
  exploration->pristine = malloc(sizeof *exploration);
  if (!exploration->trace || !exploration->output || !exploration->answer ||
      !exploration->pristine) return NULL;
  lks_adoptMainThread(exploration);
  if (!lks_poolReserve(exploration, LKS_FIRST_THREADS)) return NULL;
  lks_findUnneededLibraries();
  lks_leaveOutLibraries(true);
  return exploration;
}

// MARK: The child

static void limitMemory(void) {
  struct rlimit limit;
  if (!memoryLimit || getrlimit(RLIMIT_AS, &limit) != 0) return;
  // Beyond what is mapped and never used.
  uint64_t bytes = memoryLimit + LKS_REGION_SIZE + LKS_SHARED_SIZE + (1ull << 30);
  if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur > bytes) limit.rlim_cur = bytes;
  setrlimit(RLIMIT_AS, &limit);
}

/// What makes a copy of the exploring process a process of the program's.
static void becomeChild(LKSExploration *exploration) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  setpgid(0, 0);
  static const int ended[] = {SIGINT, SIGTERM};
  for (size_t index = 0; index < sizeof ended / sizeof *ended; index++)
    signal(ended[index], SIG_DFL);
  limitMemory();
  lks_forgetKernelID();
  exploration->isChild = true;
}

// MARK: The process

/// Puts back what an execution changed that its successor must not see, and keeps what it showed.
static void takeOver(LKSExploration *exploration) {
  LKSExploration *pristine = exploration->pristine;
#define LKS_KEEP(field) memcpy(&pristine->field, &exploration->field, sizeof pristine->field)
  // What is learned
  LKS_KEEP(cells);
  LKS_KEEP(sites);
  LKS_KEEP(callers);
  LKS_KEEP(children);
  LKS_KEEP(numberCount);
  LKS_KEEP(jobNumbers);
  LKS_KEEP(jobNumberCount);
  LKS_KEEP(hasSpins);
  LKS_KEEP(seesEnds);
  LKS_KEEP(uncontrolled);
  LKS_KEEP(uncontrolledCount);
  LKS_KEEP(instrumentedCalls);
  // What was shown
  LKS_KEEP(stamp);
  LKS_KEEP(ending);
  LKS_KEEP(threadCount);
  LKS_KEEP(steps);
  LKS_KEEP(preemptions);
  LKS_KEEP(repeatedEvents);
  LKS_KEEP(grew);
  LKS_KEEP(bodyReturnedEarly);
  LKS_KEEP(divergedStep);
  LKS_KEEP(divergence);
  LKS_KEEP(traceCount);
  LKS_KEEP(blocked);
  LKS_KEEP(blockedCount);
  LKS_KEEP(outputCount);
  LKS_KEEP(isOver);
  LKS_KEEP(isStuck);
  LKS_KEEP(poolNeeded);
  LKS_KEEP(isExiting);
  LKS_KEEP(exitStatus);
  LKS_KEEP(isCut);
  LKS_KEEP(execs);
  LKS_KEEP(forks);
  LKS_KEEP(answerCount);
#undef LKS_KEEP
  // The watchdog's own
  pristine->next = exploration->next;
  pristine->pristine = pristine;
  memcpy(exploration, pristine, sizeof *exploration);
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
  // Who left the group is this process's child since its parent ended.
  pid_t other;
  while ((other = waitpid(-1, NULL, WNOHANG)) > 0 || (other < 0 && errno == EINTR)) {
  }
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
  exploration->isOver = exploration->isExiting = exploration->execs = exploration->forks = false;
  atomic_store(&exploration->isStuck, false);
  exploration->exitStatus = 0;
  exploration->poolNeeded = 0;
  exploration->answerCount = 0;
  memcpy(exploration->pristine, exploration, sizeof *exploration);
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
  if (!exploration->isOver && isStuck)
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

static void endChild(LKSExploration *exploration, LKSEnding ending) {
  exploration->ending = ending;
  // When all threads have ended, so has the program.
  if (ending == LKS_COMPLETED) exploration->isExiting = true;
  exploration->isOver = true;
  LKS_REAL(_exit)(0);
}

static LKSEnding endingOf(LKSExploration *exploration, LKSProcessEnd *end) {
  *end = (LKSProcessEnd){
      .exitStatus = exploration->exitStatus, .hasExited = exploration->isExiting,
      .isCut = exploration->isCut};
  return exploration->ending;
}

/// Makes the threads that an execution asked for in vain; false where that was not why it ended.
static bool makeNeededThreads(LKSExploration *exploration) {
  if (exploration->ending != LKS_TOO_FEW_THREADS) return false;
  if (lks_poolReserve(exploration, exploration->poolNeeded)) return true;
  exploration->ending = LKS_TOO_MANY_THREADS;
  return false;
}

LKSEnding lks_runProgram(LKSExploration *exploration, const LKSPlan *plan, LKSProcessEnd *end) {
  do {
    if (beginChild(exploration))
      endChild(exploration, lks_run(exploration, plan, lks_programMain, NULL));
  } while (makeNeededThreads(exploration));
  return endingOf(exploration, end);
}

bool lks_inspectProgram(
    LKSExploration *exploration, const LKSPlan *plan, LKSEnding *ending, LKSProcessEnd *end) {
  // Whoever looks uses all of them.
  lks_leaveOutLibraries(false);
  do {
    if (beginChild(exploration)) {
      *ending = lks_run(exploration, plan, lks_programMain, NULL);
      exploration->ending = *ending;
      if (*ending == LKS_TOO_FEW_THREADS) endChild(exploration, *ending);
      exploration->isOver = true;
      endingOf(exploration, end);
      return true;
    }
  } while (makeNeededThreads(exploration));
  lks_leaveOutLibraries(true);
  *ending = endingOf(exploration, end);
  return false;
}

void lks_answer(LKSExploration *exploration, const void *bytes, size_t count) {
  if (!bytes || count > LKS_ANSWER_SIZE) return;
  memcpy(exploration->answer, bytes, count);
  exploration->answerCount = count;
}

const void *lks_takeAnswer(const LKSExploration *exploration, size_t *count) {
  *count = exploration->answerCount;
  return exploration->answerCount ? exploration->answer : NULL;
}
