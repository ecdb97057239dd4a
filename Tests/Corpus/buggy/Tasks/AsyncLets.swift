/// A total that nobody guards, although child tasks add to it.
private final class Total: @unchecked Sendable {
  var value = 0

  func add() { value += 1 }
}

extension CorpusProgram {
  /// The child tasks run at once.
  static let racingChildren = CorpusProgram(
    "async-let", "two 'async let' add to a variable", finding: "lostUpdate", classes: 35
  ) {
    let total = Total()
    async let first: Void = total.add()
    async let second: Void = total.add()
    _ = await (first, second)
    return total.value
  }

  /// Each gives what it has, and the parent adds.
  static let returningChildren = CorpusProgram(
    "async-let-fixed", "two 'async let' return what is added", classes: 11
  ) {
    async let first = 1
    async let second = 1
    return await first + second
  }
}
