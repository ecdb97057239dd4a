import Synchronization

/// Whoever waits, until it is cancelled.
private final class Waiter: Sendable {
  private let continuation = Mutex<UnsafeContinuation<Int, Never>?>(nil)

  func wait() async -> Int {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        self.continuation.withLock { $0 = continuation }
      }
    } onCancel: {
      continuation.withLock { $0.take() }?.resume(returning: 0)
    }
  }
}

extension CorpusProgram {
  /// If the cancellation comes before there is anything to resume, it is lost.
  static let lateCancellation = CorpusProgram(
    "cancellation", "a handler resumes what waits, if it waits already",
    finding: "neverResumed", classes: 97
  ) {
    let waiter = Waiter()
    // Of the same priority, wherever it runs: to wait for a lower one is a step of the task runtime.
    let task = Task { await waiter.wait() }
    task.cancel()
    return await task.value
  }
}
