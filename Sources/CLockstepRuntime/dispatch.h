/// Dispatch: what its files share. Nothing of libdispatch runs for a controlled thread but what
/// makes, counts the references of, and ends objects.
#ifndef LKS_DISPATCH_H
#define LKS_DISPATCH_H

#include "runtime.h"

typedef void (*LKSFunction)(void *context);

/// The signal by which libdispatch ends a process that misuses it.
enum { LKS_TRAP = 4 };

/// A block as the compiler lays it out (clang/docs/Block-ABI-Apple.rst).
typedef struct LKSBlock {
  void *isa;
  int32_t flags;
  int32_t reserved;
  void (*invoke)(void *block, ...);
  const void *descriptor;
} LKSBlock;

extern void *_Block_copy(const void *block);
extern void _Block_release(const void *block);
extern void dispatch_retain(void *object);
extern void dispatch_release(void *object);
extern void *dispatch_get_global_queue(intptr_t priority, unsigned long flags);
extern struct dispatch_queue_s _dispatch_main_q __attribute__((weak));

/// What a call is for; the numbers are those of the engine's `DispatchCall`.
typedef enum LKSDispatchCall {
  LKS_DISPATCH_ASYNC = 32,
  LKS_DISPATCH_SYNC = 33,
  LKS_DISPATCH_BARRIER_ASYNC = 34,
  LKS_DISPATCH_BARRIER_SYNC = 35,
  LKS_DISPATCH_END = 36,
  LKS_DISPATCH_BEGIN = 37,
  LKS_DISPATCH_SUSPEND = 38,
  LKS_DISPATCH_RESUME = 39,
  LKS_DISPATCH_ACTIVATE = 40,
  LKS_DISPATCH_SET_TARGET = 41,
  LKS_DISPATCH_SET_SPECIFIC = 42,
  LKS_DISPATCH_GET_SPECIFIC = 43,
  LKS_DISPATCH_ENTER = 44,
  LKS_DISPATCH_LEAVE = 45,
  LKS_DISPATCH_GROUP_WAIT = 46,
  LKS_DISPATCH_NOTIFY = 47,
  LKS_DISPATCH_TIMEOUT = 48,
  LKS_DISPATCH_CANCEL = 49,
  LKS_DISPATCH_IS_CANCELLED = 50,
  LKS_DISPATCH_SCHEDULE = 51,
  LKS_DISPATCH_FIRE = 52,
} LKSDispatchCall;

/// The model of a queue in one execution.
typedef struct LKSQueue {
  uint64_t key;
  uint32_t stamp;
  bool isConcurrent;
  /// A root: work goes to a thread at once.
  bool isGlobal;
  bool isInactive;
  /// Kept from one execution to the next: somebody suspends it, so that an item's beginning is a
  /// step.
  bool isSuspended;
  uintptr_t target;
  /// Latch of the last in a serial queue, or of the last barrier in a concurrent one, plus one.
  uint32_t tail;
  /// Those that came since the last barrier.
  uint32_t readers[LKS_MAXIMUM_TURN];
  uint32_t readerCount;
  /// Of a serial queue with a target of its own: items that have not ended, and the latch, plus
  /// one, by which the target waits for the last of them.
  uint32_t open;
  uint32_t session;
  /// Latch, plus one, of what must come before an item may begin: activation, or resumption.
  uint32_t gate;
  int32_t suspensions;
} LKSQueue;

/// A queue whose work a thread is doing, within that of another.
struct LKSQueueFrame {
  uintptr_t queue;
  bool isBarrier;
  LKSQueueFrame *outer;
};

/// A piece of work on its way, as long as its execution lasts.
struct LKSItem {
  LKSItem *next;
  uintptr_t queue;
  LKSJob job;
  /// A block, copied, instead of the job.
  LKSBlock *block;
  uintptr_t group;
  /// A group or work item whose end comes before it.
  uintptr_t notifier;
  uint32_t notifierGeneration;
  void (*releaseNotifier)(void *notifier);
  /// A timer source that it says is due, or that it is the handler of, or whose end it handles.
  uintptr_t source;
  uintptr_t handled;
  uintptr_t ended;
  size_t iteration;
  /// What does one of many iterations, where it is no block.
  void (*iterate)(void *context, size_t iteration);
  bool isBarrier;
  bool isTask;
  bool isApply;
  /// The queue was retained when the work was handed over.
  bool isRetained;
  /// The block is the source's, and not given up.
  bool keepsBlock;
  uint32_t latch;
  uint8_t call;
  uintptr_t caller;
  LKSTurn turn;
};

// MARK: dispatch_facts.c

/// What is known of a queue, or of attributes, for as long as the process lasts.
typedef struct LKSQueueFacts {
  uint64_t key;
  uintptr_t target;
  bool isConcurrent;
  bool isInactive;
  /// The task runtime's own, for the jobs of tasks.
  bool isOfTasks;
} LKSQueueFacts;

LKSQueueFacts lks_queueFacts(const void *object);
void lks_setQueueFacts(const void *object, LKSQueueFacts facts);
/// Whether a queue is one of libdispatch's roots: they lie beside the main queue, all others on the
/// heap.
bool lks_isRootQueue(const void *queue);

/// Whether more of a queue, or of a group, is a step than of others, since an execution showed that it
/// matters.
bool lks_isWatched(LKSExploration *exploration, uint64_t name);
/// From now on, in later executions too; false where nothing may be learned.
bool lks_watchFromNow(LKSExploration *exploration, uint64_t name);

// MARK: dispatch_queue.c

LKSQueue *lks_queue(LKSExploration *exploration, uintptr_t queue);
/// What the label of a queue is, or an empty string.
const char *lks_queueLabel(uintptr_t queue);
/// A step on the queue at the bottom of a queue's targets; none where that is a root.
void lks_stepQueue(
    LKSThread *thread, uintptr_t queue, bool isShared, LKSDispatchCall call, uintptr_t caller);
/// Whether a library calls while it holds a lock of its own, so that there can be no step.
bool lks_isUnderLibraryLock(LKSThread *thread);
/// Whether work that is no barrier leaves a queue as others find it.
bool lks_isShared(LKSExploration *exploration, uintptr_t queue);
/// Gives work its place in a queue: `turn` is what comes before it.
void lks_enterQueue(
    LKSThread *thread, uintptr_t queue, uint32_t latch, bool isBarrier, LKSTurn *turn);
/// Waits for the turn, and for a suspended queue to be resumed.
void lks_awaitTurn(LKSThread *thread, uintptr_t queue, LKSTurn *turn, uintptr_t caller);
/// The work is done.
void lks_leaveQueue(LKSThread *thread, uintptr_t queue, uint32_t latch, uintptr_t caller);
/// Whether a thread does work of a queue, or of one whose target it is.
bool lks_isOnQueue(LKSThread *thread, uintptr_t queue, bool asBarrier);

// MARK: dispatch_work.c

LKSItem *lks_newItem(LKSThread *thread, uintptr_t queue, LKSDispatchCall call, uintptr_t caller);
/// Puts a piece of work into its queue, on a thread of its own.
void lks_enqueue(LKSThread *thread, LKSItem *item);
/// A thread for a piece of work, with its latch; and its start, once its turn is known.
LKSThread *lks_itemThread(LKSThread *thread, LKSItem *item);
void lks_startItem(LKSThread *thread, LKSThread *child);
/// A thread for a piece of work that first waits for a group to be empty.
void lks_enqueueAfter(LKSThread *thread, LKSItem *item);
/// Does a piece of work on the calling thread, when its turn comes.
void lks_doOnQueue(LKSThread *thread, LKSItem *item);
/// Calls a block that takes no arguments.
static inline void lks_callBlock(LKSBlock *block) { ((void (*)(void *))block->invoke)(block); }

// MARK: main_queue.c

/// The latch that comes before the first work of a queue, where that is the main thread's; else -1.
int64_t lks_mainQueueGate(LKSExploration *exploration, uintptr_t queue);

// MARK: dispatch_group.c

/// Whether an object was used as a group, or a work item, in this execution.
bool lks_isGroup(LKSExploration *exploration, uintptr_t address);

/// A group that one thing is to leave, which was there from the start.
void lks_groupFill(LKSThread *thread, uintptr_t group);
void lks_groupEnter(LKSThread *thread, uintptr_t group, uintptr_t caller);
void lks_groupLeave(LKSThread *thread, uintptr_t group, uintptr_t caller);
/// Whether the group, or the work item, was done in time.
bool lks_groupWait(LKSThread *thread, uintptr_t group, uint64_t timeout, uintptr_t caller);
void lks_groupNotify(LKSThread *thread, uintptr_t group, LKSItem *item);
/// The step of a thread that waits for a notification.
void lks_awaitGroup(LKSThread *thread, uintptr_t group, uint32_t generation, uintptr_t caller);

// MARK: dispatch_block.c

/// Whether a block is a work item that was made to be a barrier.
bool lks_isBarrierBlock(const LKSBlock *block);

// MARK: timers.c

/// Nanoseconds from now until a time of Dispatch's, by the execution's own clock.
uint64_t lks_delayUntil(LKSThread *thread, uint64_t when);
/// Enqueues a piece of work when so much time has passed.
void lks_enqueueLater(LKSThread *thread, LKSItem *item, uint64_t delay);

// MARK: dispatch_source.c

/// What is done to a source: false where the object is none of an execution's.
bool lks_activateSource(LKSThread *thread, uintptr_t source, uintptr_t caller);
bool lks_suspendSource(LKSThread *thread, uintptr_t source, uintptr_t caller);
bool lks_resumeSource(LKSThread *thread, uintptr_t source, uintptr_t caller);
/// A timer source is due: its handler goes to its queue, and it may be due again.
void lks_fireSource(LKSThread *thread, LKSItem *item);
/// Gives a source's handler, or that of its end, its place after the one before.
void lks_enterSource(LKSThread *thread, LKSItem *item);
/// A source's handler is about to run; false where it was cancelled.
bool lks_beginHandler(LKSThread *thread, LKSItem *item);

#endif
