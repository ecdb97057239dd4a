import Synchronization

/// What the threads share; a pointer to it never moves.
private struct AtomicCounter: ~Copyable {
  let total = Atomic<Int>(0)
}

extension CorpusProgram {
  /// One atomic addition a thread.
  static let atomicIncrements = CorpusProgram(
    "ainc", "threads that add one atomically", parameters: ["threads"], defaults: [3],
    classes: { arrangements(threads: $0[0], sections: 1) }
  ) { sizes in
    withShared(AtomicCounter()) { counter in
      let threads = Threads(count: sizes[0])
      for index in 0..<sizes[0] {
        threads.start(index, counter) { argument in
          given(argument, as: AtomicCounter.self).pointee.total
            .wrappingAdd(1, ordering: .sequentiallyConsistent)
          return nil
        }
      }
      threads.join()
      return counter.pointee.total.load(ordering: .relaxed)
    }
  }
}
