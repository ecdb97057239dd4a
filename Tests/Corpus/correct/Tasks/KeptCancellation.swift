import Synchronization

/// Whoever waits, until it is cancelled, or not at all.
private final class Waiter: Sendable {
  private enum State {
    case new
    case waits(UnsafeContinuation<Int, Never>)
    case cancelled
  }

  private let state = Mutex(State.new)

  func wait() async -> Int {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isLate = state.withLock { state in
          if case .cancelled = state { return true }
          state = .waits(continuation)
          return false
        }
        if isLate { continuation.resume(returning: 0) }
      }
    } onCancel: {
      let waiting = state.withLock { state -> UnsafeContinuation<Int, Never>? in
        defer { state = .cancelled }
        if case .waits(let continuation) = state { return continuation }
        return nil
      }
      waiting?.resume(returning: 0)
    }
  }
}

extension CorpusProgram {
  /// That it was cancelled is remembered.
  static let keptCancellation = CorpusProgram(
    "cancellation-fixed", "a handler remembers that what waits later was cancelled", classes: 124
  ) {
    let waiter = Waiter()
    // Of the same priority, wherever it runs: to wait for a lower one is a step of the task runtime.
    let task = Task { await waiter.wait() }
    task.cancel()
    return await task.value
  }
}
