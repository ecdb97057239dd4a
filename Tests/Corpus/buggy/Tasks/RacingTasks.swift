/// A total that nobody guards, although tasks add to it.
private final class Total: @unchecked Sendable {
  var value = 0
}

extension CorpusProgram {
  /// Data races do not stop at tasks: here the checks of the compiler are switched off.
  static let racingTasks = CorpusProgram(
    "tasks", "two tasks of a group add to a variable", finding: "lostUpdate", classes: 34
  ) {
    let total = Total()
    await withTaskGroup(of: Void.self) { group in
      for _ in 1...2 { group.addTask { total.value += 1 } }
    }
    return total.value
  }
}
