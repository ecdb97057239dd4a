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

/// A text as it was when it was read, its end included if that comes within the limit.
typedef struct Text {
  const char *bytes;
  size_t size;
} Text;

/// Reads a text for a function that uses it after a further access.
static Text readText(LKSThread *thread, const char *text, size_t limit, uintptr_t caller) {
  size_t before = thread->kept.size, size = extent(text, limit);
  if (!size) return (Text){text, 0};
  const char *bytes = lks_readBytes(thread, text, size, caller);
  if (bytes == text) return (Text){text, size};
  // Who stored there before the step may have given the text another end.
  while (size < limit && !memchr(bytes, 0, size)) {
    size_t rest = extent(text + size, limit == SIZE_MAX ? limit : limit - size);
    see(thread, text + size, rest, LKS_READ, caller);
    lks_keepBytes(thread, text + size, rest);
    bytes = (const char *)thread->kept.bytes + before;
    size += rest;
  }
  return (Text){bytes, extent(bytes, size)};
}

// MARK: Reading

/// Bytes of each of two texts that tell them apart.
static size_t difference(const char *first, const char *second, size_t limit) {
  size_t count = 0;
  while (count < limit && first[count] == second[count] && first[count]) count++;
  return shorter(count + 1, limit);
}

/// Compares texts, each as it is when it is read.
static int compare(const char *first, const char *second, size_t limit, uintptr_t caller) {
  LKSThread *thread = observer(caller);
  if (!thread) return strncmp(first, second, limit);
  int order = 0;
  // What told them apart may be gone when it is read: then more of them is.
  for (size_t done = 0, size, end = 0; done < limit && !order && !end; done += size) {
    size = difference(first + done, second + done, limit - done);
    const char *bytes = lks_readBytes(thread, first + done, size, caller);
    see(thread, second + done, size, LKS_READ, caller);
    order = strncmp(bytes, second + done, size);
    end = memchr(bytes, 0, size) != NULL;
    lks_forgetKeptBytes(thread);
  }
  return order;
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
  return compare(first, second, SIZE_MAX, LKS_CALLER);
}

int(strncmp)(const char *first, const char *second, size_t limit) {
  return compare(first, second, limit, LKS_CALLER);
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
  LKSThread *thread = observer(LKS_CALLER);
  if (!thread) return strstr(text, part);
  Text read = readText(thread, text, SIZE_MAX, LKS_CALLER);
  see(thread, part, extent(part, SIZE_MAX), LKS_READ, LKS_CALLER);
  const char *found = strstr(read.bytes, part);
  lks_forgetKeptBytes(thread);
  return found ? (char *)(uintptr_t)text + (found - read.bytes) : NULL;
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

static int compareBytes(const void *first, const void *second, size_t count, uintptr_t caller) {
  LKSThread *thread = observer(caller);
  if (!thread || !count) return memcmp(first, second, count);
  const void *bytes = lks_readBytes(thread, first, count, caller);
  see(thread, second, count, LKS_READ, caller);
  int order = memcmp(bytes, second, count);
  lks_forgetKeptBytes(thread);
  return order;
}

int(memcmp)(const void *first, const void *second, size_t count) {
  return compareBytes(first, second, count, LKS_CALLER);
}

/// What compilers make of `memcmp` where only equality is asked for.
int bcmp(const void *first, const void *second, size_t count) {
  return compareBytes(first, second, count, LKS_CALLER);
}

// MARK: Writing

/// Copies a text to where it is to be, after `offset` bytes that stay; returns the place of its end.
static char *copyText(
    LKSThread *thread, char *to, size_t offset, const char *from, uintptr_t caller) {
  Text text = readText(thread, from, SIZE_MAX, caller);
  see(thread, to + offset, text.size, LKS_WRITE, caller);
  memmove(to + offset, text.bytes, text.size);
  lks_forgetKeptBytes(thread);
  return to + offset + text.size - 1;
}

/// Where a text ends that another is to be added to. Its bytes are kept, being what the place rests on.
static size_t readLength(LKSThread *thread, const char *text, uintptr_t caller) {
  return readText(thread, text, SIZE_MAX, caller).size - 1;
}

char *(strcpy)(char *to, const char *from) {
  LKSThread *thread = observer(LKS_CALLER);
  if (!thread) return strcpy(to, from);
  copyText(thread, to, 0, from, LKS_CALLER);
  return to;
}

char *stpcpy(char *to, const char *from) {
  LKSThread *thread = observer(LKS_CALLER);
  return thread ? copyText(thread, to, 0, from, LKS_CALLER) : LKS_REAL(stpcpy)(to, from);
}

/// Fills up with zeros.
char *(strncpy)(char *to, const char *from, size_t count) {
  LKSThread *thread = observer(LKS_CALLER);
  if (!thread) return strncpy(to, from, count);
  Text text = readText(thread, from, count, LKS_CALLER);
  see(thread, to, count, LKS_WRITE, LKS_CALLER);
  strncpy(to, text.bytes, count);
  lks_forgetKeptBytes(thread);
  return to;
}

char *strcat(char *to, const char *from) {
  LKSThread *thread = observer(LKS_CALLER);
  if (!thread) return LKS_REAL(strcat)(to, from);
  copyText(thread, to, readLength(thread, to, LKS_CALLER), from, LKS_CALLER);
  return to;
}

/// Its end comes after `count` bytes where the text has more.
char *strncat(char *to, const char *from, size_t count) {
  LKSThread *thread = observer(LKS_CALLER);
  if (!thread) return LKS_REAL(strncat)(to, from, count);
  char *end = to + readLength(thread, to, LKS_CALLER);
  Text text = readText(thread, from, count, LKS_CALLER);
  size_t added = LKS_REAL(strnlen)(text.bytes, text.size);
  see(thread, end, added + 1, LKS_WRITE, LKS_CALLER);
  memmove(end, text.bytes, added);
  end[added] = 0;
  lks_forgetKeptBytes(thread);
  return to;
}

// MARK: Sorting

/// The comparisons are the program's own; the elements are moved between them.
void qsort(void *base, size_t count, size_t size, int (*compare)(const void *, const void *)) {
  lks_seeBytes(base, count * size, LKS_READ, LKS_CALLER);
  lks_seeBytes(base, count * size, LKS_WRITE, LKS_CALLER);
  LKS_REAL(qsort)(base, count, size, compare);
}
