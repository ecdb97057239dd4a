/// Buffers that the C library fills for the program. How much of one is written shows only afterwards: it
/// is filled elsewhere first, and then written at a step.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wchar.h>

#include "runtime.h"

extern void *__libc_malloc(size_t size);
extern void __libc_free(void *block);

/// Whether a call is the program's, and looked at.
static bool isSeen(uintptr_t caller) {
  LKSThread *thread = lks_observed();
  return thread && lks_isOfProgram(thread->exploration, caller);
}

/// Memory to fill in place of a buffer; NULL where nobody looks, and the buffer itself is filled.
static void *makeStandIn(size_t size, uintptr_t caller) {
  // Where a file stands is seen by nobody.
  if (lks_current) lks_current->unseenChanges++;
  return size && isSeen(caller) ? __libc_malloc(size) : NULL;
}

/// Writes what a stand-in was filled with.
static void deliver(void *buffer, void *standIn, size_t size, uintptr_t caller) {
  if (size) {
    lks_seeBytes(buffer, size, LKS_WRITE, caller);
    memcpy(buffer, standIn, size);
  }
  __libc_free(standIn);
}

// MARK: Descriptors

/// The same for a system call, which fails where there is no memory. What it read is gone then, as it is
/// where only some of the memory is missing.
static ssize_t deliverFromKernel(void *buffer, void *standIn, ssize_t count, uintptr_t caller) {
  if (count > 0) {
    lks_seeBytes(buffer, (size_t)count, LKS_WRITE, caller);
    if (!lks_copyOut(buffer, standIn, (size_t)count)) count = -1;
  }
  int error = errno;
  __libc_free(standIn);
  errno = error;
  return count;
}

/// Calls a function of its arguments, with a buffer that it is to fill or what stands for it.
#define LKS_FILL(function, descriptor, buffer, count, ...)                               \
  ({                                                                                     \
    void *standIn = makeStandIn(count, LKS_CALLER);                                      \
    ssize_t filled_ =                                                                    \
        LKS_REAL(function)(descriptor, standIn ? standIn : buffer, count, ##__VA_ARGS__); \
    standIn ? deliverFromKernel(buffer, standIn, filled_, LKS_CALLER) : filled_;         \
  })

ssize_t read(int descriptor, void *buffer, size_t count) {
  if (lks_readRandom(descriptor, buffer, count, LKS_CALLER)) return (ssize_t)count;
  return LKS_FILL(read, descriptor, buffer, count);
}

ssize_t pread(int descriptor, void *buffer, size_t count, off_t offset) {
  return LKS_FILL(pread, descriptor, buffer, count, offset);
}

ssize_t recv(int descriptor, void *buffer, size_t count, int flags) {
  return LKS_FILL(recv, descriptor, buffer, count, flags);
}

// MARK: Streams

#undef fread_unlocked
/// One function for each way to use a stream.
#define LKS_READ_BYTES(function, useStream)                                                \
  size_t function(void *buffer, size_t size, size_t count, FILE *file) {                   \
    useStream(file, LKS_CALLER);                                                           \
    void *standIn = makeStandIn(size * count, LKS_CALLER);                                 \
    if (!standIn) return LKS_REAL(function)(buffer, size, count, file);                    \
    size_t result = LKS_REAL(function)(standIn, size, count, file);                        \
    /* The last element may have come in part, which is of no use to anybody. */           \
    deliver(buffer, standIn, result * size, LKS_CALLER);                                   \
    return result;                                                                         \
  }
LKS_READ_BYTES(fread, lks_useStream)
LKS_READ_BYTES(fread_unlocked, lks_useUnlockedStream)

#define LKS_READ_LINE(function, character, length, useStream)                              \
  character *function(character *buffer, int count, FILE *file) {                          \
    useStream(file, LKS_CALLER);                                                           \
    size_t size = count > 0 ? (size_t)count * sizeof *buffer : 0;                          \
    character *standIn = makeStandIn(size, LKS_CALLER);                                    \
    if (!standIn) return LKS_REAL(function)(buffer, count, file);                          \
    bool isThere = LKS_REAL(function)(standIn, count, file);                               \
    size_t filled = isThere ? (length(standIn) + 1) * sizeof *buffer : 0;                  \
    deliver(buffer, standIn, filled, LKS_CALLER);                                          \
    return isThere ? buffer : NULL;                                                        \
  }
LKS_READ_LINE(fgets, char, strlen, lks_useStream)
LKS_READ_LINE(fgets_unlocked, char, strlen, lks_useUnlockedStream)
LKS_READ_LINE(fgetws, wchar_t, wcslen, lks_useStream)
LKS_READ_LINE(fgetws_unlocked, wchar_t, wcslen, lks_useUnlockedStream)

#undef getc
#undef getchar
#undef getc_unlocked
#undef getchar_unlocked
#undef fgetc_unlocked
#undef getwc
#undef getwchar
#undef getwc_unlocked
#undef getwchar_unlocked
/// A call that uses a stream and gives or takes a character.
#define LKS_USE(result, function, parameters, arguments, file, useStream) \
  result function parameters {                                            \
    useStream(file, LKS_CALLER);                                          \
    return LKS_REAL(function) arguments;                                  \
  }
LKS_USE(int, fgetc, (FILE *file), (file), file, lks_useStream)
LKS_USE(int, getc, (FILE *file), (file), file, lks_useStream)
LKS_USE(int, getchar, (void), (), stdin, lks_useStream)
LKS_USE(int, fgetc_unlocked, (FILE *file), (file), file, lks_useUnlockedStream)
LKS_USE(int, getc_unlocked, (FILE *file), (file), file, lks_useUnlockedStream)
LKS_USE(int, getchar_unlocked, (void), (), stdin, lks_useUnlockedStream)
extern int __uflow(FILE *file);
/// What those without a lock come to where they are inlined, and the buffer is empty.
LKS_USE(int, __uflow, (FILE *file), (file), file, lks_useUnlockedStream)
LKS_USE(int, ungetc, (int character, FILE *file), (character, file), file, lks_useStream)
LKS_USE(wint_t, fgetwc, (FILE *file), (file), file, lks_useStream)
LKS_USE(wint_t, getwc, (FILE *file), (file), file, lks_useStream)
LKS_USE(wint_t, getwchar, (void), (), stdin, lks_useStream)
LKS_USE(wint_t, fgetwc_unlocked, (FILE *file), (file), file, lks_useUnlockedStream)
LKS_USE(wint_t, getwc_unlocked, (FILE *file), (file), file, lks_useUnlockedStream)
LKS_USE(wint_t, getwchar_unlocked, (void), (), stdin, lks_useUnlockedStream)
LKS_USE(wint_t, ungetwc, (wint_t character, FILE *file), (character, file), file, lks_useStream)

ssize_t getline(char **line, size_t *size, FILE *file) {
  lks_useStream(file, LKS_CALLER);
  return LKS_REAL(getline)(line, size, file);
}

ssize_t getdelim(char **line, size_t *size, int end, FILE *file) {
  lks_useStream(file, LKS_CALLER);
  return LKS_REAL(getdelim)(line, size, end, file);
}

// MARK: Formatted text

/// Announces the write of a formatted text into a buffer of so many bytes.
static void seeText(size_t size, char *buffer, const char *format, va_list list, uintptr_t caller) {
  if (!size || !isSeen(caller)) return;
  va_list copy;
  va_copy(copy, list);
  int length = vsnprintf(NULL, 0, format, copy);
  va_end(copy);
  if (length < 0) return;
  size_t needed = (size_t)length + 1;
  lks_seeBytes(buffer, needed < size ? needed : size, LKS_WRITE, caller);
}

int(vsnprintf)(char *buffer, size_t size, const char *format, va_list list) {
  seeText(size, buffer, format, list, LKS_CALLER);
  return vsnprintf(buffer, size, format, list);
}

int vsprintf(char *buffer, const char *format, va_list list) {
  seeText(SIZE_MAX, buffer, format, list, LKS_CALLER);
  return LKS_REAL(vsprintf)(buffer, format, list);
}

int(snprintf)(char *buffer, size_t size, const char *format, ...) {
  va_list list;
  va_start(list, format);
  seeText(size, buffer, format, list, LKS_CALLER);
  int count = vsnprintf(buffer, size, format, list);
  va_end(list);
  return count;
}

int sprintf(char *buffer, const char *format, ...) {
  va_list list;
  va_start(list, format);
  seeText(SIZE_MAX, buffer, format, list, LKS_CALLER);
  int count = LKS_REAL(vsprintf)(buffer, format, list);
  va_end(list);
  return count;
}
