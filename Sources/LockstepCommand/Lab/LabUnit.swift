import Lab
import LockstepExploration
import LockstepReport

/// One exploration of the lab, and what it must show.
struct LabUnit {
  let cell: LabCell
  let name: String
  /// What is run in every schedule; its text is the outcome.
  let body: @Sendable () -> String
  /// The outcomes that must be reached, no other; nil where they are no numbers to be counted.
  var outcomes: Set<String>?
  /// The finding that it must show; nil where it must pass.
  var finding: String?
  /// The least and the most executions that it may take: the distinguishable classes, and the
  /// interleavings.
  var executions: ClosedRange<Int>?

  static let all: [LabUnit] = [
    race(2, 1, outcomes: 1...2, executions: 4...6),
    race(2, 2, outcomes: 2...4, executions: 34...70),
    race(2, 3, outcomes: 2...6, executions: 328...924),
    race(3, 1, outcomes: 1...3, executions: 36...90),
    LabUnit(
      cell: .steps, name: "steps", body: { "\(Lab.steps())" }, outcomes: ["1", "2", "3"],
      finding: "lostUpdate", executions: 4...6),
    LabUnit(
      cell: .fine, name: "fine 2x3", body: { "\(Lab.fine(threads: 2, increments: 3))" },
      outcomes: ["6"]),
    LabUnit(
      cell: .coarse, name: "coarse 2x3", body: { "\(Lab.coarse(threads: 2, increments: 3))" },
      outcomes: ["6"]),
    LabUnit(cell: .bank, name: "bank", body: Lab.bank, finding: "leakedLock"),
    LabUnit(
      cell: .bank, name: "bank opposite", body: Lab.bankOpposite, finding: "deadlock"),
    LabUnit(cell: .scoped, name: "scoped", body: Lab.scoped),
  ]

  private static func race(
    _ threads: Int, _ increments: Int, outcomes: ClosedRange<Int>, executions: ClosedRange<Int>
  ) -> LabUnit {
    LabUnit(
      cell: .race, name: "race \(threads)x\(increments)",
      body: { "\(Lab.race(threads: threads, increments: increments))" },
      outcomes: Set(outcomes.map(String.init)), finding: "lostUpdate", executions: executions)
  }

  /// The units of a cell, or the unit of that name; all of them for nil.
  ///
  /// - Throws: `CommandError.unknownCell`.
  static func selected(by name: String?) throws -> [LabUnit] {
    guard let name else { return all }
    let units = all.filter { $0.cell.rawValue == name || $0.name == name }
    guard !units.isEmpty else {
      throw CommandError.unknownCell(name, known: LabCell.allCases.map(\.rawValue))
    }
    // The cell 'bank' is also the name of its first unit.
    return units
  }

  private func configuration(_ strategy: Strategy, budget: Duration) -> Configuration {
    var configuration = Configuration()
    configuration.strategy = strategy
    configuration.budget = budget
    configuration.name = name
    configuration.probe = Lab.probe
    let quoted = name.contains(" ") ? "'\(name)'" : name
    configuration.replayCommand = { "lockstep lab \(quoted) --replay \($0)" }
    return configuration
  }

  /// Explores every schedule, and measures what the cell measures.
  func explore(budget: Duration, progress: ((ExplorationProgress) -> Void)?) throws -> LabResult {
    var configuration = configuration(.exhaustive, budget: budget)
    configuration.onProgress = progress
    let exploration = try LockstepExploration.explore(configuration, body)
    var result = LabResult(self, exploration.report)
    try measure(&result)
    result.complaints = complaints(about: result.report)
    return result
  }

  func replay(_ token: String) throws -> LabResult {
    let exploration = try LockstepExploration.explore(
      configuration(.replay(token), budget: .seconds(30)), body)
    return LabResult(self, exploration.report)
  }

  private func measure(_ result: inout LabResult) throws {
    switch name {
    case "race 2x1": result.report.real = LabTiming.race(runs: 20, increments: 1_000_000)
    case "race 2x3":
      let random = try LockstepExploration.explore(
        configuration(.random(seed: 1), budget: .seconds(1)), body)
      result.report.randomExecutionsPerSecond =
        random.report.unit.executionsPerSecond.rounded()
    case "steps": result.noteInstructions()
    case "fine 2x3": result.report.timing = LabTiming.fine()
    case "coarse 2x3": result.report.timing = LabTiming.coarse()
    default: break
    }
  }

  /// What a result does not show that it must, a phrase each.
  private func complaints(about report: UnitReport) -> [String] {
    var complaints: [String] = []
    let expected: UnitReport.Verdict = finding == nil ? .pass : .fail
    if report.verdict != expected {
      complaints.append("the verdict is \(report.verdict.rawValue), not \(expected.rawValue)")
    }
    if !report.complete { complaints.append("not every schedule was explored") }
    if let finding, !report.findings.contains(where: { $0.kind == finding }) {
      complaints.append("no finding '\(finding)'")
    }
    let reached = Set(report.outcomes.entries.map(\.outcome))
    if let outcomes, outcomes != reached {
      complaints.append("the outcomes are \(reached.sorted()), not \(outcomes.sorted())")
    }
    if let executions, !executions.contains(report.executions) {
      complaints.append("\(report.executions) executions are not within \(executions)")
    }
    return complaints
  }
}
