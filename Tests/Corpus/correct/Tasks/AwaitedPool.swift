extension CorpusProgram {
  /// A task that is suspended leaves its thread to others.
  static let awaitedPool = CorpusProgram(
    "blocked-pool-fixed", "a task awaits a stream that another task ends", classes: 74
  ) {
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    let waiter = Task.detached {
      for await value in stream { return value }
      return 0
    }
    Task.detached { continuation.yield(1) }
    return await waiter.value
  }
}
