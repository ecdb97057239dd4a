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

static bool classify(uintptr_t programCounter) {
  bool isLibrary =
      isOf(libraries, sizeof libraries / sizeof *libraries, fileOf(programCounter));
  const char *symbol = isLibrary ? lks_symbolName(programCounter - 1) : NULL;
  if (!symbol) return isLibrary;
  for (size_t index = 0; index < sizeof publicLocks / sizeof *publicLocks; index++)
    if (startsWith(symbol, publicLocks[index])) return false;
  return true;
}

static const LKSCallSite *callSite(LKSExploration *exploration, uintptr_t programCounter) {
  LKSCallSite *site = lks_tableFind(&exploration->callers, programCounter, false);
  if (LKS_LIKELY(site)) return site;
  LKSThread *thread = lks_current;
  if (thread) thread->inRuntime++;
  bool isLibrary = classify(programCounter);
  bool isReporter = isOf(reporters, sizeof reporters / sizeof *reporters, fileOf(programCounter));
  if (thread) thread->inRuntime--;
  site = lks_tableFind(&exploration->callers, programCounter, true);
  if (!site) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
  site->isLibrary = isLibrary;
  site->isReporter = isReporter;
  return site;
}

bool lks_isLibraryCaller(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isLibrary;
}

bool lks_isReporter(LKSExploration *exploration, uintptr_t programCounter) {
  return callSite(exploration, programCounter)->isReporter;
}
