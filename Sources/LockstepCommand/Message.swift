import LockstepExploration
import LockstepReport

/// What the command line says of itself besides errors, one function a message.
enum Message {
  static func error(_ error: CommandError) -> String {
    "lockstep: error: \(error.description)"
  }

  static func interrupted() -> String {
    "lockstep: interrupted; what was found so far:"
  }

  static func waiting(folder: String) -> String {
    "lockstep: waiting for another 'lockstep test' in '\(folder)'"
  }

  static func unordered(file: String, reason: String) -> String {
    "lockstep: '\(file)' could not be written in another order (\(reason)); generic code that both "
      + "the package and Lockstep use may go unseen"
  }

  static func buildFailed() -> String {
    "lockstep: error: the package must build before its tests run; see the errors above"
  }

  static func nothingExplored() -> String {
    """
    lockstep: no test explored any schedule; give a test the trait '.everySchedule' or call \
    'explore { }' in it
    """
  }

  static func testDidNotRun(_ name: String, how: String) -> String {
    "lockstep: '\(name)' was not explored: its runner \(how) without coming to it; is it disabled?"
  }

  static func noTestBundle(path: String) -> String {
    "lockstep: no tests that could be explored as whole programs: '\(path)' is not there"
  }

  static func explored(
    _ count: Int, passed: Int, failedAsExpected: Int = 0, failed: Int, inconclusive: Int,
    sequential: Int = 0
  ) -> String {
    let parts = [
      (passed, "passed"), (failedAsExpected, "failed, as their tests expect"), (failed, "failed"),
      (inconclusive, "inconclusive"),
      (sequential, "without threads, so that there was nothing to explore"),
    ]
    .filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return "lockstep: \(count) explored: \(parts.joined(separator: ", "))"
  }

  static func failed(_ unit: UnitResult) -> String {
    let findings = unit.findings.map { "\n    \($0.kind): \($0.summary)" }.joined()
    return "  failed '\(unit.unit)'\(findings)"
  }

  static func incomplete(_ unit: UnitResult) -> String {
    "  not complete '\(unit.unit)': \(unit.incompleteBecause.joined(separator: ", "))"
  }

  static func unreadable(_ file: ResultsFolder.Contents.Unreadable) -> String {
    "  unreadable result '\(file.file)': \(file.reason); its test may have ended while writing"
  }

  static func cannotExplore(path: String, reason: String) -> String {
    "lockstep: '\(path)' cannot be explored, since \(reason)"
  }

  static func notInstrumented(path: String) -> String {
    "lockstep: '\(path)' was not built by 'lockstep build': calls are seen, accesses to memory are not"
  }

  static func terminalInput() -> String {
    "lockstep: standard input is a terminal; the program finds it empty"
  }

  static func debugging(_ stop: DebuggerStop) -> String {
    let place = stop.location.map { " at \($0.text)" } ?? ""
    let step = stop.step.map { "before step \($0) of '\(stop.name)'" }
    return "lockstep: gdb stops \(step ?? "where '\(stop.name)' stands in the end")\(place)"
  }

  static func nothingToDebug() -> String {
    "lockstep: the schedule shows no finding that could be looked at, so gdb was not started"
  }

  static func schedules(_ files: [String]) -> String {
    "schedules: " + files.joined(separator: " ")
  }

  static func cannotWatch(path: String, reason: String) -> String {
    "lockstep: error: '\(path)' cannot be watched, since \(reason); run it without 'lockstep run'"
  }

  static func notWatched(program: String) -> String {
    "lockstep: '\(program)' ran without being watched: it took Lockstep's library out of its "
      + "environment, or what it runs is linked statically or runs with another user's rights"
  }
}
