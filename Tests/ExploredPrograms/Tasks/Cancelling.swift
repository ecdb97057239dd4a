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
