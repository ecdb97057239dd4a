package import LockstepReport
internal import LockstepEngine

/// What an exploration showed: its verdict, what it found, and what it left out.
public struct ExplorationReport: Sendable, CustomStringConvertible {
  /// What an exploration comes to.
  public enum Verdict: String, Sendable {
    /// Every schedule of visible steps was explored and none failed.
    case pass
    /// A finding, with its schedule.
    case fail
    /// Nothing was found, but not everything that matters was seen: see `reasons`.
    case inconclusive
  }

  /// Why an exploration without a finding is no pass.
  public enum Reason: String, Sendable, CaseIterable {
    case budget
    case uninstrumented
    case uncontrolled
    case nothingToExplore
    case stepLimit
  }

  /// Something that a schedule broke.
  public struct Finding: Sendable {
    /// `lostUpdate`, `deadlock`, `leakedLock`, `dataRace`, `thrownError` and so on.
    public let kind: String
    /// One sentence with the names of the threads and of the variable or the lock.
    public let summary: String
    /// The token that replays it.
    public let schedule: String
    /// Times that the schedule took the processor from a thread that could have gone on.
    public let preemptions: Int
    /// The sentence, the table of its steps, and where each thread stands.
    public let text: String
  }

  /// Whether something failed, nothing did, or too little was seen to say.
  public let verdict: Verdict
  /// Why the verdict is no pass although nothing failed; empty for a pass.
  public let reasons: [Reason]
  /// What the schedules broke, the kind that says most first.
  public let findings: [Finding]
  /// Whether every schedule that the strategy stands for was carried out.
  public let isComplete: Bool
  /// Executions that counted, those cut short as repetitions included.
  public let executions: Int
  /// Time that the exploration took, warm-up included.
  public let elapsed: Duration
  /// What else is worth knowing, a phrase each.
  public let notes: [String]
  package let unit: UnitReport
  package let details: [FindingDetails]

  /// The whole report as plain text.
  public var description: String {
    ([headline] + findings.map(\.text) + notes.map { "note: \($0)\n" }).joined(separator: "\n")
  }

  /// Whether the test says that there must be such a finding.
  package func isExpected(_ finding: Finding) -> Bool {
    unit.expected?.contains(finding.kind) == true
  }

  /// One line: verdict, executions, reasons.
  public var headline: String {
    let reasons = reasons.isEmpty ? "" : " (\(reasons.map(\.rawValue).joined(separator: ", ")))"
    let extent =
      unit.strategy == "replay"
      ? "of one schedule" : isComplete ? "every schedule" : "not every schedule"
    let count = executions == 1 ? "1 execution" : "\(executions) executions"
    return "\(unit.unit): \(verdict.rawValue)\(reasons), \(count), \(extent)\n"
  }
}

/// A finding beyond its JSON.
package struct FindingDetails: Sendable {
  /// Its text in a given style and within so many columns, made when it is printed.
  package let text: @Sendable (TextStyle, _ width: Int) -> String
  /// The program counter of each of the report's events.
  package let programCounters: [UInt]
  /// What its execution wrote to standard output and error.
  package let output: String
  /// Where a debugger is to find it; nil where nobody could look.
  package let stop: DebuggerStop?
}
