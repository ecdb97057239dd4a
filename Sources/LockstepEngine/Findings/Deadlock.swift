extension Stall {
  /// Threads that wait for one another, or for what nobody does.
  ///
  /// The waits of a cycle come first, in its order; then the others. The steps are where what is
  /// waited for was taken.
  func deadlock() -> Finding {
    let cycle = cycle()
    let ordered =
      cycle + waits.filter { wait in !cycle.contains { $0.blocked.thread == wait.blocked.thread } }
    let first = (cycle.first ?? waits.first { $0.blocked.kind.isAcquisition })?.blocked
    // A turn is another one in each execution, and its queue the same.
    let object = first?.kind == .awaitCompletion ? first?.other : first?.object
    return Finding(
      kind: .deadlock, object: object,
      steps: Set(ordered.compactMap(\.acquisition)).sorted(), waits: ordered)
  }

  /// The first cycle found: each waits for what the next one holds.
  func cycle() -> [Finding.Wait] {
    for start in waits {
      var path: [Finding.Wait] = []
      var current: Finding.Wait? = start
      while let wait = current {
        if let place = path.firstIndex(where: { $0.blocked.thread == wait.blocked.thread }) {
          return Array(path[place...])
        }
        path.append(wait)
        current = waits.first { $0.blocked.thread == wait.holder }
      }
    }
    return []
  }
}
