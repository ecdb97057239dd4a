/// Crashes, and loops without a visible step: the schedule is written down before the end.
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "runtime.h"

static _Atomic(LKSLastWords) lastWords;
static _Atomic uint32_t watchdogSeconds = 10;

static pthread_mutex_t watchedLock = PTHREAD_MUTEX_INITIALIZER;
static LKSExploration *watched;
static bool watchdogRuns;

void lks_setLastWords(LKSLastWords words) { atomic_store(&lastWords, words); }
void lks_setWatchdog(uint32_t seconds) { atomic_store(&watchdogSeconds, seconds); }

// MARK: Crashes

static const int signals[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE};
static struct sigaction formerActions[sizeof signals / sizeof *signals];

static const char *reasonOf(int signal) {
  switch (signal) {
  case SIGSEGV: return "crashed (SIGSEGV, an access to memory that is not there)";
  case SIGILL: return "crashed (SIGILL, a trap such as a failed precondition)";
  case SIGTRAP: return "crashed (SIGTRAP, a trap such as a failed precondition)";
  case SIGABRT: return "aborted (SIGABRT)";
  case SIGBUS: return "crashed (SIGBUS)";
  default: return "crashed (SIGFPE)";
  }
}

static uintptr_t faultingInstruction(const void *context) {
#if defined(__x86_64__)
  return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#else
  (void)context;
  return 0;
#endif
}

/// In the program's own code, a crash ends the execution and is a finding. In the runtime's, or on a
/// thread that is not controlled, it ends the process, as it would have.
static void onCrash(int signal, siginfo_t *info, void *context) {
  (void)info;
  LKSThread *thread = lks_controlled();
  if (thread) {
    lks_crash(thread, (uint64_t)signal, faultingInstruction(context));
  }
  thread = lks_current;
  LKSLastWords words = atomic_load(&lastWords);
  if (thread && words) words(reasonOf(signal), thread->exploration);
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++)
    if (signals[index] == signal) sigaction(signal, &formerActions[index], NULL);
  // The faulting instruction runs again and meets whoever handled it before.
  if (signal == SIGABRT) raise(signal);
}

void lks_crash(LKSThread *thread, uint64_t reason, uintptr_t programCounter) {
  lks_annotate(thread, LKS_CRASH, lks_threadObject(thread->index), reason, programCounter);
  lks_endExecution(thread->exploration, LKS_CRASHED);
}

/// Not deferred while the handler runs: the handler may be left for good by a context switch.
void lks_installCrashHandlers(void) {
  static _Atomic bool installed;
  if (atomic_exchange(&installed, true)) return;
  struct sigaction action = {.sa_sigaction = onCrash, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
  sigemptyset(&action.sa_mask);
  for (size_t index = 0; index < sizeof signals / sizeof *signals; index++)
    sigaction(signals[index], &action, &formerActions[index]);
}

#define LKS_SIGNAL_STACK_SIZE (256u << 10)

void *lks_giveSignalStack(void) {
  stack_t current;
  if (sigaltstack(NULL, &current) != 0 || !(current.ss_flags & SS_DISABLE)) return NULL;
  void *memory = mmap(
      NULL, LKS_SIGNAL_STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NULL;
  stack_t stack = {.ss_sp = memory, .ss_size = LKS_SIGNAL_STACK_SIZE};
  sigaltstack(&stack, NULL);
  return memory;
}

void lks_takeSignalStack(void *stack) {
  if (!stack) return;
  stack_t none = {.ss_flags = SS_DISABLE};
  sigaltstack(&none, NULL);
  munmap(stack, LKS_SIGNAL_STACK_SIZE);
}

// MARK: Watchdog

static void lookAt(LKSExploration *exploration) {
  uint64_t steps = atomic_load(&exploration->steps);
  bool moved = !atomic_load(&exploration->isRunning) || steps != exploration->watchedSteps ||
               exploration->stamp != exploration->watchedStamp;
  exploration->watchedSteps = steps;
  exploration->watchedStamp = exploration->stamp;
  exploration->quietSeconds = moved ? 0 : exploration->quietSeconds + 1;
  uint32_t limit = atomic_load(&watchdogSeconds);
  if (!limit || exploration->quietSeconds < limit) return;
  int32_t child = atomic_load(&exploration->child);
  if (child) {
    lks_noteHoldUp(exploration, child);
    atomic_store(&exploration->isStuck, true);
    kill(child, SIGKILL);
    return;
  }
  LKSLastWords words = atomic_load(&lastWords);
  if (words) words("took no visible step for too long", exploration);
  _exit(2);
}

static void *watchdog(void *unused) {
  (void)unused;
  for (;;) {
    struct timespec second = {1, 0};
    LKS_REAL(nanosleep)(&second, NULL);
    LKS_REAL(pthread_mutex_lock)(&watchedLock);
    for (LKSExploration *each = watched; each; each = each->next) lookAt(each);
    LKS_REAL(pthread_mutex_unlock)(&watchedLock);
  }
  return NULL;
}

void lks_watch(LKSExploration *exploration) {
  lks_installCrashHandlers();
  // The driver keeps its own: other explorations of this thread need it too.
  lks_giveSignalStack();
  LKS_REAL(pthread_mutex_lock)(&watchedLock);
  exploration->next = watched;
  watched = exploration;
  if (!watchdogRuns) {
    pthread_t thread;
    watchdogRuns = LKS_REAL(pthread_create)(&thread, NULL, watchdog, NULL) == 0;
    if (watchdogRuns) LKS_REAL(pthread_detach)(thread);
  }
  LKS_REAL(pthread_mutex_unlock)(&watchedLock);
}

void lks_unwatch(LKSExploration *exploration) {
  LKS_REAL(pthread_mutex_lock)(&watchedLock);
  for (LKSExploration **link = &watched; *link; link = &(*link)->next) {
    if (*link != exploration) continue;
    *link = exploration->next;
    break;
  }
  LKS_REAL(pthread_mutex_unlock)(&watchedLock);
}
