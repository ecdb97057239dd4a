/// Output is a step, since somebody outside can see its order. What controlled threads write to standard
/// output and error is kept for the report and not let out thousands of times.
///
/// In a process of an execution both are one file. What comes there in another way, from a copy of the
/// descriptor, by functions that write into a stream's buffer without a call, or by some that are not seen,
/// is gathered before what is kept next, and in the end.
#include <errno.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "output.h"

LKSThread *lks_writer(uintptr_t caller) {
  LKSThread *thread = lks_controlled();
  return thread && !lks_isReporter(thread->exploration, caller) ? thread : NULL;
}

void lks_announceOutput(LKSThread *thread, uintptr_t object, uintptr_t caller) {
  lks_settleExternal(thread);
  lks_prepare(thread, LKS_OUTPUT, object, 1, caller);
  lks_step(thread);
}

// MARK: Keeping

static void keep(LKSExploration *exploration, const char *bytes, size_t count) {
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

void lks_keepOutput(LKSExploration *exploration, const char *bytes, size_t count) {
  if (!exploration->plan.detailed && !exploration->shared) return;
  lks_gatherOutput(exploration);
  keep(exploration, bytes, count);
}

// MARK: Gathering

/// What was written to the file itself.
static void takeFromFile(LKSExploration *exploration) {
  struct stat file;
  char bytes[4096];
  if (fstat(STDOUT_FILENO, &file) != 0 || !S_ISREG(file.st_mode)) return;
  for (off_t place = 0; place < file.st_size;) {
    ssize_t count = LKS_REAL(pread)(STDOUT_FILENO, bytes, sizeof bytes, place);
    if (count <= 0) break;
    keep(exploration, bytes, (size_t)count);
    place += count;
  }
  if (file.st_size && ftruncate(STDOUT_FILENO, 0) == 0) lseek(STDOUT_FILENO, 0, SEEK_SET);
}

void lks_gatherOutput(LKSExploration *exploration) {
  if (!exploration->isChild) return;
  if (LKS_UNLIKELY(exploration->writesToFile)) takeFromFile(exploration);
  // glibc's functions without a lock are inlined into the program (bits/types/struct_FILE.h).
  size_t count = (size_t)(stdout->_IO_write_ptr - stdout->_IO_write_base);
  if (LKS_LIKELY(!count)) return;
  keep(exploration, stdout->_IO_write_base, count);
  __fpurge(stdout);
}

bool lks_isOutput(LKSThread *thread, int descriptor) {
  if (descriptor == STDOUT_FILENO || descriptor == STDERR_FILENO) return true;
  struct stat file, output;
  return thread->exploration->isChild && fstat(descriptor, &file) == 0 &&
         fstat(STDOUT_FILENO, &output) == 0 && S_ISREG(output.st_mode) &&
         file.st_dev == output.st_dev && file.st_ino == output.st_ino;
}

// MARK: Descriptors

static uintptr_t objectOf(LKSThread *thread, int descriptor) {
  // Copies share a place in the file.
  bool isCopy = descriptor > STDERR_FILENO && lks_isOutput(thread, descriptor);
  return (uintptr_t)(isCopy ? STDOUT_FILENO : descriptor) + 1;
}

ssize_t lks_writeBytes(
    LKSThread *thread, int descriptor, const void *bytes, size_t count, uintptr_t caller) {
  lks_announceOutput(thread, objectOf(thread, descriptor), caller);
  if (!lks_isOutput(thread, descriptor)) return LKS_REAL(write)(descriptor, bytes, count);
  uint64_t value = 0;
  if (count && !lks_peekIfThere((uintptr_t)bytes, 1, &value)) {
    errno = EFAULT;
    return -1;
  }
  lks_keepOutput(thread->exploration, bytes, count);
  return (ssize_t)count;
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  lks_seeBytes(bytes, count, LKS_READ, LKS_CALLER);
  LKSThread *thread = lks_writer(LKS_CALLER);
  if (!thread) return LKS_REAL(write)(descriptor, bytes, count);
  return lks_writeBytes(thread, descriptor, bytes, count, LKS_CALLER);
}

ssize_t writev(int descriptor, const struct iovec *parts, int count) {
  LKSThread *thread = lks_writer(LKS_CALLER);
  if (!thread) return LKS_REAL(writev)(descriptor, parts, count);
  lks_announceOutput(thread, objectOf(thread, descriptor), LKS_CALLER);
  if (!lks_isOutput(thread, descriptor)) return LKS_REAL(writev)(descriptor, parts, count);
  ssize_t total = 0;
  for (int index = 0; index < count; index++) {
    lks_keepOutput(thread->exploration, parts[index].iov_base, parts[index].iov_len);
    total += (ssize_t)parts[index].iov_len;
  }
  return total;
}

static int writeFormatted(int descriptor, const char *format, va_list list, uintptr_t caller) {
  LKSThread *thread = lks_writer(caller);
  if (!thread) return LKS_REAL(vdprintf)(descriptor, format, list);
  LKSText text;
  lks_beginText(&text);
  int count = lks_formatText(&text, format, list);
  if (count > 0 && lks_writeBytes(thread, descriptor, text.bytes, text.count, caller) < 0)
    count = -1;
  lks_endText(&text);
  return count;
}

int vdprintf(int descriptor, const char *format, va_list list) {
  return writeFormatted(descriptor, format, list, LKS_CALLER);
}

int dprintf(int descriptor, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int count = writeFormatted(descriptor, format, list, LKS_CALLER);
  va_end(list);
  return count;
}
