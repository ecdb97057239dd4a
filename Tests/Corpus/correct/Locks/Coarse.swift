import Foundation

extension CorpusProgram {
  /// One lock taken around the whole loop.
  static let coarse = CorpusProgram(
    "coarse", "the same with one lock taken around the loop",
    parameters: ["threads", "increments of each"], defaults: [2, 10],
    classes: { arrangements(threads: $0[0], sections: 1) }
  ) { sizes in
    withShared(LockedCounter(increments: sizes[1])) { counter in
      let threads = Threads(count: sizes[0])
      for index in 0..<sizes[0] {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: LockedCounter.self)
          pthread_mutex_lock(&counter.pointee.lock)
          for _ in 0..<counter.pointee.increments { increment(counter) }
          pthread_mutex_unlock(&counter.pointee.lock)
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }
}
