/// A result that nobody guards, nor has to.
private final class Result: @unchecked Sendable {
  var value = 0
}

extension CorpusProgram {
  /// Who waits for the task sees what it did.
  static let awaiting = CorpusProgram(
    "sleep-fixed", "a task's result is read after the task", classes: 6
  ) {
    let result = Result()
    let task = Task.detached { result.value = 1 }
    try? await Task.sleep(for: .seconds(1))
    await task.value
    return result.value
  }
}
