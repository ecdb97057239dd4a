/// Executions in children of the process: see forked.c.
#ifndef LKS_FORKED_H
#define LKS_FORKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Memory that a process and its children see alike, from before there was any child.
typedef struct LKSSharedMemory {
  size_t size;
  size_t used;
} LKSSharedMemory;

/// Zeros, for good; NULL where there is no room left.
void *lks_sharedAllocate(LKSSharedMemory *memory, size_t size);

/// The context of the process's first thread, which rests while others explore what it would have done.
typedef struct LKSMainThread {
  uint8_t *parkedStackPointer;
  void *threadPointer;
  /// Where that thread keeps what it is to the runtime.
  struct LKSThread **current;
  uint32_t kernelID;
  _Atomic uint32_t isParked;
} LKSMainThread;

extern LKSMainThread lks_mainThread;

/// Makes the memory that the exploring process and the zygote share; false when there is none.
bool lks_shareProgram(void);
/// Makes children when asked to, for good.
void *lks_serveProgram(void *unused);
void lks_setZygote(int32_t process);
/// Ends all children of this process, and theirs, and waits for them.
void lks_endChildren(void);
/// The program started threads before its `main`.
void lks_noteEarlyThreads(void);

#endif
