/// Output: a step, since somebody outside can see its order. What controlled threads write to
/// standard output and error is kept for the report and not let out thousands of times.
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime.h"

void lks_keepOutput(LKSExploration *exploration, const char *bytes, size_t count) {
  if (!exploration->plan.detailed && !exploration->shared) return;
  if (exploration->outputCount + count > LKS_KEPT_OUTPUT)
    count = LKS_KEPT_OUTPUT - exploration->outputCount;
  if (exploration->outputCount + count > exploration->outputCapacity) {
    char *grown = LKS_REAL(realloc)(exploration->output, LKS_KEPT_OUTPUT);
    if (!grown) return;
    exploration->output = grown;
    exploration->outputCapacity = LKS_KEPT_OUTPUT;
  }
  memcpy(exploration->output + exploration->outputCount, bytes, count);
  exploration->outputCount += count;
}

static bool isStandard(FILE *file) { return file == stdout || file == stderr; }

/// The controlled thread whose output this is; NULL where it is let through.
static LKSThread *writer(uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  return thread && !lks_isReporter(thread->exploration, caller) ? thread : NULL;
}

static void announce(LKSThread *thread, uintptr_t stream, uintptr_t caller) {
  lks_settleExternal(thread);
  lks_prepare(thread, LKS_OUTPUT, stream, 1, caller);
  lks_step(thread);
}

// MARK: Brackets

void flockfile(FILE *file) {
  LKSThread *thread = writer(LKS_CALLER);
  if (!thread || !isStandard(file)) {
    LKS_REAL(flockfile)(file);
    return;
  }
  if (thread->fileLocks++ == 0) announce(thread, (uintptr_t)file, LKS_CALLER);
  lks_object(thread->exploration, (uintptr_t)file, LKS_OBJECT_STREAM)->owner = thread->index + 1;
}

void funlockfile(FILE *file) {
  LKSThread *thread = writer(LKS_CALLER);
  if (!thread || !isStandard(file)) {
    LKS_REAL(funlockfile)(file);
    return;
  }
  if (thread->fileLocks && --thread->fileLocks == 0)
    lks_object(thread->exploration, (uintptr_t)file, LKS_OBJECT_STREAM)->owner = 0;
}

int ftrylockfile(FILE *file) {
  LKSThread *thread = writer(LKS_CALLER);
  if (!thread || !isStandard(file)) return LKS_REAL(ftrylockfile)(file);
  flockfile(file);
  return 0;
}

// MARK: Streams

/// Keeps what a controlled thread writes to a standard stream; false: let it through.
static bool keeps(FILE *file, const char *bytes, size_t count, uintptr_t caller) {
  LKSThread *thread = writer(caller);
  if (!thread || !isStandard(file)) return false;
  if (!thread->fileLocks) announce(thread, (uintptr_t)file, caller);
  lks_keepOutput(thread->exploration, bytes, count);
  return true;
}

size_t fwrite(const void *bytes, size_t size, size_t count, FILE *file) {
  lks_seeBytes(bytes, size * count, LKS_READ, LKS_CALLER);
  if (keeps(file, bytes, size * count, LKS_CALLER)) return count;
  return LKS_REAL(fwrite)(bytes, size, count, file);
}

int fputs(const char *text, FILE *file) {
  lks_seeBytes(text, strlen(text) + 1, LKS_READ, LKS_CALLER);
  if (keeps(file, text, strlen(text), LKS_CALLER)) return 1;
  return LKS_REAL(fputs)(text, file);
}

int puts(const char *text) {
  lks_seeBytes(text, strlen(text) + 1, LKS_READ, LKS_CALLER);
  if (keeps(stdout, text, strlen(text), LKS_CALLER)) {
    lks_keepOutput(lks_current->exploration, "\n", 1);
    return 1;
  }
  return LKS_REAL(puts)(text);
}

int fputc(int character, FILE *file) {
  char byte = (char)character;
  if (keeps(file, &byte, 1, LKS_CALLER)) return (unsigned char)byte;
  return LKS_REAL(fputc)(character, file);
}

#undef putc
int putc(int character, FILE *file) {
  char byte = (char)character;
  if (keeps(file, &byte, 1, LKS_CALLER)) return (unsigned char)byte;
  return LKS_REAL(putc)(character, file);
}

#undef putchar
int putchar(int character) {
  char byte = (char)character;
  if (keeps(stdout, &byte, 1, LKS_CALLER)) return (unsigned char)byte;
  return LKS_REAL(putchar)(character);
}

static int formatted(FILE *file, const char *format, va_list list, uintptr_t caller) {
  char buffer[1024];
  int count = vsnprintf(buffer, sizeof buffer, format, list);
  if (count < 0) return count;
  size_t kept = (size_t)count < sizeof buffer ? (size_t)count : sizeof buffer - 1;
  keeps(file, buffer, kept, caller);
  return count;
}

int vfprintf(FILE *file, const char *format, va_list list) {
  if (!lks_controlled() || !isStandard(file)) return LKS_REAL(vfprintf)(file, format, list);
  return formatted(file, format, list, LKS_CALLER);
}

int vprintf(const char *format, va_list list) {
  if (!lks_controlled()) return LKS_REAL(vfprintf)(stdout, format, list);
  return formatted(stdout, format, list, LKS_CALLER);
}

int fprintf(FILE *file, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int count = lks_controlled() && isStandard(file)
                  ? formatted(file, format, list, LKS_CALLER)
                  : LKS_REAL(vfprintf)(file, format, list);
  va_end(list);
  return count;
}

int printf(const char *format, ...) {
  va_list list;
  va_start(list, format);
  int count = lks_controlled() ? formatted(stdout, format, list, LKS_CALLER)
                               : LKS_REAL(vfprintf)(stdout, format, list);
  va_end(list);
  return count;
}

// MARK: Descriptors

ssize_t write(int descriptor, const void *bytes, size_t count) {
  lks_seeBytes(bytes, count, LKS_READ, LKS_CALLER);
  LKSThread *thread = writer(LKS_CALLER);
  if (!thread) return LKS_REAL(write)(descriptor, bytes, count);
  announce(thread, (uintptr_t)descriptor + 1, LKS_CALLER);
  if (descriptor != STDOUT_FILENO && descriptor != STDERR_FILENO)
    return LKS_REAL(write)(descriptor, bytes, count);
  uint64_t value = 0;
  if (count && !lks_peekIfThere((uintptr_t)bytes, 1, &value)) {
    errno = EFAULT;
    return -1;
  }
  lks_keepOutput(thread->exploration, bytes, count);
  return (ssize_t)count;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  LKSThread *thread = writer(LKS_CALLER);
  if (!thread) return LKS_REAL(writev)(descriptor, parts, count);
  announce(thread, (uintptr_t)descriptor + 1, LKS_CALLER);
  if (descriptor != STDOUT_FILENO && descriptor != STDERR_FILENO)
    return LKS_REAL(writev)(descriptor, parts, count);
  ssize_t total = 0;
  for (int index = 0; index < count; index++) {
    lks_keepOutput(thread->exploration, parts[index].iov_base, parts[index].iov_len);
    total += (ssize_t)parts[index].iov_len;
  }
  return total;
}
