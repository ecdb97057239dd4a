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
    let counter = UnsafeMutablePointer<AtomicCounter>.allocate(capacity: 1)
    counter.initialize(to: AtomicCounter())
    var team = Team<Int>(capacity: sizes[0])
    for _ in 0..<sizes[0] {
      let shared = UnsafeMutableRawPointer(counter).assumingMemoryBound(to: Int.self)
      team.start(sharing: shared) { argument in
        let shared = UnsafeMutableRawPointer(member(argument, of: Int.self).shared)
        shared.assumingMemoryBound(to: AtomicCounter.self).pointee.total
          .wrappingAdd(1, ordering: .sequentiallyConsistent)
        return nil
      }
    }
    team.join()
    let total = counter.pointee.total.load(ordering: .relaxed)
    counter.deinitialize(count: 1)
    counter.deallocate()
    return total
  }
}
