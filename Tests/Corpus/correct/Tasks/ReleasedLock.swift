extension CorpusProgram {
  /// The lock is given up before the suspension.
  static let releasedLock = CorpusProgram(
    "held-lock-fixed", "a task gives up its lock before it is suspended", classes: 4
  ) {
    let lock = OldLock()
    let task = Task.detached {
      lock.lock()
      lock.unlock()
      await Task.yield()
    }
    await task.value
    return 0
  }
}
