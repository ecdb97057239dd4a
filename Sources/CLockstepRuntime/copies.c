/// Bytes that are read at one step and used after a later one: those of a copy, between its read and its
/// write, and of what is compared with something that is read after it. Others may have stored there by
/// then: the function has the bytes as they were at its read.
///
/// Only what was read at a step is kept. Nobody else stores to what is not shared.
#include <stdlib.h>

#include "runtime.h"

extern void *__libc_realloc(void *block, size_t size);
extern void __libc_free(void *block);

/// Room that a thread has from the first step on, and more than which it gives back.
#define LKS_LEAST_KEPT 4096
#define LKS_MOST_KEPT_ROOM (1 << 20)

static void grow(LKSThread *thread, size_t size) {
  LKSKeptBytes *kept = &thread->kept;
  size_t capacity = size < LKS_LEAST_KEPT ? LKS_LEAST_KEPT : size + size / 2;
  uint8_t *grown = __libc_realloc(kept->bytes, capacity);
  if (!grown) lks_endExecution(thread->exploration, LKS_OUT_OF_MEMORY);
  kept->bytes = grown;
  kept->capacity = capacity;
}

void lks_keepBytes(LKSThread *thread, const void *bytes, size_t size) {
  LKSKeptBytes *kept = &thread->kept;
  if (LKS_UNLIKELY(size > kept->capacity - kept->size)) grow(thread, kept->size + size);
  memcpy(kept->bytes + kept->size, bytes, size);
  kept->size += size;
}

void lks_releaseKeptBytes(LKSThread *thread) {
  __libc_free(thread->kept.bytes);
  thread->kept = (LKSKeptBytes){0};
}

void lks_forgetKeptBytes(LKSThread *thread) {
  thread->kept.size = 0;
  if (LKS_UNLIKELY(thread->kept.capacity > LKS_MOST_KEPT_ROOM)) lks_releaseKeptBytes(thread);
}

uint64_t lks_hashKeptBytes(const LKSThread *thread, uint64_t hash) {
  const LKSKeptBytes *kept = &thread->kept;
  for (size_t done = 0; done < kept->size; done += 8) {
    uint64_t word = 0;
    size_t rest = kept->size - done;
    memcpy(&word, kept->bytes + done, rest < 8 ? rest : 8);
    hash = lks_mixed(hash, word);
  }
  return hash;
}
