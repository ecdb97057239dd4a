#include <stdlib.h>
#include <threads.h>

#include "CorpusInC.h"

/// What is waited for, and by what.
typedef struct Flag {
  mtx_t lock;
  cnd_t isRaised;
  bool isUp;
  bool isLocked;
} Flag;

static int raiseFlag(void *argument) {
  Flag *flag = argument;
  if (flag->isLocked) mtx_lock(&flag->lock);
  flag->isUp = true;
  cnd_signal(&flag->isRaised);
  if (flag->isLocked) mtx_unlock(&flag->lock);
  return 0;
}

int corpus_c11Flag(bool isLocked) {
  Flag *flag = calloc(1, sizeof *flag);
  if (!flag) return 0;
  flag->isLocked = isLocked;
  mtx_init(&flag->lock, mtx_plain);
  cnd_init(&flag->isRaised);
  thrd_t thread;
  if (thrd_create(&thread, raiseFlag, flag) != thrd_success) return 0;
  mtx_lock(&flag->lock);
  while (!flag->isUp) cnd_wait(&flag->isRaised, &flag->lock);
  mtx_unlock(&flag->lock);
  thrd_join(thread, NULL);
  cnd_destroy(&flag->isRaised);
  mtx_destroy(&flag->lock);
  free(flag);
  return 1;
}
