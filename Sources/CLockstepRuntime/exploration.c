/// An exploration's life, and what can be asked of its last execution.
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "runtime.h"

LKSExploration *lks_explorationCreate(LKSMode mode, const uint8_t *dependence) {
  LKSExploration *exploration = calloc(1, sizeof *exploration);
  return exploration ? lks_explorationBegin(exploration, mode, dependence) : NULL;
}

LKSExploration *lks_explorationBegin(
    LKSExploration *exploration, LKSMode mode, const uint8_t *dependence) {
  exploration->mode = mode;
  exploration->dependence = dependence;
  exploration->objects.entrySize = sizeof(LKSObject);
  exploration->sites.entrySize = sizeof(LKSSite);
  exploration->sites.memory = exploration->shared;
  exploration->callers.entrySize = sizeof(LKSCallSite);
  exploration->callers.memory = exploration->shared;
  exploration->watched.entrySize = sizeof(uint64_t);
  exploration->watched.memory = exploration->shared;
  exploration->tasks.entrySize = lks_taskClockSize();
  exploration->continuations.entrySize = lks_continuationSize();
  exploration->queues.entrySize = lks_queueSize();
  exploration->groups.entrySize = lks_groupSize();
  exploration->sources.entrySize = lks_sourceSize();
  exploration->threads = calloc(LKS_MAXIMUM_THREADS, sizeof(LKSThread));
  exploration->driver.turn = calloc(1, sizeof *exploration->driver.turn);
  for (uint32_t index = 0; exploration->threads && index < LKS_MAXIMUM_THREADS; index++) {
    exploration->threads[index].exploration = exploration;
    exploration->threads[index].index = (uint8_t)index;
  }
  if (!exploration->threads || !exploration->driver.turn ||
      !lks_cellsCreate(exploration) || !lks_regionReserve(exploration)) {
    lks_cellsDestroy(exploration);
    free(exploration->threads);
    free(exploration->driver.turn);
    if (!exploration->shared) free(exploration);
    return NULL;
  }
  lks_readStartTimes(exploration);
  // A name that the dynamic linker passes over is the C library's for all libraries.
  if (dlsym(RTLD_DEFAULT, "pthread_create") != (void *)pthread_create)
    lks_uncontrolled(exploration, "libraries, whose calls do not come to the runtime");
  lks_watch(exploration);
  return exploration;
}

void lks_explorationDestroy(LKSExploration *exploration) {
  lks_unwatch(exploration);
  // What children share goes with the process.
  if (exploration->shared) return;
  lks_poolDestroy(exploration);
  for (uint32_t index = 0; index < LKS_MAXIMUM_THREADS; index++)
    lks_releaseKeptBytes(&exploration->threads[index]);
  lks_regionRelease(exploration);
  lks_cellsDestroy(exploration);
  lks_tableFree(&exploration->objects);
  lks_tableFree(&exploration->sites);
  lks_tableFree(&exploration->callers);
  lks_tableFree(&exploration->watched);
  lks_tableFree(&exploration->tasks);
  lks_tableFree(&exploration->continuations);
  lks_tableFree(&exploration->queues);
  lks_tableFree(&exploration->groups);
  lks_tableFree(&exploration->sources);
  if (exploration->trace)
    munmap(exploration->trace, exploration->traceCapacity * sizeof(LKSEvent));
  if (exploration->stacks)
    munmap(exploration->stacks, exploration->stackCapacity * sizeof(uintptr_t));
  free(exploration->output);
  free(exploration->latches);
  free(exploration->timers.timers);
  // Abandoned kernel threads still refer to theirs.
  if (!(exploration->mode == LKS_HAND_OVER && exploration->abandoned)) {
    free(exploration->threads);
    free(exploration->driver.turn);
    free(exploration);
  }
}

const LKSEvent *lks_trace(const LKSExploration *exploration, size_t *count) {
  *count = exploration->traceCount;
  return exploration->trace;
}

const LKSBlocked *lks_blocked(const LKSExploration *exploration, size_t *count) {
  *count = exploration->blockedCount;
  return exploration->blocked;
}

bool lks_sharedGrew(const LKSExploration *exploration) { return exploration->grew; }

bool lks_initialisedOnce(const LKSExploration *exploration) {
  return exploration->initialisedOnce;
}

size_t lks_repeatedEvents(const LKSExploration *exploration) {
  return exploration->repeatedEvents;
}

uint32_t lks_preemptions(const LKSExploration *exploration) { return exploration->preemptions; }

bool lks_isControlled(void) { return lks_current != NULL; }

uint32_t lks_threadCount(const LKSExploration *exploration) { return exploration->threadCount; }

bool lks_ranTasks(const LKSExploration *exploration) {
  return exploration->taskBody.job.function || exploration->usesTasks;
}

bool lks_bodyReturnedEarly(const LKSExploration *exploration) {
  return exploration->bodyReturnedEarly;
}

uint64_t lks_instrumentedCalls(const LKSExploration *exploration) {
  return exploration->instrumentedCalls;
}

uint64_t lks_abandonedThreads(const LKSExploration *exploration) { return exploration->abandoned; }

bool lks_isMemoryUsedUp(const LKSExploration *exploration) { return exploration->isMemoryUsedUp; }

LKSBlocked lks_divergence(const LKSExploration *exploration, uint32_t *step) {
  *step = exploration->divergedStep;
  return exploration->divergence;
}

size_t lks_uncontrolledCount(const LKSExploration *exploration) {
  return exploration->uncontrolledCount;
}

const char *lks_uncontrolledName(const LKSExploration *exploration, size_t index) {
  return index < exploration->uncontrolledCount ? exploration->uncontrolled[index] : NULL;
}

const uintptr_t *lks_stack(const LKSExploration *exploration, uint32_t index, size_t *count) {
  *count = 0;
  if (index == 0 || index >= exploration->stackWords) return NULL;
  *count = exploration->stacks[index];
  return exploration->stacks + index + 1;
}

const char *lks_output(const LKSExploration *exploration, size_t *count) {
  *count = exploration->outputCount;
  return exploration->output;
}

const char *lks_threadName(const LKSExploration *exploration, uint32_t index) {
  return index < LKS_MAXIMUM_THREADS ? exploration->threads[index].name : "";
}

uintptr_t lks_threadStart(const LKSExploration *exploration, uint32_t index) {
  return index < LKS_MAXIMUM_THREADS ? (uintptr_t)exploration->threads[index].start : 0;
}

uintptr_t lks_threadFirstFunction(const LKSExploration *exploration, uint32_t index) {
  return index < LKS_MAXIMUM_THREADS ? exploration->threads[index].firstFunction : 0;
}
