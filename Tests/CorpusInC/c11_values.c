#include <stdlib.h>
#include <threads.h>

#include "CorpusInC.h"

/// What comes together when threads end.
typedef struct Collection {
  mtx_t lock;
  tss_t value;
  int total;
  bool isLocked;
} Collection;

/// Called at a thread's end with what it has.
static void collect(void *argument) {
  Collection *collection = argument;
  if (collection->isLocked) mtx_lock(&collection->lock);
  collection->total++;
  if (collection->isLocked) mtx_unlock(&collection->lock);
}

static int giveValue(void *argument) {
  Collection *collection = argument;
  return tss_set(collection->value, collection);
}

int corpus_c11Values(bool isLocked) {
  Collection *collection = calloc(1, sizeof *collection);
  if (!collection) return 0;
  collection->isLocked = isLocked;
  mtx_init(&collection->lock, mtx_plain);
  tss_create(&collection->value, collect);
  thrd_t threads[2];
  for (int index = 0; index < 2; index++)
    if (thrd_create(&threads[index], giveValue, collection) != thrd_success) return 0;
  for (int index = 0; index < 2; index++) thrd_join(threads[index], NULL);
  int total = collection->total;
  tss_delete(collection->value);
  mtx_destroy(&collection->lock);
  free(collection);
  return total;
}
