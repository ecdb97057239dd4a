/// What the C library and the kernel do for the program: what it reads that nobody gave it, the buffers that
/// they fill and look at, and waits for a word.
#ifndef LKS_LIBRARY_H
#define LKS_LIBRARY_H

#include "runtime.h"

// MARK: inputs.c

/// Notes that the program reads what may be another thing each time.
void lks_noteInput(LKSThread *thread, const char *name, uintptr_t caller);
/// Fills a buffer with random numbers, which are the same in each execution; false, with `EFAULT`, where
/// no memory is.
bool lks_fillAtRandom(
    LKSThread *thread, void *buffer, size_t size, const char *name, uintptr_t caller);
/// The id by which a thread is known to the program.
pid_t lks_threadID(LKSThread *thread, uintptr_t caller);
/// Fills a buffer for a controlled thread that reads from a device of random numbers; false where it does not.
bool lks_readRandom(int descriptor, void *buffer, size_t size, uintptr_t caller);

// MARK: strings.c

/// Bytes that the C library reads or writes for who called it: a step like one of the program's own
/// accesses, if that is the program.
void lks_seeBytes(const void *bytes, size_t size, LKSKind kind, uintptr_t caller);

// MARK: library_state.c

struct _IO_FILE;
/// A stream is read from or written to, under its own lock: a step on it.
void lks_useStream(struct _IO_FILE *stream, uintptr_t caller);
/// The same without the lock.
void lks_useUnlockedStream(struct _IO_FILE *stream, uintptr_t caller);

// MARK: futex_wait.c

/// `FUTEX_WAIT` and `FUTEX_WAKE` by steps; they return what the calls do.
long lks_futexWait(
    LKSThread *thread, uint32_t *word, uint32_t value, const LKSDeadline *deadline,
    uintptr_t caller);
long lks_futexWake(LKSThread *thread, uint32_t *word, int count, uintptr_t caller);

#endif
