/// The task that is the body of an execution: see body_task.c.
#ifndef LKS_BODY_TASK_H
#define LKS_BODY_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "jobs.h"

struct LKSExploration;

/// Most blocks of memory that a body's task is made with, and that have names.
#define LKS_MAXIMUM_BODY_BLOCKS 16

/// A task that was made before its execution, and all memory that was allocated meanwhile: in none of
/// the arenas, and in each execution elsewhere.
typedef struct LKSBody {
  /// Its first job; no function where the body is a plain call.
  LKSJob job;
  struct {
    uintptr_t start;
    size_t size;
  } blocks[LKS_MAXIMUM_BODY_BLOCKS];
  uint32_t blockCount;
  /// What the blocks span, with whatever lies between them.
  uintptr_t low;
  size_t span;
} LKSBody;

/// Whether the next job that this kernel thread hands to Dispatch is kept back.
extern __thread bool lks_capturesNext;
/// Notes a block that is allocated until that happens.
void lks_noteBodyBlock(void *block, size_t size);
/// Keeps back a job.
void lks_capture(LKSJob job);
/// Takes the body that this kernel thread keeps back for its next execution; no function where it keeps
/// none.
LKSBody lks_releaseBody(void);
/// Keeps one back for it.
void lks_keepBody(const LKSBody *body);

/// The name of an address within the span of a body's blocks; the address itself between them.
uint64_t lks_bodyName(const LKSBody *body, uintptr_t address);
/// The address of what has such a name.
uintptr_t lks_bodyAddress(const LKSBody *body, uint64_t name);

/// The body's task has come to its end: its memory may be another's from here on.
void lks_endBodyTask(struct LKSExploration *exploration);
/// Whether a job that a thread outside hands over is an execution's. It must not run beside it: it is to
/// be left out, and the exploration says so.
bool lks_isJobOfExecution(void *job);

#endif
