extension CorpusProgram {
  /// The task may go on on another thread, which does not hold the lock.
  static let heldLock = CorpusProgram(
    "held-lock", "a task is suspended while it holds a lock", finding: "heldAcrossSuspension",
    classes: 4
  ) {
    let lock = OldLock()
    let task = Task.detached {
      lock.lock()
      await Task.yield()
      lock.unlock()
    }
    await task.value
    return 0
  }
}
