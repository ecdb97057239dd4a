import Synchronization

/// A total behind a lock.
private final class Total: Sendable {
  let value = Mutex(0)
}

extension CorpusProgram {
  /// The same behind a lock.
  static let guardedTasks = CorpusProgram(
    "tasks-fixed", "two tasks of a group add to a variable behind a lock", classes: 18
  ) {
    let total = Total()
    await withTaskGroup(of: Void.self) { group in
      for _ in 1...2 { group.addTask { total.value.withLock { $0 += 1 } } }
    }
    return total.value.withLock { $0 }
  }
}
