import Foundation

/// What the threads of `fine` and `coarse` share.
struct LockedCounter {
  var total = 0
  let increments: Int
  var lock = pthread_mutex_t()
}

/// A call of its own: inlined, a loop around it would fold into one addition.
@inline(never)
func increment(_ counter: UnsafeMutablePointer<LockedCounter>) {
  counter.pointee.total += 1
}

extension CorpusProgram {
  /// A lock taken around each increment.
  static let fine = CorpusProgram(
    "fine", "the same with a lock taken around each increment",
    parameters: ["threads", "increments of each"], defaults: [2, 3],
    classes: { arrangements(threads: $0[0], sections: $0[1]) }
  ) { sizes in
    withShared(LockedCounter(increments: sizes[1])) { counter in
      let threads = Threads(count: sizes[0])
      for index in 0..<sizes[0] {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: LockedCounter.self)
          for _ in 0..<counter.pointee.increments {
            pthread_mutex_lock(&counter.pointee.lock)
            increment(counter)
            pthread_mutex_unlock(&counter.pointee.lock)
          }
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }
}
