internal import LockstepEngine
internal import LockstepReport

extension FindingWriter {
  /// Two of the finding's steps are each thread's: what it took first, and what it took then.
  var lockOrder: String {
    let trace = execution.trace
    var threads: [ThreadID] = []
    for step in finding.steps where !threads.contains(trace[step].thread) {
      threads.append(trace[step].thread)
    }
    return Summary.lockOrder(
      threads.map { thread in
        let places = finding.steps.filter { trace[$0].thread == thread }.map(lockPlace)
        return (
          thread: name(of: thread), took: places.first ?? Summary.Place("a lock"),
          then: places.last ?? Summary.Place("another")
        )
      })
  }

  private func lockPlace(_ step: Int) -> Summary.Place {
    let description = details.description(of: step)
    return Summary.Place(description.object ?? "a lock", at: description.location)
  }

  /// The finding's steps are one thread's read, another's store, and the first one's store.
  var staleRead: String {
    let trace = execution.trace
    guard finding.steps.count == 3 else { return finding.kind.rawValue }
    let read = finding.steps[0]
    let write = finding.steps[2]
    let lock = trace[..<read].lastIndex {
      $0.kind.isAcquisition && finding.locks.contains($0.object)
    }
    return Summary.staleRead(
      thread: name(of: trace[read].thread), object: object,
      lock: lock.flatMap { details.description(of: $0).object } ?? "the lock",
      read: details.description(of: read).location,
      write: details.description(of: write).location,
      writer: name(of: trace[finding.steps[1]].thread))
  }
}
