import Foundation
import LockstepReport
import LockstepTerminal

/// A run of a program from its start to its end, with a look at all its processes now and then.
final class ProgramRun {
  /// Between two looks: a hang is to be said within two seconds, and looking must cost nothing.
  private static let milliseconds = 150

  private let program: WatchedProgram
  private let registry: Registry
  private let name: String
  private let keepsGoing: Bool
  private let report: (HangReport, RunUnit) -> Void
  private var watches: [Int32: ProcessWatch] = [:]
  private var reported: Set<Int32> = []
  private let clock = ContinuousClock()
  private(set) var unit: RunUnit
  private(set) var hasReported = false

  /// - Parameters:
  ///   - program: it has just been started.
  ///   - registry: where its processes write themselves in.
  ///   - name: as the person gave it.
  ///   - keepsGoing: whether a program that hangs is left alone.
  ///   - report: is called with each hang, while its process is still there.
  init(
    program: WatchedProgram, registry: Registry, name: String, keepsGoing: Bool,
    report: @escaping (HangReport, RunUnit) -> Void
  ) {
    self.program = program
    self.registry = registry
    self.name = name
    self.keepsGoing = keepsGoing
    self.report = report
    unit = RunUnit(name: name, verdict: .pass, because: [])
  }

  /// Waits for the program's end, or for a hang.
  func untilEnd() -> ExitStatus {
    let start = clock.now
    while true {
      if case .ended(let code, let signal) = program.wait(milliseconds: Self.milliseconds) {
        unit.seconds = (clock.now - start) / .seconds(1)
        return ended(code: code, signal: signal)
      }
      for hang in look() {
        unit.seconds = (clock.now - start) / .seconds(1)
        say(hang)
        guard keepsGoing else {
          program.kill(also: registry.tables.keys.filter(isStillWatched))
          return .finding
        }
      }
    }
  }

  private func look() -> [ProcessWatch.Hang] {
    let tables = registry.tables
    watches = watches.filter { tables[$0.key] == $0.value.tableAddress }
    for (process, table) in tables where watches[process] == nil {
      watches[process] = ProcessWatch(process: process, tableAddress: table)
    }
    let now = clock.now
    return watches.values.sorted { $0.process < $1.process }
      .filter { !reported.contains($0.process) }.compactMap { $0.look(at: now) }
  }

  private func say(_ hang: ProcessWatch.Hang) {
    let process = hang.snapshot.process
    reported.insert(process)
    hasReported = true
    let python = PythonStacks.ask(
      process, signal: hang.snapshot.table.pythonSignal, through: registry)
    let symbols = watches[process]?.symbols ?? ImageSymbols(process: process)
    let finding = HangReport(hang, symbols: symbols, python: python)
    unit.verdict = .fail
    unit.findings.append(finding)
    report(finding, unit)
  }

  private func ended(code: Int32, signal: Int32?) -> ExitStatus {
    if hasReported { return .finding }
    if registry.count == 0 {
      // It ran, but nobody looked.
      unit.verdict = .inconclusive
      unit.because = ["uninstrumented"]
      StandardError.write(Message.notWatched(program: name))
    }
    if let note = registry.note, note.process == program.process,
      signal == SIGILL || signal == SIGTRAP
    {
      hasReported = true
      unit.verdict = .fail
      unit.findings.append(HangReport(note))
      unit.findings.last.map { report($0, unit) }
    }
    return ExitStatus(code: code)
  }

  /// The number may be another process's by now.
  private func isStillWatched(_ process: Int32) -> Bool {
    registry.tables[process].flatMap { WatchTable(of: process, at: $0) } != nil
  }
}
