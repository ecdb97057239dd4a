/// What `lockstep` ends with; thrown by a subcommand that has said all it has to say.
struct ExitStatus: Error, Equatable {
  let rawValue: Int32

  init(code: Int32) { rawValue = code }

  /// Every schedule passed, or only the budget ended.
  static let pass = ExitStatus(code: 0)
  /// A finding or a failing test.
  static let finding = ExitStatus(code: 1)
  /// A usage, build or tool error.
  static let toolError = ExitStatus(code: 2)
  /// Nothing was explored, or not all of it could be seen.
  static let incomplete = ExitStatus(code: 3)
}

extension ExitStatus {
  /// Derives the status of `lockstep test`; the worst that happened wins.
  ///
  /// - Parameters:
  ///   - contents: what the tests wrote down.
  ///   - test: how `swift test` ended.
  ///   - requireComplete: whether a budget that ended counts as incomplete.
  init(of contents: ResultsFolder.Contents, test: ChildProcess.Outcome, requireComplete: Bool) {
    if let interruption = test.interruption {
      self = interruption
    } else if test.code != 0 && !contents.testsStarted {
      self = .toolError
    } else if test.code != 0 || contents.units.contains(where: \.failed) {
      self = .finding
    } else if !contents.unreadable.isEmpty {
      self = .toolError
    } else if contents.units.isEmpty
      || contents.units.contains(where: { !$0.isComplete(requiringBudget: requireComplete) })
    {
      self = .incomplete
    } else {
      self = .pass
    }
  }
}
