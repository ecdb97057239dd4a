/// What is expected of an exploration.
public struct ExplorationExpectation: Sendable {
  let wantsOneOutcome: Bool
  /// Kinds of findings; none, where none is expected.
  package let findings: Set<String>

  /// Results may differ from schedule to schedule.
  public static let anyOutcomes = ExplorationExpectation(wantsOneOutcome: false, findings: [])

  /// Every schedule must give the same result; two are a finding.
  public static let oneOutcome = ExplorationExpectation(wantsOneOutcome: true, findings: [])

  /// Something is wrong, and known to be: a finding of one of these kinds must come, and no other.
  ///
  /// The verdict is *fail* as ever, which `lockstep test` does not count as a failure. That no such
  /// finding came is a finding, `notFound`.
  ///
  /// - Parameter kinds: `lostUpdate`, `deadlock` and so on: the `kind` of a finding.
  /// - Returns: the expectation.
  public static func finding(_ kinds: String...) -> ExplorationExpectation {
    ExplorationExpectation(wantsOneOutcome: false, findings: Set(kinds))
  }
}
