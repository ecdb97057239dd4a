import Synchronization

/// What was done for a request, as all that is done for it has at hand.
private final class Request: @unchecked Sendable {
  @TaskLocal static var current = Request()

  var steps = 0
  let lock = Mutex(())
}

extension CorpusProgram {
  /// A value of a task local goes to all children: what it refers to, they share.
  private static func tracing(
    _ name: String, _ summary: String, finding: String?, classes: Int,
    _ note: @escaping @Sendable (Request) -> Void
  ) -> CorpusProgram {
    CorpusProgram(name, summary, finding: finding, classes: classes) {
      let request = Request()
      await Request.$current.withValue(request) {
        async let first: Void = note(Request.current)
        async let second: Void = note(Request.current)
        _ = await (first, second)
      }
      return request.steps
    }
  }

  /// Two child tasks note what they do in what a task local refers to: counts as in `groups`, seen.
  static let locals = [
    tracing(
      "task-local", "two children add to what a task local refers to", finding: "lostUpdate",
      classes: 35
    ) { $0.steps += 1 },
    tracing(
      "task-local-fixed", "two children add to what a task local refers to, behind a lock",
      finding: nil, classes: 19
    ) { request in request.lock.withLock { _ in request.steps += 1 } },
  ]
}
