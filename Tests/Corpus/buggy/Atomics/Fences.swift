import Foundation
import Synchronization

/// A value, and whether it is there.
private final class Message: Sendable {
  nonisolated(unsafe) var value = 0
  let isThere = Atomic(false)
}

extension CorpusProgram {
  /// Whoever sees that the value is there reads it, which nothing but fences puts in order.
  ///
  /// It looks before that is said, or after, and reads then: two classes, in whatever order the value is
  /// for a processor.
  private static func passing(
    _ name: String, _ summary: String, finding: String?, hasFences: Bool
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], finding: finding, classes: { _ in 2 }
    ) { _ in
      let message = Message()
      let done = DispatchSemaphore(value: 0)
      Thread.detachNewThread {
        message.value = 7
        if hasFences { atomicMemoryFence(ordering: .releasing) }
        message.isThere.store(true, ordering: .relaxed)
        done.signal()
      }
      var seen = 0
      if message.isThere.load(ordering: .relaxed) {
        if hasFences { atomicMemoryFence(ordering: .acquiring) }
        seen = message.value
      }
      done.wait()
      return seen
    }
  }

  /// Relaxed operations order nothing.
  static let unfenced = passing(
    "fence", "a value is read if a relaxed load says that it is there", finding: "dataRace",
    hasFences: false)

  /// Fences around them do.
  static let fenced = passing(
    "fence-fixed", "the same with a fence on either side", finding: nil, hasFences: true)
}
