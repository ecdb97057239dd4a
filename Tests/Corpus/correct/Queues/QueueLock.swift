import Dispatch
import Foundation

/// A counter, and the queue on which it is changed.
private struct QueuedCounter {
  var total = 0
  let increments: Int
  let queue = DispatchQueue(label: "counter")
}

extension CorpusProgram {
  /// A serial queue as a lock: each critical section is something done on it synchronously.
  static let queueLock = CorpusProgram(
    "queuelock", "threads increment a counter on a serial queue, synchronously",
    parameters: ["threads", "increments of each"], defaults: [2, 2],
    classes: { arrangements(threads: $0[0], sections: $0[1]) }
  ) { sizes in
    withShared(QueuedCounter(increments: sizes[1])) { counter in
      let threads = Threads(count: sizes[0])
      for index in 0..<sizes[0] {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: QueuedCounter.self)
          for _ in 0..<counter.pointee.increments {
            counter.pointee.queue.sync { counter.pointee.total += 1 }
          }
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }
}
