import Dispatch

extension CorpusProgram {
  private static func cancelling(
    _ name: String, _ summary: String, finding: String?, classes: Int,
    _ run: @escaping @Sendable () -> Int
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: finding, classes: { _ in classes }
    ) { _ in run() }
  }

  /// A work item that is cancelled may have begun: to be cancelled is not to have ended.
  ///
  /// It is cancelled before it begins: one class. Or after: then what it gives is read before it is written,
  /// or after, or always after where somebody waits for its end.
  static let cancelledItems = [
    cancelling(
      "cancelled-item", "a result is read when its work item was cancelled", finding: "dataRace",
      classes: 3
    ) {
      let result = Given()
      let item = DispatchWorkItem { result.value = 7 }
      DispatchQueue.global().async(execute: item)
      item.cancel()
      return result.value
    },
    cancelling(
      "cancelled-item-fixed", "a work item is cancelled and waited for, and its result read",
      finding: nil, classes: 2
    ) {
      let result = Given()
      let item = DispatchWorkItem { result.value = 7 }
      DispatchQueue.global().async(execute: item)
      item.cancel()
      item.wait()
      return result.value
    },
  ]

  /// So may the handler of a timer.
  ///
  /// The timer is cancelled before it is due, or before its handler begins: two classes. Or after: one or
  /// two, as above.
  static let cancelledTimers = [
    cancelling(
      "timer", "a result is read when its timer was cancelled", finding: "dataRace", classes: 4
    ) {
      let result = Given()
      let timer = DispatchSource.makeTimerSource(queue: .global())
      timer.schedule(deadline: .now() + 1)
      timer.setEventHandler { result.value = 7 }
      timer.activate()
      timer.cancel()
      return result.value
    },
    cancelling(
      "timer-fixed", "a timer is cancelled, and its result read when it says so", finding: nil,
      classes: 3
    ) {
      let result = Given()
      let isCancelled = DispatchSemaphore(value: 0)
      let timer = DispatchSource.makeTimerSource(queue: .global())
      timer.schedule(deadline: .now() + 1)
      timer.setEventHandler { result.value = 7 }
      timer.setCancelHandler { isCancelled.signal() }
      timer.activate()
      timer.cancel()
      isCancelled.wait()
      return result.value
    },
  ]
}
