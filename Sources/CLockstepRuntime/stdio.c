/// Output by streams. What is written to standard output and error is kept, at a step; other streams are
/// objects that threads change under their locks.
#include <stdio_ext.h>
#include <stdlib.h>
#include <unistd.h>

#include "output.h"

static bool isStandard(FILE *file) { return file == stdout || file == stderr; }

// MARK: Brackets

static LKSObject *modelOf(LKSThread *thread, FILE *file) {
  return lks_object(thread->exploration, (uintptr_t)file, LKS_OBJECT_STREAM);
}

static bool holds(LKSThread *thread, FILE *file) {
  return modelOf(thread, file)->owner == thread->index + 1;
}

void lks_awaitStream(LKSThread *thread, FILE *file, uintptr_t caller) {
  if (!lks_hasObject(thread->exploration, (uintptr_t)file)) return;
  if (modelOf(thread, file)->owner && !holds(thread, file))
    lks_announceOutput(thread, (uintptr_t)file, caller);
}

/// The lock of a stream, which a program that asks for it uses for other things, too (bits/types/struct_FILE.h).
static uintptr_t lockOf(FILE *file) { return (uintptr_t)file->_lock; }

static bool isModelled(LKSThread *thread, FILE *file, uintptr_t caller) {
  return isStandard(file) || lks_isOfProgram(thread->exploration, caller);
}

static bool lock(LKSThread *thread, FILE *file, LKSKind kind, uintptr_t caller) {
  if (holds(thread, file)) {
    modelOf(thread, file)->depth++;
    return true;
  }
  if (lks_isOfProgram(thread->exploration, caller)) {
    lks_settleExternal(thread);
    lks_prepare(thread, kind, lockOf(file), 1, caller);
    lks_step(thread);
    if (kind == LKS_TRY_LOCK && !thread->tookLock) return false;
  }
  if (isStandard(file)) lks_announceOutput(thread, (uintptr_t)file, caller);
  LKSObject *model = modelOf(thread, file);
  model->owner = thread->index + 1;
  model->depth = 1;
  return true;
}

void flockfile(FILE *file) {
  LKSThread *thread = lks_writer(LKS_CALLER);
  if (thread && isModelled(thread, file, LKS_CALLER))
    lock(thread, file, LKS_LOCK, LKS_CALLER);
  else
    LKS_REAL(flockfile)(file);
}

int ftrylockfile(FILE *file) {
  LKSThread *thread = lks_writer(LKS_CALLER);
  if (!thread || !isModelled(thread, file, LKS_CALLER)) return LKS_REAL(ftrylockfile)(file);
  return lock(thread, file, LKS_TRY_LOCK, LKS_CALLER) ? 0 : -1;
}

void funlockfile(FILE *file) {
  LKSThread *thread = lks_writer(LKS_CALLER);
  if (!thread || !isModelled(thread, file, LKS_CALLER)) {
    LKS_REAL(funlockfile)(file);
    return;
  }
  LKSObject *model = modelOf(thread, file);
  if (!holds(thread, file) || --model->depth) return;
  model->owner = 0;
  if (!lks_hasObject(thread->exploration, lockOf(file))) return;
  lks_settleExternal(thread);
  lks_prepare(thread, LKS_UNLOCK, lockOf(file), 1, LKS_CALLER);
  lks_step(thread);
}

// MARK: Who writes

/// A stream that is another way to the output has it in its buffer, or writes it at once.
static void meetCopy(LKSThread *thread, FILE *file, uintptr_t caller) {
  if (!lks_isOutput(thread, LKS_REAL(fileno)(file))) return;
  thread->exploration->writesToFile = true;
  if (__fbufsize(file) == 0 || __flbf(file))
    lks_announceOutput(thread, STDOUT_FILENO + 1, caller);
}

LKSThread *lks_streamWriter(FILE *file, uintptr_t caller) {
  LKSThread *thread = lks_writer(caller);
  if (!thread || isStandard(file)) return thread;
  lks_useStream(file, caller);
  meetCopy(thread, file, caller);
  return NULL;
}

LKSThread *lks_unlockedWriter(FILE *file, uintptr_t caller) {
  LKSThread *thread = lks_writer(caller);
  if (!thread) return NULL;
  lks_useUnlockedStream(file, caller);
  if (isStandard(file)) return thread;
  meetCopy(thread, file, caller);
  return NULL;
}

void lks_keepText(
    LKSThread *thread, FILE *file, const char *bytes, size_t count, uintptr_t caller) {
  if (!holds(thread, file)) lks_announceOutput(thread, (uintptr_t)file, caller);
  lks_keepOutput(thread->exploration, bytes, count);
}

// MARK: Bytes

#undef fwrite_unlocked
/// One function for each way to find the thread that writes.
#define LKS_WRITE_BYTES(function, findWriter)                                         \
  size_t function(const void *bytes, size_t size, size_t count, FILE *file) {         \
    lks_seeBytes(bytes, size * count, LKS_READ, LKS_CALLER);                          \
    LKSThread *thread = findWriter(file, LKS_CALLER);                                 \
    if (!thread) return LKS_REAL(function)(bytes, size, count, file);                 \
    lks_keepText(thread, file, bytes, size * count, LKS_CALLER);                      \
    return count;                                                                     \
  }
LKS_WRITE_BYTES(fwrite, lks_streamWriter)
LKS_WRITE_BYTES(fwrite_unlocked, lks_unlockedWriter)

#define LKS_WRITE_TEXT(function, findWriter)                                          \
  int function(const char *text, FILE *file) {                                        \
    lks_seeBytes(text, strlen(text) + 1, LKS_READ, LKS_CALLER);                       \
    LKSThread *thread = findWriter(file, LKS_CALLER);                                 \
    if (!thread) return LKS_REAL(function)(text, file);                               \
    lks_keepText(thread, file, text, strlen(text), LKS_CALLER);                       \
    return 1;                                                                         \
  }
LKS_WRITE_TEXT(fputs, lks_streamWriter)
LKS_WRITE_TEXT(fputs_unlocked, lks_unlockedWriter)

int puts(const char *text) {
  lks_seeBytes(text, strlen(text) + 1, LKS_READ, LKS_CALLER);
  LKSThread *thread = lks_streamWriter(stdout, LKS_CALLER);
  if (!thread) return LKS_REAL(puts)(text);
  lks_keepText(thread, stdout, text, strlen(text), LKS_CALLER);
  lks_keepOutput(thread->exploration, "\n", 1);
  return 1;
}

#undef putc
#undef putchar
#undef putc_unlocked
#undef putchar_unlocked
#undef fputc_unlocked
#define LKS_WRITE_CHARACTER(function, parameters, arguments, file, findWriter)        \
  int function parameters {                                                           \
    LKSThread *thread = findWriter(file, LKS_CALLER);                                 \
    if (!thread) return LKS_REAL(function) arguments;                                 \
    char byte = (char)character;                                                      \
    lks_keepText(thread, file, &byte, 1, LKS_CALLER);                                 \
    return (unsigned char)byte;                                                       \
  }
#define LKS_WRITE_TO_FILE(function, findWriter) \
  LKS_WRITE_CHARACTER(function, (int character, FILE *file), (character, file), file, findWriter)
LKS_WRITE_TO_FILE(fputc, lks_streamWriter)
LKS_WRITE_TO_FILE(putc, lks_streamWriter)
LKS_WRITE_TO_FILE(fputc_unlocked, lks_unlockedWriter)
LKS_WRITE_TO_FILE(putc_unlocked, lks_unlockedWriter)
LKS_WRITE_CHARACTER(putchar, (int character), (character), stdout, lks_streamWriter)
LKS_WRITE_CHARACTER(putchar_unlocked, (int character), (character), stdout, lks_unlockedWriter)

extern int __overflow(FILE *file, int character);
/// What the functions without a lock come to where they are inlined, and the buffer has no room. That of
/// standard output has none, since nothing gets there.
LKS_WRITE_CHARACTER(
    __overflow, (FILE *file, int character), (file, character), file, lks_unlockedWriter)

int putw(int word, FILE *file) {
  LKSThread *thread = lks_streamWriter(file, LKS_CALLER);
  if (!thread) return LKS_REAL(putw)(word, file);
  lks_keepText(thread, file, (const char *)&word, sizeof word, LKS_CALLER);
  return 0;
}

// MARK: Formatted text

static int writeFormatted(FILE *file, const char *format, va_list list, uintptr_t caller) {
  LKSThread *thread = lks_streamWriter(file, caller);
  if (!thread) return LKS_REAL(vfprintf)(file, format, list);
  LKSText text;
  lks_beginText(&text);
  int count = lks_formatText(&text, format, list);
  if (count >= 0) lks_keepText(thread, file, text.bytes, text.count, caller);
  lks_endText(&text);
  return count;
}

int vfprintf(FILE *file, const char *format, va_list list) {
  return writeFormatted(file, format, list, LKS_CALLER);
}

int vprintf(const char *format, va_list list) {
  return writeFormatted(stdout, format, list, LKS_CALLER);
}

int fprintf(FILE *file, const char *format, ...) {
  va_list list;
  va_start(list, format);
  int count = writeFormatted(file, format, list, LKS_CALLER);
  va_end(list);
  return count;
}

int printf(const char *format, ...) {
  va_list list;
  va_start(list, format);
  int count = writeFormatted(stdout, format, list, LKS_CALLER);
  va_end(list);
  return count;
}

// MARK: Buffers

/// What is in a stream's buffer is let out, which others can see.
static void announceFlush(FILE *file, uintptr_t caller) {
  LKSThread *thread = lks_writer(caller);
  if (!thread) return;
  if (!file || isStandard(file)) {
    thread->exploration->writesToFile |= !file;
    lks_gatherOutput(thread->exploration);
    return;
  }
  lks_useStream(file, caller);
  if (!lks_isOutput(thread, LKS_REAL(fileno)(file))) return;
  thread->exploration->writesToFile = true;
  lks_announceOutput(thread, STDOUT_FILENO + 1, caller);
}

int fflush(FILE *file) {
  announceFlush(file, LKS_CALLER);
  return LKS_REAL(fflush)(file);
}

int fclose(FILE *file) {
  announceFlush(file, LKS_CALLER);
  return LKS_REAL(fclose)(file);
}
