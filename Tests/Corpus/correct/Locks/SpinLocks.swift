import Foundation

private struct SpinningCounter {
  var total = 0
  var lock = pthread_spinlock_t()
}

extension CorpusProgram {
  /// The critical sections in every order, as those of any lock.
  static let spinLocks = CorpusProgram(
    "spinlock", "threads add one under a spin lock", parameters: ["threads"], defaults: [3],
    classes: { arrangements(threads: $0[0], sections: 1) }
  ) { sizes in
    withShared(SpinningCounter()) { counter in
      pthread_spin_init(&counter.pointee.lock, 0)
      let threads = Threads(count: sizes[0])
      for index in 0..<sizes[0] {
        threads.start(index, counter) { argument in
          let counter = given(argument, as: SpinningCounter.self)
          pthread_spin_lock(&counter.pointee.lock)
          counter.pointee.total += 1
          pthread_spin_unlock(&counter.pointee.lock)
          return nil
        }
      }
      threads.join()
      return counter.pointee.total
    }
  }
}
