/// Strings and bytes that the C library reads and writes for the program: steps like the program's own
/// accesses. What is read is announced first, and what is written then, each as a whole.
#include <stdlib.h>

#include "runtime.h"

/// Who asks for it, if that is the program, itself or through libstdc++; NULL for other libraries.
static inline LKSThread *observer(uintptr_t caller) {
  LKSThread *thread = lks_observed();
  return LKS_UNLIKELY(thread) && lks_isOfProgram(thread->exploration, caller) ? thread : NULL;
}

static inline void see(
    LKSThread *thread, const void *bytes, size_t size, LKSKind kind, uintptr_t caller) {
  if (size) lks_access(thread, (uintptr_t)bytes, size, kind, caller);
}

void lks_seeBytes(const void *bytes, size_t size, LKSKind kind, uintptr_t caller) {
  LKSThread *thread = observer(caller);
  if (thread) see(thread, bytes, size, kind, caller);
}

static size_t shorter(size_t length, size_t limit) { return length < limit ? length : limit; }

/// Bytes of a text of at most so many, its end included where it comes before.
static size_t extent(const char *text, size_t limit) {
  const char *end = limit == SIZE_MAX ? text + strlen(text) : memchr(text, 0, limit);
  return end ? (size_t)(end - text) + 1 : limit;
}

// MARK: Reading

/// Bytes of each of two texts that tell them apart.
static size_t difference(const char *first, const char *second, size_t limit) {
  size_t count = 0;
  while (count < limit && first[count] == second[count] && first[count]) count++;
  return shorter(count + 1, limit);
}

static void seeBoth(const char *first, const char *second, size_t limit, uintptr_t caller) {
  LKSThread *thread = observer(caller);
  if (!thread) return;
  see(thread, first, difference(first, second, limit), LKS_READ, caller);
  see(thread, second, difference(first, second, limit), LKS_READ, caller);
}

static void seeText(const char *text, size_t limit, uintptr_t caller) {
  LKSThread *thread = observer(caller);
  if (thread) see(thread, text, extent(text, limit), LKS_READ, caller);
}

size_t(strlen)(const char *text) {
  seeText(text, SIZE_MAX, LKS_CALLER);
  return strlen(text);
}

size_t strnlen(const char *text, size_t limit) {
  seeText(text, limit, LKS_CALLER);
  return LKS_REAL(strnlen)(text, limit);
}

int(strcmp)(const char *first, const char *second) {
  seeBoth(first, second, SIZE_MAX, LKS_CALLER);
  return strcmp(first, second);
}

int(strncmp)(const char *first, const char *second, size_t limit) {
  seeBoth(first, second, limit, LKS_CALLER);
  return strncmp(first, second, limit);
}

char *(strchr)(const char *text, int character) {
  seeText(text, SIZE_MAX, LKS_CALLER);
  return strchr(text, character);
}

char *(strrchr)(const char *text, int character) {
  seeText(text, SIZE_MAX, LKS_CALLER);
  return strrchr(text, character);
}

char *(strstr)(const char *text, const char *part) {
  seeText(text, SIZE_MAX, LKS_CALLER);
  seeText(part, SIZE_MAX, LKS_CALLER);
  return strstr(text, part);
}

char *(strdup)(const char *text) {
  seeText(text, SIZE_MAX, LKS_CALLER);
  return strdup(text);
}

char *strndup(const char *text, size_t limit) {
  seeText(text, limit, LKS_CALLER);
  return LKS_REAL(strndup)(text, limit);
}

void *(memchr)(const void *bytes, int byte, size_t count) {
  LKSThread *thread = observer(LKS_CALLER);
  if (thread) {
    const char *found = memchr(bytes, byte, count);
    see(thread, bytes, found ? (size_t)(found - (const char *)bytes) + 1 : count, LKS_READ, LKS_CALLER);
  }
  return memchr(bytes, byte, count);
}

int(memcmp)(const void *first, const void *second, size_t count) {
  lks_seeBytes(first, count, LKS_READ, LKS_CALLER);
  lks_seeBytes(second, count, LKS_READ, LKS_CALLER);
  return memcmp(first, second, count);
}

/// What compilers make of `memcmp` where only equality is asked for.
int bcmp(const void *first, const void *second, size_t count) {
  lks_seeBytes(first, count, LKS_READ, LKS_CALLER);
  lks_seeBytes(second, count, LKS_READ, LKS_CALLER);
  return memcmp(first, second, count);
}

// MARK: Writing

/// A text that is copied to where it is to be, after `offset` bytes that stay.
static void seeCopy(const char *to, size_t offset, const char *from, size_t limit, uintptr_t caller) {
  LKSThread *thread = observer(caller);
  if (!thread) return;
  see(thread, from, extent(from, limit), LKS_READ, caller);
  see(thread, to + offset, extent(from, limit), LKS_WRITE, caller);
}

char *(strcpy)(char *to, const char *from) {
  seeCopy(to, 0, from, SIZE_MAX, LKS_CALLER);
  return strcpy(to, from);
}

char *stpcpy(char *to, const char *from) {
  seeCopy(to, 0, from, SIZE_MAX, LKS_CALLER);
  return LKS_REAL(stpcpy)(to, from);
}

/// Fills up with zeros.
char *(strncpy)(char *to, const char *from, size_t count) {
  seeText(from, count, LKS_CALLER);
  lks_seeBytes(to, count, LKS_WRITE, LKS_CALLER);
  return strncpy(to, from, count);
}

char *strcat(char *to, const char *from) {
  seeText(to, SIZE_MAX, LKS_CALLER);
  seeCopy(to, strlen(to), from, SIZE_MAX, LKS_CALLER);
  return LKS_REAL(strcat)(to, from);
}

/// Its end comes after `count` bytes where the text has more.
char *strncat(char *to, const char *from, size_t count) {
  seeText(to, SIZE_MAX, LKS_CALLER);
  seeText(from, count, LKS_CALLER);
  size_t added = LKS_REAL(strnlen)(from, count) + 1;
  lks_seeBytes(to + strlen(to), added, LKS_WRITE, LKS_CALLER);
  return LKS_REAL(strncat)(to, from, count);
}

// MARK: Sorting

/// The comparisons are the program's own; the elements are moved between them.
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  lks_seeBytes(base, count * size, LKS_READ, LKS_CALLER);
  lks_seeBytes(base, count * size, LKS_WRITE, LKS_CALLER);
  LKS_REAL(qsort)(base, count, size, compare);
}
