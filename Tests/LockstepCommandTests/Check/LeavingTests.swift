import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `the end of a program` {
  @Test(arguments: ["exits", "_exits"])
  func `is that of whichever thread ends it first`(how: String) throws {
    let (unit, _) = try CheckedProgram.check("leaving.c", how)
    #expect(unit.outcomes.keys.sorted() == ["exit status 3", "exit status 4"])
    #expect(unit.executions == 2)
    #expect(unit.complete)
    #expect(unit.findings.map(\.kind) == ["exitStatus", "exitStatus"])
    let replays = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("leaving.c"))
      $LOCKSTEP check --schedules here $program \(how) > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program \(how); done
      """)
    let parts = replays.output.components(separatedBy: "the same execution 10 of 10 times")
    #expect(parts.count == 3, "\(replays)")
  }

  @Test func `may come before or after a thread has what is held then`() throws {
    let (unit, _) = try CheckedProgram.check("leaving.c", "holds")
    #expect(unit.outcomes.keys.sorted() == ["exit status 0", "worked"])
    #expect(unit.executions == 2)
  }

  @Test(arguments: [("crosses", "deadlock", 3), ("forgets", "leakedLock", 2)])
  func `does not hide threads that would have waited for good`(
    how: String, kind: String, executions: Int
  ) throws {
    let (unit, _) = try CheckedProgram.check("leaving.c", how)
    #expect(unit.findings.map(\.kind) == [kind], "\(unit.findings.map(\.summary))")
    #expect(unit.executions == executions)
    #expect(unit.complete)
    let replay = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("leaving.c"))
      $LOCKSTEP check --schedules here $program \(how) > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program \(how); done
      """)
    #expect(replay.output.contains("the same execution 10 of 10 times"), "\(replay)")
  }

  @Test(arguments: ["leaks", "holds"]) func `tells of locks left behind`(how: String) throws {
    let program = try CheckedProgram.path("leaving.c")
    let outcome = try CheckedProgram.shell("$LOCKSTEP check \(program) \(how)")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(
      outcome.output.contains(
        "note: a lock was still held when all was over: taken at leaving.c:"), "\(outcome)")
  }
}
