import Dispatch
import Foundation
import Synchronization

extension CorpusProgram {
  private static func patient(
    _ name: String, _ summary: String, _ run: @escaping @Sendable () -> Int
  ) -> CorpusProgram {
    CorpusProgram(
      name, summary, parameters: [], defaults: [], classes: { _ in 1 }
    ) { _ in run() }
  }

  /// Who waits until a result is there: there is nothing to choose.
  static let patient = [
    patient("group-fixed", "a group is entered before others come to it") {
      let result = Given()
      let group = DispatchGroup()
      group.enter()
      DispatchQueue.global().async {
        result.value = 7
        group.leave()
      }
      group.wait()
      return result.value
    },
    patient("work-item-fixed", "a result is read that a work item gives, after a wait") {
      let result = Given()
      let item = DispatchWorkItem { result.value = 7 }
      DispatchQueue.global().async(execute: item)
      item.wait()
      return result.value
    },
    patient("after-fixed", "a result is read that comes later, after it has come") {
      let result = Given()
      let semaphore = DispatchSemaphore(value: 0)
      DispatchQueue.global().asyncAfter(deadline: .now() + 1) {
        result.value = 7
        semaphore.signal()
      }
      semaphore.wait()
      return result.value
    },
  ]

  /// Iterations add to a total one after the other.
  static let guardedIterations = CorpusProgram(
    "iterations-fixed", "iterations at once add to a variable behind a lock",
    parameters: ["iterations"], defaults: [2],
    classes: { arrangements(threads: $0[0], sections: 1) }
  ) { sizes in
    let total = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: sizes[0]) { _ in total.withLock { $0 += 1 } }
    return total.withLock { $0 }
  }
}
