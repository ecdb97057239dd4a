/// An open hash table with linear probing; entries begin with a non-zero 64-bit key.
#include <sys/mman.h>

#include "runtime.h"

static void *mapZeros(const LKSTable *table, size_t size) {
  if (table->memory) return lks_sharedAllocate(table->memory, size);
  void *memory =
      mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? NULL : memory;
}

static uint64_t *slotOf(const LKSTable *table, uint64_t key) {
  size_t mask = table->capacity - 1;
  for (size_t index = lks_tableHash(key) & mask;; index = (index + 1) & mask) {
    uint64_t *slot = (uint64_t *)(table->entries + index * table->entrySize);
    if (*slot == key || *slot == 0) return slot;
  }
}

static bool grow(LKSTable *table) {
  LKSTable bigger = *table;
  bigger.capacity = table->capacity ? table->capacity * 2 : 1024;
  bigger.entries = mapZeros(table, bigger.capacity * bigger.entrySize);
  if (!bigger.entries) return false;
  for (size_t index = 0; index < table->capacity; index++) {
    uint64_t *entry = (uint64_t *)(table->entries + index * table->entrySize);
    if (*entry) memcpy(slotOf(&bigger, *entry), entry, table->entrySize);
  }
  lks_tableFree(table);
  bigger.count = table->count;
  *table = bigger;
  return true;
}

void *lks_tableFind(LKSTable *table, uint64_t key, bool insert) {
  if (LKS_UNLIKELY(!table->capacity)) {
    if (!insert || !grow(table)) return NULL;
  }
  uint64_t *slot = slotOf(table, key);
  if (LKS_LIKELY(*slot == key)) return slot;
  if (!insert) return NULL;
  if ((table->count + 1) * 2 > table->capacity) {
    if (!grow(table)) return NULL;
    slot = slotOf(table, key);
  }
  *slot = key;
  table->count++;
  return slot;
}

void lks_tableFree(LKSTable *table) {
  if (table->entries && !table->memory) munmap(table->entries, table->capacity * table->entrySize);
  table->entries = NULL;
  table->capacity = 0;
}
