internal import Glibc
internal import LockstepReport
internal import Synchronization

/// Where `lockstep test` finds what each explored test gave: one JSON file a unit.
enum ResultsFolder {
  private static let count = Atomic<Int>(0)

  /// Writes a unit, if somebody asked for it.
  ///
  /// The file is complete or not there: it is written under another name first. A failure is said
  /// on standard error; `lockstep test` misses the unit then.
  static func write(_ report: ExplorationReport) {
    guard let folder = Environment.resultsFolder else { return }
    do {
      try write(UnitReport.json([report.unit]), in: folder)
    } catch {
      LastWords.say(
        "lockstep: the result of '\(report.unit.unit)' could not be written: \(error)\n")
    }
  }

  /// Writes the unit of an exploration that ended with the process.
  static func write(crash finding: FindingReport, of name: String) {
    guard let folder = Environment.resultsFolder else { return }
    let unit = UnitReport(
      unit: name, verdict: .fail, incompleteBecause: [], strategy: "", complete: false,
      executions: 1, blocked: 0, steps: 0, seconds: 0, executionsPerSecond: 0, instrumented: true,
      uncontrolled: [], outcomes: OutcomeCounts(), findings: [finding])
    try? write(UnitReport.json([unit]), in: folder)
  }

  private static func write(_ json: String, in folder: String) throws {
    let number = count.wrappingAdd(1, ordering: .relaxed).newValue
    let path = "\(folder)/\(getpid())-\(number)"
    try FileOutput.write(UnitReport.element(of: json), toFile: path + ".part")
    guard rename(path + ".part", path + ".json") == 0 else { throw FileOutput.Failure() }
  }
}
