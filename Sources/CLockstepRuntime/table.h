/// An open hash table: see table.c.
#ifndef LKS_TABLE_H
#define LKS_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct LKSSharedMemory;

/// An open hash table of fixed-size entries that begin with a non-zero 64-bit key.
typedef struct LKSTable {
  uint8_t *entries;
  size_t capacity;
  size_t count;
  size_t entrySize;
  /// Where its entries are to lie, if children of the process are to see them.
  struct LKSSharedMemory *memory;
} LKSTable;

/// Spreads keys in groups of eight, so that what lies together in memory does so in a table.
static inline uint64_t lks_tableHash(uint64_t key) {
  uint64_t group = key >> 3;
  group ^= group >> 32;
  group *= 0x9e3779b97f4a7c15ull;
  return (group >> 32) << 3 | (key & 7);
}

/// The entry of `key`, made with zeros if it is new. NULL when there is no memory.
void *lks_tableFind(LKSTable *table, uint64_t key, bool insert);
void lks_tableFree(LKSTable *table);

#endif
