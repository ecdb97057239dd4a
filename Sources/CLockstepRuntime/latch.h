/// Things that are done once, and that threads wait for: a turn in a queue that comes, a gate that
/// opens.
#ifndef LKS_LATCH_H
#define LKS_LATCH_H

#include <stdbool.h>
#include <stdint.h>

typedef struct LKSLatch {
  /// Its name: the thread that made it, and a number among those of that thread.
  uint64_t object;
  /// The queue, group or item that it belongs to.
  uintptr_t owner;
  /// The latch of what comes next in a serial queue, plus one.
  uint32_t successor;
  /// That of what comes before, plus one.
  uint32_t former;
  /// The thread that will do it, or LKS_NOBODY where that is not known.
  uint8_t holder;
  bool isDone;
  /// Its turn has come.
  bool hasBegun;
  /// What comes to its end with a step on what tasks share: a job of the main queue.
  bool isJob;
  /// Done because time was up.
  bool isTimeout;
} LKSLatch;

/// The most that one piece of work waits for before its turn comes.
#define LKS_MAXIMUM_TURN 64

/// The latches that come before a piece of work.
typedef struct LKSTurn {
  uint32_t latches[LKS_MAXIMUM_TURN];
  uint32_t count;
} LKSTurn;

#endif
