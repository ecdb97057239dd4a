import Synchronization

/// A task is cancelled before it looks, or after.
public func cancellation() async -> String {
  let task = Task { Task.isCancelled ? "cancelled" : "in time" }
  task.cancel()
  return await task.value
}

/// The handler runs if the cancellation comes while it is there.
public func cancellationHandler() async -> String {
  let log = Log()
  let task = Task {
    await withTaskCancellationHandler {
      log.add("w")
    } onCancel: {
      log.add("c")
    }
  }
  task.cancel()
  await task.value
  return log.text
}

/// Whoever waits, until it is cancelled, or not at all.
private final class CancelledWaiter: Sendable {
  private let continuation = Mutex<UnsafeContinuation<Void, Never>?>(nil)
  private let isCancelled = Mutex(false)

  func wait() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        let isLate = isCancelled.withLock { isCancelled in
          if !isCancelled { self.continuation.withLock { $0 = continuation } }
          return isCancelled
        }
        if isLate { continuation.resume() }
      }
    } onCancel: {
      isCancelled.withLock { $0 = true }
      continuation.withLock { $0.take() }?.resume()
    }
  }
}

/// A task is cancelled and awaited that has less priority: its state is changed under a lock of the task
/// runtime's by the handler, by the end of the handler, and by who awaits it.
public func cancelledWaiter() async -> String {
  let waiter = CancelledWaiter()
  let task = Task.detached(priority: .background) { await waiter.wait() }
  task.cancel()
  await task.value
  return "ended"
}
