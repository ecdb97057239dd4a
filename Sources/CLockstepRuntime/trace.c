/// The trace: events as they happen, and for an execution that is shown their call stacks and values.
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

#include "runtime.h"

LKSEvent *lks_appendEvent(LKSExploration *exploration) {
  if (LKS_UNLIKELY(exploration->traceCount == exploration->traceCapacity)) {
    if (exploration->shared) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    size_t capacity = exploration->traceCapacity ? exploration->traceCapacity * 2 : 4096;
    size_t old = exploration->traceCapacity * sizeof(LKSEvent);
    void *memory = exploration->trace
                       ? mremap(exploration->trace, old, capacity * sizeof(LKSEvent), MREMAP_MAYMOVE)
                       : mmap(NULL, capacity * sizeof(LKSEvent), PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    exploration->trace = memory;
    exploration->traceCapacity = capacity;
  }
  LKSEvent *event = &exploration->trace[exploration->traceCount++];
  memset(event, 0, sizeof *event);
  return event;
}

LKSEvent *lks_repeatEvent(
    LKSExploration *exploration, uint8_t thread, uint8_t kind, uint64_t object) {
  LKSEvent *event = &exploration->trace[exploration->traceCount];
  if (LKS_LIKELY(
          exploration->traceCount < exploration->formerCount && event->thread == thread &&
          event->kind == kind && event->object == object)) {
    exploration->traceCount++;
    return event;
  }
  exploration->repeats = false;
  return NULL;
}

#define LKS_MAXIMUM_FRAMES 64

struct Frames {
  uintptr_t top;
  size_t count;
  uintptr_t addresses[LKS_MAXIMUM_FRAMES];
};

/// Collects return addresses from `top` on; what is above it is the runtime itself.
static _Unwind_Reason_Code collect(struct _Unwind_Context *context, void *argument) {
  struct Frames *frames = argument;
  uintptr_t address = _Unwind_GetIP(context);
  if (frames->count == 0 && address != frames->top) return _URC_NO_REASON;
  if (frames->count == LKS_MAXIMUM_FRAMES || address == 0) return _URC_END_OF_STACK;
  frames->addresses[frames->count++] = address;
  return _URC_NO_REASON;
}

/// Keeps the running thread's call stack from a program counter on, innermost first: by unwinding,
/// or, where that gives nothing, by what the instrumentation said of entered functions.
uint32_t lks_keepStack(LKSExploration *exploration, LKSThread *thread, uintptr_t top) {
  struct Frames frames = {.top = top};
  if (top && top == lks_latestExit(thread, 0)) {
    // Not on the stack any more: what came before tells what led here.
    for (uint32_t before = 0; lks_latestExit(thread, before); before++)
      frames.addresses[frames.count++] = lks_latestExit(thread, before);
  } else {
    thread->inRuntime++;
    _Unwind_Backtrace(collect, &frames);
    thread->inRuntime--;
  }
  if (frames.count == 0) {
    frames.addresses[frames.count++] = top;
    uint32_t depth = thread->depth < LKS_SHADOW_STACK_DEPTH ? thread->depth : LKS_SHADOW_STACK_DEPTH;
    while (depth && frames.count < LKS_MAXIMUM_FRAMES)
      frames.addresses[frames.count++] = thread->stack[--depth];
  }
  size_t needed = exploration->stackWords + frames.count + 1;
  if (needed > exploration->stackCapacity) {
    size_t capacity = (exploration->stackCapacity + needed) * 2;
    size_t size = capacity * sizeof(uintptr_t);
    void *memory = exploration->stacks
                       ? mremap(exploration->stacks, exploration->stackCapacity * sizeof(uintptr_t),
                                size, MREMAP_MAYMOVE)
                       : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 0;
    exploration->stacks = memory;
    exploration->stackCapacity = capacity;
  }
  uint32_t index = (uint32_t)exploration->stackWords;
  uintptr_t *words = exploration->stacks + index;
  words[0] = frames.count;
  memcpy(words + 1, frames.addresses, frames.count * sizeof(uintptr_t));
  exploration->stackWords += frames.count + 1;
  return index;
}

/// The bytes at an address, as a number; at most eight.
uint64_t lks_peek(uintptr_t address, uint32_t size) {
  uint64_t value = 0;
  memcpy(&value, (const void *)address, size < 8 ? size : 8);
  return value;
}

long lks_peekThrough(const struct iovec *to, const struct iovec *from, size_t count) {
  int error = errno;
  long bytes = LKS_REAL(syscall)(SYS_process_vm_readv, getpid(), to, count, from, count, 0L);
  if (bytes < 0) bytes = -errno;
  errno = error;
  return bytes;
}

bool lks_peekIfThere(uintptr_t address, uint32_t size, uint64_t *value) {
  struct iovec to = {value, size < 8 ? size : 8};
  struct iovec from = {(void *)address, to.iov_len};
  long count = lks_peekThrough(&to, &from, 1);
  if (count == -EFAULT) return false;
  // Where the call itself is forbidden, as in some containers.
  if (count < 0) *value = lks_peek(address, size);
  return true;
}

bool lks_copyOut(void *to, const void *from, size_t size) {
  struct iovec local = {(void *)(uintptr_t)from, size}, remote = {to, size};
  int error = errno;
  long bytes = LKS_REAL(syscall)(SYS_process_vm_writev, getpid(), &local, 1L, &remote, 1L, 0L);
  bool isThere = bytes == (long)size || (bytes < 0 && errno != EFAULT);
  // Where the call itself is forbidden, as in some containers.
  if (bytes < 0 && isThere) memcpy(to, from, size);
  errno = isThere ? error : EFAULT;
  return isThere;
}

void lks_noteValue(LKSEvent *event, uintptr_t address) {
  if (lks_peekIfThere(address, event->size, &event->value)) event->flags |= LKS_HAS_VALUE;
}

/// Bytes of a block that are looked at to tell whether it has changed.
#define LKS_CONTENT_BYTES 4096
/// The same of a block that is none of the execution's.
#define LKS_FOREIGN_BYTES 64

/// A hash of what is at an address, but for the second word: the reference count of an object.
static uint64_t hashOfBlock(uintptr_t address, size_t size) {
  uint64_t words[LKS_CONTENT_BYTES / sizeof(uint64_t)] = {0};
  struct iovec to = {words, size < sizeof words ? size : sizeof words};
  struct iovec from = {(void *)address, to.iov_len};
  if (lks_peekThrough(&to, &from, 1) < 0) return 0;
  uint64_t hash = size;
  for (size_t index = 0; index * sizeof *words < to.iov_len; index++)
    if (index != 1) hash = lks_mixed(hash, words[index]);
  return hash;
}

/// A reference may have bits of its own: where no address has any, and where objects are aligned.
#define LKS_REFERENCE_BITS 0x0ffffffffffffff8

/// Bytes of a variable that are looked at to tell whether it has changed.
#define LKS_VARIABLE_BYTES 16

uint64_t lks_contentHash(const LKSExploration *exploration, uintptr_t address) {
  uint64_t hash = 0, word = 0;
  for (size_t offset = 0; offset < LKS_VARIABLE_BYTES; offset += sizeof word) {
    word = 0;
    lks_peekIfThere(address + offset, sizeof word, &word);
    uintptr_t block = word & LKS_REFERENCE_BITS;
    size_t size = LKS_FOREIGN_BYTES;
    lks_heapBlock(exploration, block, &block, &size);
    hash = lks_mixed(lks_mixed(hash, word), hashOfBlock(block, size));
  }
  return hash;
}

void lks_noteContent(LKSExploration *exploration, LKSEvent *event) {
  uintptr_t block = event->value & LKS_REFERENCE_BITS;
  size_t size = 0;
  bool isReference = event->size == 8 && event->flags & LKS_HAS_VALUE &&
                     lks_heapBlock(exploration, block, &block, &size);
  event->sleeping = isReference ? hashOfBlock(block, size) | 1 : 0;
}

/// What the thread wrote last can be read once it announces its next step, if it is still there; and what a
/// library has changed, once it is back: that may have called the program's code, for other variables.
void lks_settleWrite(LKSThread *thread) {
  LKSExploration *exploration = thread->exploration;
  LKSEvent *event = &exploration->trace[thread->writtenEvent - 1];
  uintptr_t address = lks_addressOf(exploration, event->object);
  if (event->kind == LKS_OPAQUE_READ_WRITE) {
    const LKSPending *pending = &thread->pending;
    bool isBack = !lks_isMemory(pending->kind) ||
                  (pending->address < address + LKS_VARIABLE_BYTES &&
                   address < pending->address + pending->size);
    if (!isBack) return;
    event->value = lks_contentHash(exploration, address) != thread->contentBefore;
    event->flags |= LKS_HAS_VALUE;
  } else {
    lks_noteValue(event, address);
    lks_noteContent(exploration, event);
  }
  thread->writtenEvent = 0;
}

LKSEvent *lks_annotate(
    LKSThread *thread, LKSKind kind, uint64_t object, uint64_t value, uintptr_t programCounter) {
  LKSExploration *exploration = thread->exploration;
  if (LKS_UNLIKELY(thread->writtenEvent)) lks_settleWrite(thread);
  if (exploration->repeats) {
    LKSEvent *former = lks_repeatEvent(exploration, thread->index, (uint8_t)kind, object);
    if (former) return former;
  }
  LKSEvent *event = lks_appendEvent(exploration);
  event->thread = thread->index;
  event->kind = (uint8_t)kind;
  event->object = object;
  event->value = value;
  event->programCounter = programCounter;
  event->size = 1;
  if (exploration->plan.detailed) {
    event->stack = lks_keepStack(exploration, thread, programCounter);
    if (kind == LKS_EXIT) event->other = lks_quietHash(thread);
  }
  return event;
}

void lks_uncontrolled(LKSExploration *exploration, const char *name) {
  for (size_t index = 0; index < exploration->uncontrolledCount; index++)
    if (strcmp(exploration->uncontrolled[index], name) == 0) return;
  if (exploration->uncontrolledCount < LKS_MAXIMUM_UNCONTROLLED)
    exploration->uncontrolled[exploration->uncontrolledCount++] = name;
}
