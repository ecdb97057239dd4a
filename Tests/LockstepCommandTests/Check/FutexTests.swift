import Foundation
import Testing

@testable import LockstepCommand

/// What the kernel does for a futex is what a program could do with a mutex and a condition: both have
/// the same schedules, and those of conditions are known to be right.
@Suite(.serialized) struct `waits by futexes` {
  @Test(arguments: [
    ("one", "1", 3), ("one", "2", 48), ("all", "2", 16), ("all", "3", 144), ("timed", "1", 5),
    ("forgets", "2", 6),
  ])
  func `have the schedules of waits for conditions`(
    what: String, waiters: String, executions: Int
  ) throws {
    let options = "--ignore waitWithoutLoop"
    let (unit, _) = try CheckedProgram.check("futex.c", "futex", what, waiters, options: options)
    let (twin, _) = try CheckedProgram.check(
      "futex.c", "condition", what, waiters, options: options)
    #expect(unit.executions == executions)
    #expect(unit.executions == twin.executions)
    #expect(unit.outcomes == twin.outcomes)
    #expect(unit.blocked == 0)
    #expect(unit.complete)
    #expect(unit.uncontrolled == [])
    #expect(unit.findings.map(\.kind) == (what == "forgets" ? ["deadlock"] : []))
  }

  @Test func `put nothing in order but what the memory model does`() throws {
    let (unit, _) = try CheckedProgram.check("futex.c", "futex", "relaxed")
    #expect(unit.findings.map(\.kind) == ["dataRace"])
  }

  @Test(arguments: ["flag", "semaphore", "latch", "barrier", "future"])
  func `are seen in what C++20 waits by`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("waits.cpp", what, compiler: ["-std=c++20"])
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.blocked == 0)
    #expect(Set(unit.outcomes.keys) == ["42"])
    #expect(unit.executions > 1)
  }

  @Test(arguments: [
    ("forgets", "deadlock", "waits for flag"),
    ("fewer", "deadlock", "waits for done"),
    ("twice", "lostUpdate", "data"),
  ])
  func `show the mistakes of C++20 programs`(what: String, kind: String, part: String) throws {
    let (unit, outcome) = try CheckedProgram.check("waits.cpp", what, compiler: ["-std=c++20"])
    #expect(outcome.code == 1)
    let finding = try #require(unit.findings.first { $0.kind == kind }, "\(unit.findings)")
    #expect(finding.summary.contains(part))
    let page = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("waits.cpp", options: ["-w", "-std=c++20"]))
      $LOCKSTEP check --schedules here $program \(what) > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program \(what) || exit $?; done
      """)
    #expect(page.code == 1, "\(page)")
    #expect(page.output.contains("the same execution 10 of 10 times"), "\(page.output)")
  }

  @Test func `are no waits without a loop where the library has the loop`() throws {
    let (unit, outcome) = try CheckedProgram.check(
      "waits.cpp", "stops", options: "--budget 4", compiler: ["-std=c++20"])
    #expect(unit.findings.isEmpty, "\(outcome)")
    #expect(Set(unit.outcomes.keys) == ["42"])
  }
}
