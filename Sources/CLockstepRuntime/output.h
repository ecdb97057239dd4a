/// What an execution writes for others to see: see output.c.
#ifndef LKS_OUTPUT_H
#define LKS_OUTPUT_H

#include <stdarg.h>
#include <stdio.h>
#include <sys/types.h>
#include <wchar.h>

#include "runtime.h"

// MARK: output.c

/// The controlled thread whose output this is; NULL where it is let through.
LKSThread *lks_writer(uintptr_t caller);
/// A step on a stream or the like, which waits while another thread has it locked.
void lks_announceOutput(LKSThread *thread, uintptr_t object, uintptr_t caller);
void lks_keepOutput(LKSExploration *exploration, const char *bytes, size_t count);
/// Keeps what came to the output in another way than by `lks_keepOutput`.
void lks_gatherOutput(LKSExploration *exploration);
/// Whether a descriptor is that of the program's output, or a copy of it.
bool lks_isOutput(LKSThread *thread, int descriptor);
/// Bytes that a thread writes to a descriptor.
ssize_t lks_writeBytes(
    LKSThread *thread, int descriptor, const void *bytes, size_t count, uintptr_t caller);

// MARK: stdio.c

/// The controlled thread that writes to standard output or error. NULL where it is let through, after the
/// step on its stream.
LKSThread *lks_streamWriter(FILE *file, uintptr_t caller);
/// The same without the stream's lock.
LKSThread *lks_unlockedWriter(FILE *file, uintptr_t caller);
/// Keeps what a thread writes to one of those, at a step.
void lks_keepText(
    LKSThread *thread, FILE *file, const char *bytes, size_t count, uintptr_t caller);
/// Waits while another thread has a stream locked.
void lks_awaitStream(LKSThread *thread, FILE *file, uintptr_t caller);

// MARK: text.c

/// A text that is put together.
typedef struct LKSText {
  char *bytes;
  size_t count;
  size_t capacity;
  char room[1024];
} LKSText;

void lks_beginText(LKSText *text);
void lks_addText(LKSText *text, const char *bytes, size_t count);
/// Bytes that the format comes to; negative where it cannot be followed.
int lks_formatText(LKSText *text, const char *format, va_list list);
/// The same for wide characters.
int lks_formatWideText(LKSText *text, const wchar_t *format, va_list list);
/// Adds wide characters; false where the locale has none of them.
bool lks_addWideText(LKSText *text, const wchar_t *characters, size_t count);
void lks_endText(LKSText *text);

#endif
