/// A result that nobody guards.
private final class Result: @unchecked Sendable {
  var value = 0
}

extension CorpusProgram {
  /// A second is long, but it orders nothing.
  static let sleepingInstead = CorpusProgram(
    "sleep", "a task's result is read after a second, not after the task", finding: "dataRace",
    classes: 8
  ) {
    let result = Result()
    Task.detached { result.value = 1 }
    try? await Task.sleep(for: .seconds(1))
    return result.value
  }
}
