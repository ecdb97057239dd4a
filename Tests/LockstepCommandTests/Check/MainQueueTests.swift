import Testing

@testable import LockstepCommand

@Suite struct `the main queue of a program` {
  @Test(arguments: ["waits", "waitsForTask", "waitsForSync"])
  func `does nothing while the main thread waits`(how: String) throws {
    let (unit, _) = try CheckedProgram.check("mainthread.swift", how)
    #expect(unit.verdict == "fail")
    #expect(unit.complete)
    #expect(unit.findings.map(\.kind) == ["deadlock"])
    let summary = try #require(unit.findings.first?.summary)
    let words = "holds queue 'main' and waits for done at mainthread.swift:"
    #expect(summary.hasPrefix("Deadlock: main") && summary.contains(words), "\(summary)")
    try replays("mainthread.swift", how)
  }

  @Test func `does nothing when the main thread returns`() throws {
    let (unit, _) = try CheckedProgram.check("mainthread.swift", "returns")
    #expect(unit.outcomes.keys.sorted() == ["exit status 0"])
    #expect(unit.findings.isEmpty)
  }

  @Test func `is the main thread's when that gives itself up to it`() throws {
    let (unit, _) = try CheckedProgram.check("mainthread.swift", "gives")
    #expect(unit.verdict == "pass", "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
    #expect(unit.outcomes.keys.sorted() == ["both"])
    #expect(unit.executions == 2)
  }

  @Test func `leaves a program that nothing ends`() throws {
    let (unit, _) = try CheckedProgram.check("mainthread.swift", "givesForNothing")
    #expect(unit.findings.map(\.kind) == ["deadlock"])
    let summary = try #require(unit.findings.first?.summary)
    #expect(summary.hasPrefix("Deadlock: main waits for work on the main queue"), "\(summary)")
    try replays("mainthread.swift", "givesForNothing")
  }

  @Test func `is left to a task that is never resumed`() throws {
    let (unit, _) = try CheckedProgram.check("asyncmain.swift", "lost")
    #expect(unit.complete)
    #expect(unit.findings.map(\.kind) == ["neverResumed"], "\(unit.findings.map(\.summary))")
    try replays("asyncmain.swift", "lost")
  }

  /// What is the task runtime's own starts no threads beside an execution's.
  @Test func `has timeouts either way`() throws {
    let (unit, _) = try CheckedProgram.check("asyncmain.swift", "timeout", options: "--budget 3")
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.outcomes.keys.sorted() == ["5", "TimedOut()"])
  }

  private func replays(_ file: String, _ how: String) throws {
    let outcome = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path(file))
      $LOCKSTEP check --schedules here $program \(how) > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program \(how); done
      """)
    let parts = outcome.output.components(separatedBy: "the same execution 10 of 10 times")
    #expect(parts.count == 2, "\(outcome)")
  }
}
