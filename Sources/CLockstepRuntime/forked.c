/// Executions in children of the process.
///
/// The process is stopped where the program's `main` would have begun. Each execution is a child: it
/// begins with the globals that the program begins with, and when it crashes, hangs or exits, it does
/// so alone. A child makes no thread; it adopts the contexts of threads that the process made, which
/// are memory as all else. What an execution shows and what is learned in it lies in memory that both
/// see; everything else of the exploration is put back to what it was.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
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

static uint64_t memoryLimit = 1ull << 30;
static int keptDescriptor = -1;

void lks_setProgramLimits(uint32_t seconds, uint64_t memory, int descriptor) {
  memoryLimit = memory;
  keptDescriptor = descriptor;
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
  // Whoever loses its parent becomes this process's child, to be ended with the execution.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  lks_findUnneededLibraries();
  lks_leaveOutLibraries(true);
  return exploration;
}

// MARK: The child

static void limitMemory(void) {
  struct rlimit limit;
  if (!memoryLimit || getrlimit(RLIMIT_AS, &limit) != 0) return;
  // Beyond what is mapped and never used.
  uint64_t bytes = memoryLimit + LKS_REGION_SIZE + LKS_SHARED_SIZE + (512ull << 20);
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
  exploration->memoryLimit = memoryLimit;
  // Who holds it is taken for alive by whoever reads at its other end.
  if (keptDescriptor >= 0) close(keptDescriptor);
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

/// The parent of a process: the fourth field of its line (proc(5), /proc/pid/stat); 0 where there is none.
static pid_t parentOf(const char *process) {
  char path[64], line[512];
  snprintf(path, sizeof path, "/proc/%s/stat", process);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  ssize_t count = LKS_REAL(read)(file, line, sizeof line - 1);
  close(file);
  if (count <= 0) return 0;
  line[count] = 0;
  // The name may hold spaces and brackets.
  const char *end = strrchr(line, ')');
  int parent = 0;
  return end && sscanf(end + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

/// Ends this process's children; whether there were any.
static bool endChildren(void) {
  DIR *folder = opendir("/proc");
  if (!folder) return false;
  pid_t self = getpid();
  bool any = false;
  for (const struct dirent *entry; (entry = readdir(folder));) {
    if (entry->d_name[0] < '0' || entry->d_name[0] > '9' || parentOf(entry->d_name) != self) continue;
    any = kill((pid_t)atoi(entry->d_name), SIGKILL) == 0 || any;
  }
  closedir(folder);
  return any;
}

/// Ends what the program left running.
static void endOthers(LKSExploration *exploration, pid_t child) {
  if (!exploration->forks && !exploration->execs) return;
  kill(-child, SIGKILL);
  // Who left the group is this process's child since its own parent ended, and so is then whoever it
  // had for children.
  for (int round = 0; round < 100 && endChildren(); round++) {
    pid_t other;
    while ((other = waitpid(-1, NULL, 0)) > 0 || (other < 0 && errno == EINTR)) {
    }
  }
}

// MARK: Waits that nobody controls

/// What a call into the kernel is called; those that wait.
static const char *nameOfCall(long number) {
  static const struct {
    long number;
    const char *name;
  } names[] = {
#define LKS_CALL_NAME(name) {SYS_##name, "a wait in the kernel: " #name}
      LKS_CALL_NAME(read), LKS_CALL_NAME(readv), LKS_CALL_NAME(write), LKS_CALL_NAME(writev),
      LKS_CALL_NAME(poll), LKS_CALL_NAME(ppoll), LKS_CALL_NAME(select), LKS_CALL_NAME(pselect6),
      LKS_CALL_NAME(epoll_wait), LKS_CALL_NAME(epoll_pwait), LKS_CALL_NAME(accept),
      LKS_CALL_NAME(accept4), LKS_CALL_NAME(connect), LKS_CALL_NAME(recvfrom),
      LKS_CALL_NAME(recvmsg), LKS_CALL_NAME(sendto), LKS_CALL_NAME(sendmsg), LKS_CALL_NAME(wait4),
      LKS_CALL_NAME(waitid), LKS_CALL_NAME(pause), LKS_CALL_NAME(rt_sigsuspend),
      LKS_CALL_NAME(rt_sigtimedwait), LKS_CALL_NAME(nanosleep), LKS_CALL_NAME(clock_nanosleep),
      LKS_CALL_NAME(futex), LKS_CALL_NAME(flock), LKS_CALL_NAME(fcntl), LKS_CALL_NAME(msgrcv),
      LKS_CALL_NAME(semop), LKS_CALL_NAME(semtimedop), LKS_CALL_NAME(open), LKS_CALL_NAME(openat),
  };
  for (size_t index = 0; index < sizeof names / sizeof *names; index++)
    if (names[index].number == number) return names[index].name;
  return "a wait in the kernel";
}

void lks_noteHoldUp(LKSExploration *exploration, int32_t child) {
  char path[64], line[256] = "";
  snprintf(path, sizeof path, "/proc/%d/syscall", child);
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t count = LKS_REAL(read)(file, line, sizeof line - 1);
  close(file);
  if (count <= 0 || line[0] < '0' || line[0] > '9') return;
  exploration->heldUpIn = nameOfCall(atol(line));
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
  if (!exploration->isOver && isStuck && exploration->heldUpIn) {
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
