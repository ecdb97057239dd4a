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
    "$sSo21OS_dispatch_semaphoreC8Dispatch",
};

static bool startsWith(const char *text, const char *prefix) {
  return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool classify(uintptr_t programCounter) {
  Dl_info info;
  if (!dladdr((void *)(programCounter - 1), &info) || !info.dli_fname) return false;
  const char *slash = strrchr(info.dli_fname, '/');
  const char *name = slash ? slash + 1 : info.dli_fname;
  bool isLibrary = false;
  for (size_t index = 0; index < sizeof libraries / sizeof *libraries; index++)
    isLibrary |= startsWith(name, libraries[index]);
  const char *symbol = isLibrary ? lks_symbolName(programCounter - 1) : NULL;
  if (!symbol) return isLibrary;
  for (size_t index = 0; index < sizeof publicLocks / sizeof *publicLocks; index++)
    if (startsWith(symbol, publicLocks[index])) return false;
  return true;
}

bool lks_isLibraryCaller(LKSExploration *exploration, uintptr_t programCounter) {
  LKSCallSite *site = lks_tableFind(&exploration->callers, programCounter, false);
  if (LKS_LIKELY(site)) return site->isLibrary;
  LKSThread *thread = lks_current;
  if (thread) thread->inRuntime++;
  bool isLibrary = classify(programCounter);
  if (thread) thread->inRuntime--;
  site = lks_tableFind(&exploration->callers, programCounter, true);
  if (site) site->isLibrary = isLibrary;
  return isLibrary;
}
