extension CorpusProgram {
  /// The consumer waits for one more element.
  static let endlessStream = CorpusProgram(
    "stream", "a stream is consumed that its producer does not finish", finding: "neverResumed",
    classes: 6
  ) {
    await consume(finishing: false)
  }

  /// The same, finished.
  static let finishedStream = CorpusProgram(
    "stream-fixed", "a stream is consumed that its producer finishes", classes: 10
  ) {
    await consume(finishing: true)
  }

  private static func consume(finishing: Bool) async -> Int {
    let (stream, continuation) = AsyncStream.makeStream(of: Int.self)
    Task.detached {
      continuation.yield(1)
      if finishing { continuation.finish() }
    }
    var sum = 0
    for await element in stream { sum += element }
    return sum
  }
}
