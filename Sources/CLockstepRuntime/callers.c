/// Whose lock is it? Told by the caller's module, and for public lock types by its symbol.
#include <dlfcn.h>
#include <link.h>

#include "runtime.h"

/// Libraries of the system and of the toolchain, whose own locks are no business of the program's.
static const char *const libraries[] = {
    "libc.so", "libc-", "ld-linux", "libm.so", "libpthread", "libdl", "librt", "libgcc_s",
    "libstdc++", "libswift", "libFoundation", "lib_Foundation", "libdispatch", "libBlocksRuntime",
    "libTesting", "lib_Testing", "libXCTest", "libicu",
};

/// Methods of public lock types, which take the program's locks on its behalf.
static const char *const publicLocks[] = {
    "$s10Foundation6NSLockC",
    "$s10Foundation15NSRecursiveLockC",
    "$s10Foundation11NSConditionC",
    "$s10Foundation15NSConditionLockC",
    "$s10Foundation9NSLockingP",
    // Operations lock for themselves, and what they do next depends on who is first.
    "$s10Foundation9OperationC",
    "$s10Foundation14BlockOperationC",
    "$s10Foundation14OperationQueueC",
    "$sSo21OS_dispatch_semaphoreC8Dispatch",
    "$s8Dispatch0A9SemaphoreC",
};

/// Public clocks, at which the program looks through them.
static const char *const publicClocks[] = {
    "$s20FoundationEssentials4DateV",
    "$s10Foundation4DateV",
    "$s20FoundationEssentials12_ProcessInfoC",
    "$s10Foundation11ProcessInfoC",
    "swift_get_time",
    "dispatch_time",
    "dispatch_walltime",
};

static bool startsWith(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

/// Libraries that report what a test expects: what they print is no part of the program.
static const char *const reporters[] = {"libTesting", "lib_Testing", "libXCTest"};

static bool isOf(const char *const *names, size_t count, const char *file) {
  for (size_t index = 0; index < count; index++)
    if (startsWith(file, names[index])) return true;
  return false;
}

static const char *fileOf(uintptr_t programCounter) {
  Dl_info info;
  if (!dladdr((void *)(programCounter - 1), &info) || !info.dli_fname) return "";
  const char *slash = strrchr(info.dli_fname, '/');
  return slash ? slash + 1 : info.dli_fname;
}

static bool isInLibrary(uintptr_t programCounter) {
  return isOf(libraries, sizeof libraries / sizeof *libraries, fileOf(programCounter));
}

static bool classify(uintptr_t programCounter) {
  bool isLibrary = isInLibrary(programCounter);
  const char *symbol = isLibrary ? lks_symbolName(programCounter - 1) : NULL;
  if (!symbol) return isLibrary;
  return !isOf(publicLocks, sizeof publicLocks / sizeof *publicLocks, symbol);
}

static bool isPublicClock(uintptr_t programCounter) {
  const char *symbol = lks_symbolName(programCounter - 1);
  return symbol && isOf(publicClocks, sizeof publicClocks / sizeof *publicClocks, symbol);
}

/// What a function of libswift_Concurrency is about.
static LKSTaskCall taskCall(const char *symbol) {
  static const struct {
    const char *part;
    LKSTaskCall call;
  } parts[] = {
      {"completeTask", LKS_TASK_END},
      {"askGroup", LKS_TASK_GROUP},
      {"waitFuture", LKS_TASK_SUSPEND},
      {"flagAsAndEnqueue", LKS_TASK_SUSPEND},
      {"continuation_await", LKS_TASK_SUSPEND},
      {"enqueue", LKS_TASK_ENQUEUE},
      {"DefaultActorImpl", LKS_TASK_LEAVE},
  };
  for (size_t index = 0; symbol && index < sizeof parts / sizeof *parts; index++)
    if (strstr(symbol, parts[index].part)) return parts[index].call;
  return LKS_TASK_STATE;
}

static const LKSCallSite *callSite(LKSExploration *exploration, uintptr_t programCounter) {
  LKSCallSite *site = lks_tableFind(&exploration->callers, programCounter, false);
  if (LKS_LIKELY(site)) return site;
  LKSThread *thread = lks_current;
  if (thread) thread->inRuntime++;
  bool isLibrary = classify(programCounter);
  const char *symbol = lks_isTaskLibrary(programCounter) ? lks_symbolName(programCounter - 1) : NULL;
  bool isClock = !isLibrary || isPublicClock(programCounter);
  bool isDispatch = startsWith(fileOf(programCounter), "libdispatch");
  bool isOfCxx = startsWith(fileOf(programCounter), "libstdc++");
  bool isOfProgram = isOfCxx || !isInLibrary(programCounter);
  bool isReporter = isOf(reporters, sizeof reporters / sizeof *reporters, fileOf(programCounter));
  if (thread) thread->inRuntime--;
  site = lks_tableFind(&exploration->callers, programCounter, true);
  if (!site) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  site->isLibrary = isLibrary;
  site->isClock = isClock;
  site->isReporter = isReporter;
  site->isDispatch = isDispatch;
  site->isOfProgram = isOfProgram;
  site->isOfContinuation = symbol && strstr(symbol, "Continuation");
  site->taskCall = (uint8_t)taskCall(symbol);
  return site;
}

bool lks_isLibraryCaller(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isLibrary;
}

LKSTaskCall lks_taskCallAt(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->taskCall;
}

bool lks_isContinuationCaller(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isOfContinuation;
}

bool lks_looksAtClock(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isClock;
}

bool lks_isOfProgram(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isOfProgram;
}

bool lks_isDispatch(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isDispatch;
}

bool lks_isReporter(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isReporter;
}
