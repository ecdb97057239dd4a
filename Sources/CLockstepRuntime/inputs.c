/// What a program reads that nobody gave it, and that may be another thing each time. Random numbers are
/// made the same in each execution, as times are; the rest is noted, to be named where executions differ.
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "runtime.h"

static void note(LKSThread *thread, const char *name, bool isFixed, uintptr_t caller) {
  LKSExploration *exploration = thread->exploration;
  bool isOfProgram = lks_isOfProgram(exploration, caller);
  // A library reads files and asks for ids for itself; for random numbers it is asked by the program.
  if (!isFixed && !isOfProgram) return;
  for (uint32_t index = 0; index < exploration->inputCount; index++)
    if (strncmp(exploration->inputs[index].name, name, LKS_INPUT_NAME - 1) == 0) return;
  if (exploration->inputCount == LKS_MAXIMUM_INPUTS) return;
  LKSInput *input = &exploration->inputs[exploration->inputCount++];
  strncpy(input->name, name, LKS_INPUT_NAME - 1);
  input->name[LKS_INPUT_NAME - 1] = 0;
  input->programCounter = lks_isLibraryCaller(exploration, caller) ? 0 : caller;
  input->isFixed = isFixed;
}

void lks_noteInput(LKSThread *thread, const char *name, uintptr_t caller) {
  note(thread, name, false, caller);
}

size_t lks_inputCount(const LKSExploration *exploration) { return exploration->inputCount; }

const LKSInput *lks_inputAt(const LKSExploration *exploration, size_t index) {
  return index < exploration->inputCount ? &exploration->inputs[index] : NULL;
}

// MARK: Random numbers

/// A thread's own sequence, so that no order of threads has a part in it (SplitMix64, as in scheduler.c).
static uint64_t nextNumber(LKSThread *thread) {
  uint64_t value = ((uint64_t)thread->index << 32 | ++thread->randomCount) * 0x9e3779b97f4a7c15ull;
  value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ull;
  value = (value ^ value >> 27) * 0x94d049bb133111ebull;
  return value ^ value >> 31;
}

bool lks_fillAtRandom(
    LKSThread *thread, void *buffer, size_t size, const char *name, uintptr_t caller) {
  note(thread, name, true, caller);
  lks_seeBytes(buffer, size, LKS_WRITE, caller);
  for (size_t done = 0; done < size; done += 8) {
    uint64_t number = nextNumber(thread);
    size_t count = size - done < 8 ? size - done : 8;
    // The first write tells whether memory is there.
    if (done)
      memcpy((char *)buffer + done, &number, count);
    else if (!lks_copyOut(buffer, &number, count))
      return false;
  }
  return true;
}

ssize_t getrandom(void *buffer, size_t size, unsigned flags) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(getrandom)(buffer, size, flags);
  return lks_fillAtRandom(thread, buffer, size, "getrandom", LKS_CALLER) ? (ssize_t)size : -1;
}

int getentropy(void *buffer, size_t size) {
  LKSThread *thread = lks_controlled();
  if (!thread || size > 256) return LKS_REAL(getentropy)(buffer, size);
  return lks_fillAtRandom(thread, buffer, size, "getentropy", LKS_CALLER) ? 0 : -1;
}

// Not in every C library.
extern uint32_t arc4random(void);
extern void arc4random_buf(void *buffer, size_t size);
extern uint32_t arc4random_uniform(uint32_t bound);

uint32_t arc4random(void) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(arc4random)();
  note(thread, "arc4random", true, LKS_CALLER);
  return (uint32_t)nextNumber(thread);
}

void arc4random_buf(void *buffer, size_t size) {
  LKSThread *thread = lks_controlled();
  if (thread)
    lks_fillAtRandom(thread, buffer, size, "arc4random_buf", LKS_CALLER);
  else
    LKS_REAL(arc4random_buf)(buffer, size);
}

uint32_t arc4random_uniform(uint32_t bound) {
  LKSThread *thread = lks_controlled();
  if (!thread) return LKS_REAL(arc4random_uniform)(bound);
  note(thread, "arc4random_uniform", true, LKS_CALLER);
  return bound ? (uint32_t)(nextNumber(thread) % bound) : 0;
}

/// `std::random_device`, which asks the processor.
#define LKS_RANDOM_DEVICE _ZNSt13random_device9_M_getvalEv
extern unsigned LKS_RANDOM_DEVICE(void *device);
unsigned LKS_RANDOM_DEVICE(void *device) {
  LKSThread *thread = lks_controlled();
  if (!thread) return ((unsigned (*)(void *))lks_next("_ZNSt13random_device9_M_getvalEv"))(device);
  note(thread, "std::random_device", true, LKS_CALLER);
  return (unsigned)nextNumber(thread);
}

/// Whether a descriptor is /dev/random or /dev/urandom: devices 8 and 9 of major number 1
/// (Documentation/admin-guide/devices.txt of the kernel).
static bool isRandomDevice(int descriptor) {
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISCHR(status.st_mode)) return false;
  unsigned minor = minor(status.st_rdev);
  return major(status.st_rdev) == 1 && (minor == 8 || minor == 9);
}

bool lks_readRandom(int descriptor, void *buffer, size_t size, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread || !isRandomDevice(descriptor)) return false;
  return lks_fillAtRandom(thread, buffer, size, "/dev/urandom", caller);
}

// MARK: Ids

pid_t(getpid)(void) {
  LKSThread *thread = lks_controlled();
  if (thread) lks_noteInput(thread, "getpid", LKS_CALLER);
  return getpid();
}

pid_t lks_threadID(LKSThread *thread, uintptr_t caller) {
  // What Swift's `Mutex` holds its owner by.
  if (lks_needsSwift()) return (pid_t)thread->lockID;
  lks_noteInput(thread, "gettid", caller);
  // Threads that share a kernel thread have ids of their own; the first has the process's.
  return getpid() + thread->index;
}

pid_t gettid(void) {
  LKSThread *thread = lks_controlled();
  return thread ? lks_threadID(thread, LKS_CALLER) : LKS_REAL(gettid)();
}

// MARK: Files

static void noteFile(const char *function, const char *path, uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  if (!thread || !path) return;
  char name[LKS_INPUT_NAME];
  snprintf(name, sizeof name, "%s of '%s'", function, path);
  lks_noteInput(thread, name, caller);
}

static bool reads(int flags) { return (flags & O_ACCMODE) != O_WRONLY; }

/// The argument that is there where a file may be made.
#define LKS_MODE(flags)                                         \
  ({                                                            \
    va_list list;                                               \
    va_start(list, flags);                                      \
    mode_t mode_ = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0; \
    va_end(list);                                               \
    mode_;                                                      \
  })

int open(const char *path, int flags, ...) {
  if (reads(flags)) noteFile("open", path, LKS_CALLER);
  return LKS_REAL(open)(path, flags, LKS_MODE(flags));
}

int open64(const char *path, int flags, ...) {
  if (reads(flags)) noteFile("open", path, LKS_CALLER);
  return LKS_REAL(open64)(path, flags, LKS_MODE(flags));
}

int openat(int folder, const char *path, int flags, ...) {
  if (reads(flags)) noteFile("openat", path, LKS_CALLER);
  return LKS_REAL(openat)(folder, path, flags, LKS_MODE(flags));
}

FILE *fopen(const char *path, const char *mode) {
  if (mode[0] == 'r') noteFile("fopen", path, LKS_CALLER);
  return LKS_REAL(fopen)(path, mode);
}

FILE *fopen64(const char *path, const char *mode) {
  if (mode[0] == 'r') noteFile("fopen", path, LKS_CALLER);
  return LKS_REAL(fopen64)(path, mode);
}
