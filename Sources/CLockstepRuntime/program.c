/// Whole programs: where one begins, and where it ends.
///
/// A program that returns from `main`, or calls `exit`, ends the process whatever its other threads
/// do. What they still do is what an earlier schedule of the same steps shows as well, so they go
/// first: to finish is a step that can be taken when nobody else can take one. Handlers of `exit` are
/// the program's own code, and run as such; then it finishes once more.
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime.h"

typedef int Main(int, char **, char **);

static struct {
  Main *main;
  int argumentCount;
  char **arguments;
  char *request;
} program;

/// A test of the program's, which is explored in place of its `main`: no body where there is none.
static struct {
  void (*body)(void *);
  void *argument;
  /// What came of it, in the process of an execution; below 0 where it has not come to its end.
  int32_t (*status)(void);
  LKSBody task;
} test;

const char *lks_programRequest(void) { return program.request; }

extern char **environ;

// MARK: The beginning

/// Before the program's own constructors, which may never end.
__attribute__((constructor(101))) static void dieWithParent(void) {
  if (getenv("LOCKSTEP_PROGRAM")) prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/// Whether a constructor of the program's has started threads: they are in no child.
static bool hasThreads(void) {
  struct stat status;
  // The links of a folder are two, and one for each folder in it.
  return stat("/proc/self/task", &status) == 0 && status.st_nlink > 3;
}

/// Becomes the zygote: its first thread rests, and another one serves.
__attribute__((noreturn)) static void becomeZygote(void) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Interrupts are for the exploring process.
  setpgid(0, 0);
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 16u << 20);
  if (LKS_REAL(pthread_create)(&thread, &attributes, lks_serveProgram, NULL) != 0) _exit(2);
  lks_parkMainThread();
}

/// Goes on as two processes, of which this one explores what `lks_programMain` does.
__attribute__((noreturn)) static void explore(void) {
  // Nobody would read the answer.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char *request = getenv("LOCKSTEP_PROGRAM");
  program.request = request ? strdup(request) : NULL;
  // Both are for this process, not for what the program may start.
  unsetenv("LOCKSTEP_PROGRAM");
  unsetenv("LOCKSTEP_TEST");
  unsetenv("LD_PRELOAD");
  lks_findRealFunctions();
  if (!lks_shareProgram()) _exit(2);
  // A test's runner has threads, and the test none yet.
  bool startedThreads = !test.body && hasThreads();
  pid_t zygote = LKS_REAL(fork)();
  if (zygote < 0) _exit(2);
  if (zygote == 0) {
    // Who holds it is taken for alive by whoever reads at its other end.
    close(LKS_ANSWER_DESCRIPTOR);
    becomeZygote();
  }
  lks_setZygote(zygote);
  if (startedThreads) lks_noteEarlyThreads();
  // What the zygote leaves is this process's, to be ended with it.
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  lks_explorePrograms();
  lks_endChildren();
  LKS_REAL(_exit)(0);
  __builtin_unreachable();
}

/// Stands for the program's `main`.
static int serve(int argumentCount, char **arguments, char **environment) {
  (void)environment;
  program.argumentCount = argumentCount;
  program.arguments = arguments;
  explore();
}

int lks_testCase(void) {
  const char *number = lks_explorePrograms ? getenv("LOCKSTEP_TEST") : NULL;
  return number ? atoi(number) : -1;
}

void lks_exploreTest(void (*body)(void *), void *argument, int32_t (*status)(void)) {
  test.body = body;
  test.argument = argument;
  test.status = status;
  test.task = lks_releaseBody();
  explore();
}

/// Calls the executable's destructors, as the dynamic linker would (System V ABI, 5, Dynamic Linking).
///
/// Those of libraries are left out: each would have its pages copied into every child.
static int finaliseExecutable(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size, (void)unused;
  void (**array)(void) = NULL;
  size_t bytes = 0;
  for (int index = 0; index < info->dlpi_phnum; index++) {
    if (info->dlpi_phdr[index].p_type != PT_DYNAMIC) continue;
    const ElfW(Dyn) *entry = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[index].p_vaddr);
    for (; entry->d_tag != DT_NULL; entry++) {
      if (entry->d_tag == DT_FINI_ARRAY)
        array = (void (**)(void))(info->dlpi_addr + entry->d_un.d_ptr);
      if (entry->d_tag == DT_FINI_ARRAYSZ) bytes = entry->d_un.d_val;
    }
  }
  for (size_t left = array ? bytes / sizeof *array : 0; left > 0; left--) array[left - 1]();
  // The first that is told of is the executable.
  return 1;
}

/// What runs after all handlers of `exit` in a process that is no execution.
static void (*finaliseAll)(void);

/// Runs after all other handlers of `exit`.
static void finalise(void) {
  LKSThread *thread = lks_controlled();
  if (!thread || !thread->exploration->isChild) {
    // The program ended before its `main`.
    if (finaliseAll) finaliseAll();
    return;
  }
  dl_iterate_phdr(finaliseExecutable, NULL);
  lks_finishProgram(thread, LKS_CALLER);
  lks_endExecution(thread->exploration, LKS_COMPLETED);
}

typedef int StartMain(Main *, int, char **, void (*)(void), void (*)(void), void (*)(void), void *);
StartMain __libc_start_main;

/// What an executable's entry point calls (Linux Standard Base, 4.1, baselib---libc-start-main-).
int __libc_start_main(
    Main *main, int argumentCount, char **arguments, void (*initialise)(void),
    void (*finaliseProgram)(void), void (*finaliseLibraries)(void), void *stackEnd) {
  StartMain *start = (StartMain *)dlsym(RTLD_NEXT, "__libc_start_main");
  if (lks_explorePrograms && getenv("LOCKSTEP_PROGRAM") && !getenv("LOCKSTEP_TEST")) {
    program.main = main;
    main = serve;
    finaliseAll = finaliseLibraries;
    finaliseLibraries = finalise;
  }
  return start(
      main, argumentCount, arguments, initialise, finaliseProgram, finaliseLibraries, stackEnd);
}

static void runMain(void) {
  exit(program.main(program.argumentCount, program.arguments, environ));
}

/// The body of an execution.
void lks_programMain(void *unused) {
  (void)unused;
  if (test.body)
    test.body(test.argument);
  else
    lks_runOnMainQueue(lks_current, runMain);
}

void lks_prepareTest(void) {
  if (test.body) lks_keepBody(&test.task);
}

void lks_leaveToTest(void) {
  LKSThread *thread = lks_controlled();
  if (!thread || !test.body) return;
  LKSExploration *exploration = thread->exploration;
  lks_uncontrolled(exploration, LKS_EXPLORES_ITSELF);
  exploration->isCut = true;
  lks_endExecution(exploration, LKS_COMPLETED);
}

bool lks_judgeTest(LKSExploration *exploration) {
  if (!test.body) return false;
  int32_t status = exploration->isExiting ? -1 : test.status();
  if (status < 0) return true;
  exploration->exitStatus = status;
  exploration->isExiting = true;
  return true;
}

// MARK: The end

void lks_finishProgram(LKSThread *thread, uintptr_t programCounter) {
  lks_settleExternal(thread);
  lks_prepare(thread, LKS_FINISH, 0, 1, programCounter)->object = lks_threadObject(thread->index);
  lks_step(thread);
}

/// Of two threads that end the program, the first one does, and the other waits for good, as for a lock that
/// is never given up. Where only one ever does, there is nothing to wait for.
static void meetOtherLeavers(LKSThread *thread, uintptr_t caller) {
  static char programsEnd;
  LKSExploration *exploration = thread->exploration;
  uint64_t others = exploration->leavers & ~(1ull << thread->index);
  exploration->leavers |= 1ull << thread->index;
  if (others && !exploration->seesLeavers && lks_learns(exploration))
    exploration->seesLeavers = true;
  uintptr_t address = (uintptr_t)&programsEnd;
  if (!exploration->seesLeavers) return;
  if (lks_object(exploration, address, LKS_OBJECT_MUTEX)->owner == thread->index + 1) return;
  lks_settleExternal(thread);
  lks_prepare(thread, LKS_LOCK, address, 1, caller)->flags |= LKS_LIBRARY;
  lks_step(thread);
}

/// The controlled thread of a program that asks for the process's end; NULL for others.
static LKSThread *leaver(int status, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread || !thread->exploration->isChild) return NULL;
  LKSExploration *exploration = thread->exploration;
  meetOtherLeavers(thread, caller);
  lks_finishProgram(thread, caller);
  if (!exploration->isExiting) exploration->exitStatus = status & 0xff;
  exploration->isExiting = true;
  return thread;
}

void exit(int status) { lks_exit(status, LKS_CALLER); }

void lks_exit(int status, uintptr_t caller) {
  leaver(status, caller);
  LKS_REAL(exit)(status);
  __builtin_unreachable();
}

void quick_exit(int status) {
  LKSThread *thread = leaver(status, LKS_CALLER);
  if (thread) lks_endExecution(thread->exploration, LKS_COMPLETED);
  LKS_REAL(quick_exit)(status);
  __builtin_unreachable();
}

void _exit(int status) {
  LKSThread *thread = leaver(status, LKS_CALLER);
  if (thread) lks_endExecution(thread->exploration, LKS_COMPLETED);
  LKS_REAL(_exit)(status);
  __builtin_unreachable();
}

void _Exit(int status) {
  LKSThread *thread = leaver(status, LKS_CALLER);
  if (thread) lks_endExecution(thread->exploration, LKS_COMPLETED);
  LKS_REAL(_Exit)(status);
  __builtin_unreachable();
}
