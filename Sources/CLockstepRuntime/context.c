/// Contexts of controlled threads: real threads, made once, whose stacks and thread pointers one
/// kernel thread adopts in turn; or, where that cannot be, threads that hand control to each other.
#include <errno.h>
#include <link.h>
#include <linux/futex.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime.h"

enum { LKS_NOT_PARKED, LKS_PARKED, LKS_LET_GO };

/// Room between a parked thread's last frame and the first adopted one.
#define LKS_GAP 1024

// MARK: System calls that touch no thread-local storage

static long rawSystemCall(long number, long a, long b, long c, long d) {
#if defined(__x86_64__)
  long result;
  register long r10 __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
                   : "rcx", "r11", "memory");
  return result;
#else
  (void)number, (void)a, (void)b, (void)c, (void)d;
  return -ENOSYS;
#endif
}

static void futexWait(_Atomic uint32_t *word, uint32_t value) {
  rawSystemCall(SYS_futex, (long)word, FUTEX_WAIT_PRIVATE, value, 0);
}

static void futexWake(_Atomic uint32_t *word) {
  rawSystemCall(SYS_futex, (long)word, FUTEX_WAKE_PRIVATE, INT_MAX, 0);
}

// MARK: Switching

#if defined(__x86_64__)
extern void lks_switchStacks(void **saved, void *stackPointer, void *threadPointer);
extern void lks_contextEntry(void);

#ifndef HWCAP2_FSGSBASE
#define HWCAP2_FSGSBASE (1 << 1)
#endif

bool lks_canAdoptContexts(void) { return (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE) != 0; }

static void *threadPointer(void) {
  void *pointer;
  __asm__("movq %%fs:0, %0" : "=r"(pointer));
  return pointer;
}
#else
static void lks_switchStacks(void **saved, void *stackPointer, void *threadPointer) {
  (void)saved, (void)stackPointer, (void)threadPointer;
  abort();
}
static void lks_contextEntry(void) {}
bool lks_canAdoptContexts(void) { return false; }
static void *threadPointer(void) { return NULL; }
#endif

void lks_waitForTurn(_Atomic uint32_t *turn) {
  while (atomic_exchange_explicit(turn, 0, memory_order_acquire) == 0) futexWait(turn, 0);
}

void lks_handTurnTo(LKSContext *context) {
  atomic_store_explicit(context->turn, 1, memory_order_release);
  futexWake(context->turn);
}

void lks_contextSwitch(LKSExploration *exploration, LKSContext *from, LKSContext *to) {
  if (exploration->mode == LKS_ADOPT_CONTEXTS) {
    if (LKS_UNLIKELY(exploration->isDebugged)) {
      lks_debuggedSwitch(from, to);
      return;
    }
    if (from == &exploration->driver) from->threadPointer = threadPointer();
    lks_switchStacks(&from->stackPointer, to->stackPointer, to->threadPointer);
    return;
  }
  _Atomic uint32_t *turn = from->turn;
  lks_handTurnTo(to);
  lks_waitForTurn(turn);
}

// MARK: Pool

struct LocalStorage {
  uintptr_t low;
  uintptr_t high;
  uintptr_t program;
  size_t programSize;
};

static int findLocalStorage(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  struct LocalStorage *storage = argument;
  uintptr_t data = (uintptr_t)info->dlpi_tls_data;
  // Only blocks below the thread pointer: those of libraries opened later may lie on the heap.
  if (data && data < storage->high && storage->high - data < (1u << 20) && data < storage->low)
    storage->low = data;
  // The executable is the one without a name.
  if (data && info->dlpi_name && !info->dlpi_name[0]) {
    for (int index = 0; index < info->dlpi_phnum; index++)
      if (info->dlpi_phdr[index].p_type == PT_TLS)
        storage->programSize = info->dlpi_phdr[index].p_memsz;
    storage->program = data;
  }
  return 0;
}

/// Keeps a copy of the thread's static thread-local storage, to go back to.
static void keepLocalStorage(LKSThread *thread) {
  struct LocalStorage storage = {.high = (uintptr_t)threadPointer()};
  storage.low = storage.high;
  dl_iterate_phdr(findLocalStorage, &storage);
  thread->localStorage = (uint8_t *)storage.low;
  thread->localStorageSize = storage.high - storage.low;
  // Not in the thread's arena, where its first execution would have other names than the next ones.
  thread->inRuntime++;
  thread->localStorageCopy = malloc(thread->localStorageSize + 1);
  thread->inRuntime--;
  if (thread->localStorageCopy)
    memcpy(thread->localStorageCopy, thread->localStorage, thread->localStorageSize);
  bool isInside = storage.program >= storage.low &&
                  storage.program + storage.programSize <= storage.high;
  thread->programStorage = isInside ? (uint8_t *)storage.program : NULL;
  thread->programStorageSize = storage.programSize;
}

static void blockSignals(void) {
  uint64_t all = UINT64_MAX;
  rawSystemCall(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, 0, sizeof all);
}

static void *poolMain(void *argument) {
  LKSThread *thread = argument;
  // Makes malloc's cache for this thread, so that it is part of the copy.
  free(malloc(1));
  lks_warmUpDispatch();
  lks_current = thread;
  keepLocalStorage(thread);
  thread->context.threadPointer = threadPointer();
  thread->handle = pthread_self();
  thread->kernelID = (uint32_t)rawSystemCall(SYS_gettid, 0, 0, 0, 0);
  if (thread->exploration->mode == LKS_HAND_OVER) {
    void *signalStack = lks_giveSignalStack();
    atomic_store(&thread->parked, LKS_PARKED);
    futexWake(&thread->parked);
    _Atomic uint32_t *turn = thread->context.turn;
    for (;;) {
      lks_waitForTurn(turn);
      if (atomic_load(&thread->parked) == LKS_LET_GO) break;
      lks_threadMain(thread);
    }
    lks_current = NULL;
    lks_takeSignalStack(signalStack);
    return NULL;
  }
  blockSignals();
  uint8_t *here = __builtin_frame_address(0);
  thread->parkedStackPointer = here - LKS_GAP;
  // From here on another kernel thread runs below this frame with this thread's storage: nothing
  // may be called that touches either.
  atomic_store(&thread->parked, LKS_PARKED);
  futexWake(&thread->parked);
  while (atomic_load(&thread->parked) == LKS_PARKED) futexWait(&thread->parked, LKS_PARKED);
  lks_current = NULL;
  return NULL;
}

__attribute__((noreturn, used)) void lks_contextMain(LKSThread *thread) {
  lks_threadMain(thread);
  __builtin_trap();
}

static void craftFirstFrame(LKSThread *thread) {
  uintptr_t top = ((uintptr_t)thread->parkedStackPointer - LKS_GAP) & ~(uintptr_t)15;
  void **stack = (void **)top;
  // At the entry the stack is as before a call: aligned to sixteen bytes.
  *--stack = NULL;
  *--stack = NULL;
  *--stack = (void *)lks_contextEntry;
  *--stack = NULL;    // rbp
  *--stack = thread;  // rbx
  *--stack = NULL;    // r12
  *--stack = NULL;    // r13
  *--stack = NULL;    // r14
  *--stack = NULL;    // r15
  thread->context.stackPointer = stack;
  thread->context.isFresh = true;
}

static bool makePoolThread(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  LKSThread *self = lks_current;
  if (self) self->inRuntime++;
  thread->stackLow = exploration->region + LKS_ARENAS_SIZE + thread->index * LKS_STACK_SIZE;
  size_t stackSize = LKS_STACK_SIZE - thread->index * LKS_STAGGER;
  thread->stackHigh = thread->stackLow + stackSize;
  pthread_attr_t attributes;
  bool made = pthread_attr_init(&attributes) == 0;
  // A handed-over thread that is abandoned keeps its stack for good, so it gets one of its own.
  if (exploration->mode == LKS_ADOPT_CONTEXTS) {
    mprotect(thread->stackLow, 4096, PROT_NONE);
    made = made && pthread_attr_setstack(&attributes, thread->stackLow, stackSize) == 0;
  } else {
    made = made && pthread_attr_setstacksize(&attributes, LKS_STACK_SIZE) == 0;
  }
  atomic_store(&thread->parked, LKS_NOT_PARKED);
  thread->context.turn = calloc(1, sizeof *thread->context.turn);
  made = made && thread->context.turn;
  made = made && LKS_REAL(pthread_create)(&thread->handle, &attributes, poolMain, thread) == 0;
  if (made) {
    while (atomic_load(&thread->parked) == LKS_NOT_PARKED)
      futexWait(&thread->parked, LKS_NOT_PARKED);
    thread->poolThreadExists = true;
  }
  if (self) self->inRuntime--;
  return made;
}

bool lks_contextPrepare(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  if (exploration->isChild && !thread->poolThreadExists) {
    // Who adopted a context cannot make a thread of its own; the process can, for the next child.
    exploration->poolNeeded = thread->index + 1u;
    lks_endExecution(exploration, LKS_TOO_FEW_THREADS);
  }
  if (!thread->poolThreadExists && !makePoolThread(thread)) return false;
  if (thread->exploration->mode == LKS_ADOPT_CONTEXTS) craftFirstFrame(thread);
  if (thread->programStorage && thread->localStorageCopy)
    memcpy(thread->programStorage,
           thread->localStorageCopy + (thread->programStorage - thread->localStorage),
           thread->programStorageSize);
  return true;
}

bool lks_poolReserve(LKSExploration *exploration, uint32_t count) {
  for (uint32_t index = 0; index < count && index < LKS_MAXIMUM_THREADS; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (!thread->poolThreadExists && !makePoolThread(thread)) return false;
  }
  return true;
}

void lks_adoptMainThread(LKSExploration *exploration) {
  LKSThread *thread = &exploration->threads[0];
  while (!atomic_load(&lks_mainThread.isParked)) futexWait(&lks_mainThread.isParked, 0);
  thread->parkedStackPointer = lks_mainThread.parkedStackPointer;
  thread->context.threadPointer = lks_mainThread.threadPointer;
  thread->handle = (pthread_t)lks_mainThread.threadPointer;
  thread->kernelID = lks_mainThread.kernelID;
  thread->stackHigh = thread->parkedStackPointer;
  thread->stackLow = thread->stackHigh - LKS_STACK_SIZE;
  thread->context.turn = calloc(1, sizeof *thread->context.turn);
  thread->poolThreadExists = true;
  exploration->mainStackTop = (uintptr_t)thread->stackHigh;
  *lks_mainThread.current = thread;
}

void lks_parkMainThread(void) {
  blockSignals();
  lks_mainThread.current = &lks_current;
  lks_mainThread.threadPointer = threadPointer();
  lks_mainThread.kernelID = (uint32_t)rawSystemCall(SYS_gettid, 0, 0, 0, 0);
  uint8_t *here = __builtin_frame_address(0);
  lks_mainThread.parkedStackPointer = here - LKS_GAP;
  atomic_store(&lks_mainThread.isParked, 1);
  futexWake(&lks_mainThread.isParked);
  for (;;) futexWait(&lks_mainThread.isParked, 1);
}

void lks_contextReset(LKSThread *thread) {
  thread->exploration->abandoned++;
  if (thread->exploration->mode == LKS_HAND_OVER) {
    // Its kernel thread sleeps on in the middle of its frames; a new one takes its place.
    LKS_REAL(pthread_detach)(thread->handle);
    free(thread->localStorageCopy);
    thread->localStorageCopy = NULL;
    thread->poolThreadExists = false;
    return;
  }
  if (thread->localStorageCopy)
    memcpy(thread->localStorage, thread->localStorageCopy, thread->localStorageSize);
}

void lks_poolDestroy(LKSExploration *exploration) {
  for (int index = 0; index < LKS_MAXIMUM_THREADS; index++) {
    LKSThread *thread = &exploration->threads[index];
    if (!thread->poolThreadExists) continue;
    atomic_store(&thread->parked, LKS_LET_GO);
    if (exploration->mode == LKS_HAND_OVER)
      lks_handTurnTo(&thread->context);
    else
      futexWake(&thread->parked);
    LKS_REAL(pthread_join)(thread->handle, NULL);
    free(thread->localStorageCopy);
    free(thread->context.turn);
    thread->poolThreadExists = false;
  }
}
