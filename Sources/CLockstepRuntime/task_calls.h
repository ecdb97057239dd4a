/// Entry points of libswift_Concurrency at which programs look at or change what tasks share, where
/// nothing else of it could be seen before: X(name, place in this list, what it is for).
#ifndef LKS_TASK_CALLS_H
#define LKS_TASK_CALLS_H

#define LKS_TASK_CALLS(X) \
  X(swift_task_switch, 0, LKS_TASK_SWITCH)                                          \
  X(swift_continuation_await, 1, LKS_TASK_SUSPEND)                                  \
  X(swift_task_create, 2, LKS_TASK_CREATE)                                          \
  X(swift_task_immediate, 3, LKS_TASK_CREATE)                                       \
  X(swift_asyncLet_begin, 4, LKS_TASK_CREATE)                                       \
  X(swift_task_cancel, 5, LKS_TASK_CANCEL)                                          \
  X(swift_task_isCancelled, 6, LKS_TASK_IS_CANCELLED)                               \
  X(swift_continuation_resume, 7, LKS_TASK_CONTINUE)                                \
  X(swift_continuation_throwingResume, 8, LKS_TASK_CONTINUE)                        \
  X(swift_continuation_throwingResumeWithError, 9, LKS_TASK_CONTINUE)               \
  X(swift_taskGroup_cancelAll, 10, LKS_TASK_CANCEL)                                 \
  X(swift_taskGroup_isCancelled, 11, LKS_TASK_IS_CANCELLED)                         \
  X(swift_taskGroup_isEmpty, 12, LKS_TASK_GROUP)                                    \
  X(swift_task_addCancellationHandler, 13, LKS_TASK_HANDLER)                        \
  X(swift_task_removeCancellationHandler, 14, LKS_TASK_HANDLER)                     \
  X($sScC6resume9returningyxn_tF, 15, LKS_TASK_CONTINUE)                            \
  X($sScC6resume8throwingyq_n_tF, 16, LKS_TASK_CONTINUE)                            \
  X($sScT6cancelyyF, 17, LKS_TASK_CANCEL)                                           \
  X($sSct6cancelyyF, 18, LKS_TASK_CANCEL)                                           \
  X($sScT11isCancelledSbvg, 19, LKS_TASK_IS_CANCELLED)                              \
  X($sSct11isCancelledSbvg, 20, LKS_TASK_IS_CANCELLED)                              \
  X($sScTss5NeverORszABRs_rlE11isCancelledSbvgZ, 21, LKS_TASK_IS_CANCELLED)         \
  X($sScG9cancelAllyyF, 22, LKS_TASK_CANCEL)                                        \
  X($sScG11isCancelledSbvg, 23, LKS_TASK_IS_CANCELLED)                              \
  X($sScG7isEmptySbvg, 24, LKS_TASK_GROUP)                                          \
  X($sScg9cancelAllyyF, 25, LKS_TASK_CANCEL)                                        \
  X($sScg11isCancelledSbvg, 26, LKS_TASK_IS_CANCELLED)                              \
  X($sScg7isEmptySbvg, 27, LKS_TASK_GROUP)                                          \
  X($ss19DiscardingTaskGroupV9cancelAllyyF, 28, LKS_TASK_CANCEL)                    \
  X($ss19DiscardingTaskGroupV11isCancelledSbvg, 29, LKS_TASK_IS_CANCELLED)          \
  X($ss19DiscardingTaskGroupV7isEmptySbvg, 30, LKS_TASK_GROUP)                      \
  X($ss27ThrowingDiscardingTaskGroupV9cancelAllyyF, 31, LKS_TASK_CANCEL)            \
  X($ss27ThrowingDiscardingTaskGroupV11isCancelledSbvg, 32, LKS_TASK_IS_CANCELLED)  \
  X($ss27ThrowingDiscardingTaskGroupV7isEmptySbvg, 33, LKS_TASK_GROUP)              \
  X(swift_continuation_init, 34, LKS_TASK_STATE)

#define LKS_TASK_CALL_COUNT 35

/// Places in the list: continuations that are checked are resumed, and one that is not is made.
#define LKS_CHECKED_RESUME 15
#define LKS_CHECKED_RESUME_THROWING 16
#define LKS_CONTINUATION_INIT 34

#endif
