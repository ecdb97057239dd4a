/// Bytes that are read at one step and used after a later one: see copies.c.
#ifndef LKS_COPIES_H
#define LKS_COPIES_H

#include <stddef.h>
#include <stdint.h>

typedef struct LKSThread LKSThread;

/// What a thread has read so far for a function that takes more steps than one.
typedef struct LKSKeptBytes {
  uint8_t *bytes;
  size_t size;
  size_t capacity;
} LKSKeptBytes;

/// Keeps a copy of bytes after those that are kept already, which may get another place.
void lks_keepBytes(LKSThread *thread, const void *bytes, size_t size);
/// Nothing is kept any more.
void lks_forgetKeptBytes(LKSThread *thread);
/// Gives back the room for it.
void lks_releaseKeptBytes(LKSThread *thread);
/// A hash of what is kept; the one given where that is nothing.
uint64_t lks_hashKeptBytes(const LKSThread *thread, uint64_t hash);

#endif
