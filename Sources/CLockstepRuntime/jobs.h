/// Work that is handed over to be done by whoever has time, and when.
#ifndef LKS_JOBS_H
#define LKS_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct LKSJob {
  void (*function)(void *);
  void *context;
  /// Who hands it over holds a lock that it may need: it is not to run ahead.
  bool isHeldBack;
} LKSJob;

/// A job, and when it is due, in nanoseconds since the execution started.
typedef struct LKSTimer {
  uint64_t deadline;
  LKSJob job;
  /// Work of Dispatch's instead.
  struct LKSItem *item;
} LKSTimer;

/// Timers that are not yet due, the last one next; of two with one deadline the older.
typedef struct LKSTimers {
  LKSTimer *timers;
  size_t count;
  size_t capacity;
  /// Whether a thread of the execution stands for the time that passes.
  bool clockRuns;
} LKSTimers;

#endif
