/// The ends of memory, locks, conditions and semaphores: see lifetimes.c and freed.c.
#ifndef LKS_LIFETIMES_H
#define LKS_LIFETIMES_H

#include "runtime.h"

/// One that was begun is alive; who does not know of that may use it before, too.
enum { LKS_ALIVE = 0, LKS_BEGUN, LKS_DESTROYED, LKS_FREED };

/// Ends the execution where the program does what is undefined; the crash's `object` is what it did it to.
__attribute__((noreturn)) void lks_misuse(
    LKSThread *thread, uint64_t reason, uintptr_t address, uintptr_t caller);
/// Before the program destroys an object: steps, after which it must not be used.
void lks_meetDestroy(uintptr_t address, int kind, uintptr_t caller);
/// The same where an object is, if there is one, in a block that is about to be freed.
void lks_meetFreedObject(LKSThread *thread, uintptr_t address, uintptr_t caller);
/// After a step on an object that is not just alive: one that was destroyed or freed ends the execution.
void lks_meetEndedObject(LKSThread *thread, uintptr_t address, uintptr_t caller);
/// Before a new object is made, where an old one may have been: steps, if in some order it is in use.
void lks_beginObject(uintptr_t address, int kind, uintptr_t caller);
/// At the end of an execution: notes the locks that are held still.
void lks_noteLeftLocks(LKSExploration *exploration);

// MARK: freed.c

/// Before a block is freed by a call from `caller`: a step, where another thread has a part in it.
void lks_meetFree(uintptr_t block, size_t size, uintptr_t caller);

#endif
