/// Entry points of libswift_Concurrency at which programs look at or change what tasks share, where
/// nothing else of it could be seen before: X(name, place in this list, what it is for).
#ifndef LKS_TASK_CALLS_H
#define LKS_TASK_CALLS_H

#define LKS_TASK_CALLS(X) \
  X(swift_task_switch, 0, LKS_TASK_SWITCH)                                          \
  X(swift_task_create, 1, LKS_TASK_CREATE)                                          \
  X(swift_task_immediate, 2, LKS_TASK_CREATE)                                       \
  X(swift_asyncLet_begin, 3, LKS_TASK_CREATE)                                       \
  X(swift_task_cancel, 4, LKS_TASK_CANCEL)                                          \
  X(swift_task_isCancelled, 5, LKS_TASK_IS_CANCELLED)                               \
  X(swift_continuation_resume, 6, LKS_TASK_CONTINUE)                                \
  X(swift_continuation_throwingResume, 7, LKS_TASK_CONTINUE)                        \
  X(swift_continuation_throwingResumeWithError, 8, LKS_TASK_CONTINUE)               \
  X(swift_taskGroup_cancelAll, 9, LKS_TASK_CANCEL)                                  \
  X(swift_taskGroup_isCancelled, 10, LKS_TASK_IS_CANCELLED)                         \
  X(swift_taskGroup_isEmpty, 11, LKS_TASK_GROUP)                                    \
  X(swift_task_addCancellationHandler, 12, LKS_TASK_HANDLER)                        \
  X(swift_task_removeCancellationHandler, 13, LKS_TASK_HANDLER)                     \
  X($sScC6resume9returningyxn_tF, 14, LKS_TASK_CONTINUE)                            \
  X($sScC6resume8throwingyq_n_tF, 15, LKS_TASK_CONTINUE)                            \
  X($sScT6cancelyyF, 16, LKS_TASK_CANCEL)                                           \
  X($sSct6cancelyyF, 17, LKS_TASK_CANCEL)                                           \
  X($sScT11isCancelledSbvg, 18, LKS_TASK_IS_CANCELLED)                              \
  X($sSct11isCancelledSbvg, 19, LKS_TASK_IS_CANCELLED)                              \
  X($sScTss5NeverORszABRs_rlE11isCancelledSbvgZ, 20, LKS_TASK_IS_CANCELLED)         \
  X($sScG9cancelAllyyF, 21, LKS_TASK_CANCEL)                                        \
  X($sScG11isCancelledSbvg, 22, LKS_TASK_IS_CANCELLED)                              \
  X($sScG7isEmptySbvg, 23, LKS_TASK_GROUP)                                          \
  X($sScg9cancelAllyyF, 24, LKS_TASK_CANCEL)                                        \
  X($sScg11isCancelledSbvg, 25, LKS_TASK_IS_CANCELLED)                              \
  X($sScg7isEmptySbvg, 26, LKS_TASK_GROUP)                                          \
  X($ss19DiscardingTaskGroupV9cancelAllyyF, 27, LKS_TASK_CANCEL)                    \
  X($ss19DiscardingTaskGroupV11isCancelledSbvg, 28, LKS_TASK_IS_CANCELLED)          \
  X($ss19DiscardingTaskGroupV7isEmptySbvg, 29, LKS_TASK_GROUP)                      \
  X($ss27ThrowingDiscardingTaskGroupV9cancelAllyyF, 30, LKS_TASK_CANCEL)            \
  X($ss27ThrowingDiscardingTaskGroupV11isCancelledSbvg, 31, LKS_TASK_IS_CANCELLED)  \
  X($ss27ThrowingDiscardingTaskGroupV7isEmptySbvg, 32, LKS_TASK_GROUP)

#define LKS_TASK_CALL_COUNT 33

#endif
