import Synchronization

/// Somebody who listens until it is told that there is nothing more to come.
private final class Listener: Sendable {
  private let continuation = Mutex<UnsafeContinuation<Int, Never>?>(nil)
  private let hasEnded = Mutex(false)

  func listen() async -> Int {
    await withUnsafeContinuation { continuation in
      let isLate = hasEnded.withLock { hasEnded in
        if !hasEnded { self.continuation.withLock { $0 = continuation } }
        return hasEnded
      }
      if isLate { continuation.resume(returning: 0) }
    }
  }

  func end() {
    hasEnded.withLock { $0 = true }
    continuation.withLock { $0.take() }?.resume(returning: 0)
  }
}

extension CorpusProgram {
  /// The body returns, and the task that listens is never told.
  static let forgottenListener = CorpusProgram(
    "leaked-task", "a task listens for something, and nobody tells it that all is over",
    finding: "leakedTask", classes: 2
  ) {
    let listener = Listener()
    Task.detached { await listener.listen() }
    return 0
  }

  /// The body ends what the task listens to, and waits for it.
  static let endedListener = CorpusProgram(
    "leaked-task-fixed", "a task listens for something, is told that all is over, and awaited",
    classes: 9
  ) {
    let listener = Listener()
    let task = Task.detached { await listener.listen() }
    listener.end()
    return await task.value
  }
}
