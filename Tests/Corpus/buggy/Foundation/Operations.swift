import Foundation

extension CorpusProgram {
  /// An operation needs what another gives, and says so or not.
  ///
  /// Not: it reads before the other writes, or after. If it does, there is nothing to choose.
  private static func depending(
    _ name: String, _ summary: String, finding: String?, classes: Int, depends: Bool
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: finding, classes: { _ in classes }
    ) { _ in
      let (input, output) = (Given(), Given())
      let queue = OperationQueue()
      let load = BlockOperation { input.value = 7 }
      let isShown = DispatchSemaphore(value: 0)
      let show = BlockOperation {
        output.value = input.value * 10
        isShown.signal()
      }
      if depends { show.addDependency(load) }
      queue.addOperation(show)
      load.start()
      isShown.wait()
      return output.value
    }
  }

  /// Operations of a queue add to a total, so many at once.
  ///
  /// The queue is one of Dispatch's and locks of Foundation's, in whose hands the steps are: the counts are
  /// those of debug and release builds alike, and not derived.
  private static func adding(
    _ name: String, _ summary: String, finding: String?, classes: Int, atOnce count: Int
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: finding, classes: { _ in classes }
    ) { _ in
      let total = Given()
      let queue = OperationQueue()
      queue.maxConcurrentOperationCount = count
      let isDone = DispatchSemaphore(value: 0)
      for _ in 0..<2 {
        queue.addOperation {
          total.value += 1
          isDone.signal()
        }
      }
      for _ in 0..<2 { isDone.wait() }
      return total.value
    }
  }

  /// Queues of operations.
  static let operations = [
    depending(
      "operation", "an operation shows what another loads, and does not depend on it",
      finding: "dataRace", classes: 2, depends: false),
    depending(
      "operation-fixed", "an operation shows what another loads, on which it depends",
      finding: nil, classes: 1, depends: true),
    adding(
      "operations", "operations add to a total, two at once", finding: "lostUpdate",
      classes: 118, atOnce: 2),
    adding(
      "operations-fixed", "operations add to a total, one at a time", finding: nil, classes: 24,
      atOnce: 1),
  ]
}
