/// What exploring one unit (a test, a program, a cell of the lab) gave.
///
/// Its JSON has the properties in the order of their declaration; those that are nil are left out.
package struct UnitReport: Equatable, Sendable, Codable {
  package enum Verdict: String, Sendable, Codable {
    case pass, fail, inconclusive
  }

  /// Why an exploration without a finding is not a pass.
  package enum Incompleteness: String, Sendable, Codable {
    case budget, uninstrumented, uncontrolled, nothingToExplore, stepLimit
  }

  package var unit: String
  package var verdict: Verdict
  package var incompleteBecause: [Incompleteness]
  package var strategy: String
  package var complete: Bool
  /// Executions carried out, the blocked ones included.
  package var executions: Int
  /// Executions cut short because they only repeated earlier ones.
  package var blocked: Int
  package var steps: Int
  package var seconds: Double
  package var executionsPerSecond: Double
  package var instrumented: Bool
  /// Names of what was met and is not controlled.
  package var uncontrolled: [String]
  package var outcomes: OutcomeCounts
  package var findings: [FindingReport]
  /// Kinds of findings of which the test expects one; nil where it expects none.
  package var expected: [String]?
  /// What else there is to say, a phrase each; nil for nothing.
  package var notes: [String]?

  // The lab's own.
  package var real: RealRuns?
  package var timing: [TimingEntry]?
  package var instructions: [ReportedInstruction]?
  package var randomExecutionsPerSecond: Double?

  package init(
    unit: String, verdict: Verdict, incompleteBecause: [Incompleteness] = [],
    strategy: String = "exhaustive", complete: Bool = false, executions: Int = 0,
    blocked: Int = 0, steps: Int = 0, seconds: Double = 0, executionsPerSecond: Double? = nil,
    instrumented: Bool = true, uncontrolled: [String] = [], outcomes: OutcomeCounts = [:],
    findings: [FindingReport] = [], expected: [String]? = nil, notes: [String]? = nil,
    real: RealRuns? = nil, timing: [TimingEntry]? = nil,
    instructions: [ReportedInstruction]? = nil, randomExecutionsPerSecond: Double? = nil
  ) {
    self.unit = unit
    self.verdict = verdict
    self.incompleteBecause = incompleteBecause
    self.strategy = strategy
    self.complete = complete
    self.executions = executions
    self.blocked = blocked
    self.steps = steps
    self.seconds = seconds
    self.executionsPerSecond =
      executionsPerSecond ?? (seconds > 0 ? (Double(executions) / seconds).rounded() : 0)
    self.instrumented = instrumented
    self.uncontrolled = uncontrolled
    self.outcomes = outcomes
    self.findings = findings
    self.expected = expected
    self.notes = notes
    self.real = real
    self.timing = timing
    self.instructions = instructions
    self.randomExecutionsPerSecond = randomExecutionsPerSecond
  }
}

extension UnitReport {
  /// The JSON of `--json`: an array with one object a unit, an event mostly a line.
  package static func json(_ units: [UnitReport]) throws -> String {
    try JSONValue(encoding: units).text(width: 240) + "\n"
  }

  /// The one object of such an array, to be put into another.
  package static func element(of json: String) -> String {
    func trimmed(_ text: Substring) -> Substring {
      let text = text.drop { $0.isWhitespace }
      return text[..<(text.lastIndex { !$0.isWhitespace }.map(text.index(after:)) ?? text.endIndex)]
    }
    return String(trimmed(trimmed(json[...]).dropFirst().dropLast()))
  }
}
