/// Jobs of Swift tasks: what libswift_Concurrency hands to Dispatch. In this version they run one
/// after another on the body's thread; a second task is named as uncontrolled.
#include <stdlib.h>

#include "runtime.h"

typedef struct dispatch_queue_s *dispatch_queue_t;
extern void dispatch_async_f(dispatch_queue_t queue, void *context, void (*work)(void *));

static __thread bool capturesNext;
/// Kept back for the execution that this thread runs next.
static __thread LKSJob first;

static void keep(LKSExploration *exploration, LKSJob job) {
  if (exploration->jobCount == exploration->jobCapacity) {
    size_t capacity = exploration->jobCapacity ? exploration->jobCapacity * 2 : 16;
    LKSJob *jobs = realloc(exploration->jobs, capacity * sizeof(LKSJob));
    if (!jobs) lks_endExecution(exploration, LKS_OUT_OF_MEMORY);
    exploration->jobs = jobs;
    exploration->jobCapacity = capacity;
  }
  exploration->jobs[exploration->jobCount++] = job;
}

void dispatch_async_f(dispatch_queue_t queue, void *context, void (*work)(void *)) {
  LKSThread *thread = lks_controlled();
  if (!thread && capturesNext) {
    capturesNext = false;
    first = (LKSJob){work, context};
    return;
  }
  if (!thread || !thread->exploration->capturesJobs) {
    if (thread) lks_uncontrolled(thread->exploration, "dispatch_async");
    LKS_REAL(dispatch_async_f)(queue, context, work);
    return;
  }
  LKSExploration *exploration = thread->exploration;
  // One job at a time is the body going on after a suspension; another beside it is another task.
  if (exploration->jobCount > exploration->jobNext || exploration->jobRuns)
    lks_uncontrolled(exploration, "the order of Swift tasks");
  thread->inRuntime++;
  keep(exploration, (LKSJob){work, context});
  thread->inRuntime--;
}

void lks_captureNextJob(void) { capturesNext = true; }

void lks_takeCapturedJob(LKSExploration *exploration) {
  exploration->jobRuns = false;
  exploration->capturesJobs = first.function != NULL;
  if (first.function) keep(exploration, first);
  first = (LKSJob){0};
}

bool lks_runNextJob(void) {
  LKSThread *thread = lks_current;
  if (!thread) return false;
  LKSExploration *exploration = thread->exploration;
  if (exploration->jobNext == exploration->jobCount) return false;
  LKSJob job = exploration->jobs[exploration->jobNext++];
  exploration->jobRuns = true;
  job.function(job.context);
  exploration->jobRuns = false;
  return true;
}
