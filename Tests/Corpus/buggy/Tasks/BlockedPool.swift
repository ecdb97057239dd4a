import Dispatch

extension CorpusProgram {
  /// A thread of the pool waits for what needs another one.
  static let blockedPool = CorpusProgram(
    "blocked-pool", "a task waits on a semaphore that another task signals", finding: "starvation",
    classes: 8
  ) {
    let semaphore = DispatchSemaphore(value: 0)
    let waiter = Task.detached {
      semaphore.wait()
      return 1
    }
    Task.detached { semaphore.signal() }
    return await waiter.value
  }
}
