/// Buffers that the C library fills for the program. How much of one is written shows only afterwards: it
/// is filled elsewhere first, and then written at a step.
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

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
  return size && isSeen(caller) ? __libc_malloc(size) : NULL;
}

/// Writes what a stand-in was filled with.
static void deliver(void *buffer, void *standIn, ssize_t count, uintptr_t caller) {
  if (count > 0) {
    lks_seeBytes(buffer, (size_t)count, LKS_WRITE, caller);
    memcpy(buffer, standIn, (size_t)count);
  }
  __libc_free(standIn);
}

ssize_t read(int descriptor, void *buffer, size_t count) {
  if (lks_readRandom(descriptor, buffer, count, LKS_CALLER)) return (ssize_t)count;
  void *standIn = makeStandIn(count, LKS_CALLER);
  if (!standIn) return LKS_REAL(read)(descriptor, buffer, count);
  ssize_t result = LKS_REAL(read)(descriptor, standIn, count);
  deliver(buffer, standIn, result, LKS_CALLER);
  return result;
}

ssize_t pread(int descriptor, void *buffer, size_t count, off_t offset) {
  void *standIn = makeStandIn(count, LKS_CALLER);
  if (!standIn) return LKS_REAL(pread)(descriptor, buffer, count, offset);
  ssize_t result = LKS_REAL(pread)(descriptor, standIn, count, offset);
  deliver(buffer, standIn, result, LKS_CALLER);
  return result;
}

ssize_t recv(int descriptor, void *buffer, size_t count, int flags) {
  void *standIn = makeStandIn(count, LKS_CALLER);
  if (!standIn) return LKS_REAL(recv)(descriptor, buffer, count, flags);
  ssize_t result = LKS_REAL(recv)(descriptor, standIn, count, flags);
  deliver(buffer, standIn, result, LKS_CALLER);
  return result;
}

size_t fread(void *buffer, size_t size, size_t count, FILE *file) {
  void *standIn = makeStandIn(size * count, LKS_CALLER);
  if (!standIn) return LKS_REAL(fread)(buffer, size, count, file);
  size_t result = LKS_REAL(fread)(standIn, size, count, file);
  // The last element may have come in part, which is of no use to anybody.
  deliver(buffer, standIn, (ssize_t)(result * size), LKS_CALLER);
  return result;
}

char *fgets(char *buffer, int count, FILE *file) {
  char *standIn = makeStandIn(count > 0 ? (size_t)count : 0, LKS_CALLER);
  if (!standIn) return LKS_REAL(fgets)(buffer, count, file);
  bool isThere = LKS_REAL(fgets)(standIn, count, file);
  deliver(buffer, standIn, isThere ? (ssize_t)strlen(standIn) + 1 : 0, LKS_CALLER);
  return isThere ? buffer : NULL;
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
