import Foundation

/// What was written about one explored test: as much as the exit code and the summary need.
struct UnitResult: Decodable, Equatable {
  enum Verdict: String, Decodable {
    case pass, fail, inconclusive
  }

  struct Finding: Decodable, Equatable {
    var kind: String
    var summary: String
    var schedule: String?
  }

  var unit: String
  var verdict: Verdict
  var incompleteBecause: [String]
  var findings: [Finding]
  var executions = 0
  var uncontrolled: [String] = []
  /// Kinds of findings of which the test says that there must be one; none, where nothing is to fail.
  var expected: [String] = []
  /// Whether it is a test that never heard of Lockstep.
  var isWholeTest = false

  /// Whether such a test has one thread: there was nothing to explore, and nobody asked for more.
  var isSequential: Bool {
    isWholeTest && executions > 0 && incompleteBecause == ["nothingToExplore"] && !failed
  }

  /// Whether such a test calls `explore` itself.
  var exploresItself: Bool { isWholeTest && uncontrolled.contains(Self.ownExploration) }
  /// As the runtime says it: LKS_EXPLORES_ITSELF.
  private static let ownExploration = "an exploration of its own"

  /// Whether it found what the test says that it must, and nothing else.
  var failedAsExpected: Bool {
    verdict == .fail && !findings.isEmpty && findings.allSatisfy { expected.contains($0.kind) }
  }

  /// Whether something was found that nobody expects, or not what somebody does.
  var failed: Bool {
    !failedAsExpected && (verdict == .fail || !findings.isEmpty || !expected.isEmpty)
  }

  /// Whether nothing was left unseen.
  ///
  /// - Parameter requiringBudget: whether a budget that ended makes it incomplete.
  /// - Returns: false too for a result that is inconclusive without saying why.
  func isComplete(requiringBudget: Bool) -> Bool {
    // That there is such a finding needs no more schedules.
    if isSequential || failedAsExpected { return true }
    let reasons = requiringBudget ? incompleteBecause : incompleteBecause.filter { $0 != "budget" }
    return reasons.isEmpty && !(verdict == .inconclusive && incompleteBecause.isEmpty)
  }
}

extension UnitResult {
  private enum CodingKeys: CodingKey {
    case unit, verdict, incompleteBecause, findings, executions, uncontrolled, expected
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    unit = try container.decode(String.self, forKey: .unit)
    verdict = try container.decode(Verdict.self, forKey: .verdict)
    incompleteBecause =
      try container.decodeIfPresent([String].self, forKey: .incompleteBecause) ?? []
    findings = try container.decodeIfPresent([Finding].self, forKey: .findings) ?? []
    uncontrolled = try container.decodeIfPresent([String].self, forKey: .uncontrolled) ?? []
    expected = try container.decodeIfPresent([String].self, forKey: .expected) ?? []
    executions = try container.decodeIfPresent(Int.self, forKey: .executions) ?? 0
  }
}
