import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `memory that is freed` {
  @Test func `races with another thread's use of it`() throws {
    let (unit, outcome) = try CheckedProgram.check("freed.c", "race")
    #expect(outcome.code == 1)
    let race = try #require(unit.findings.first { $0.kind == "dataRace" })
    #expect(race.summary.contains("main frees"), "\(race.summary)")
    #expect(race.events.contains { $0.kind == "free" && $0.file?.hasSuffix("freed.c") == true })
    let page = try CheckedProgram.shell("$LOCKSTEP check \(CheckedProgram.path("freed.c")) race")
    #expect(page.output.contains("\nfree by main\n"), "\(page.output)")
  }

  @Test func `is not to be used after that, in whatever order a lock puts the two`() throws {
    let (unit, outcome) = try CheckedProgram.check("freed.c", "ordered")
    #expect(outcome.code == 1)
    #expect(unit.findings.map(\.kind) == ["useAfterFree"])
    let summary = try #require(unit.findings.first?.summary)
    #expect(summary.contains("after main freed it at freed.c:"), "\(summary)")
    #expect(summary.hasPrefix("Use after free: use used"), "\(summary)")
  }

  @Test func `is not to be used by who freed it`() throws {
    let (unit, outcome) = try CheckedProgram.check("freed.c", "own")
    #expect(outcome.code == 1)
    #expect(unit.findings.map(\.kind) == ["useAfterFree"])
  }

  @Test func `may be given back by realloc`() throws {
    let (unit, outcome) = try CheckedProgram.check("freed.c", "moved")
    #expect(outcome.code == 1)
    #expect(unit.findings.contains { $0.summary.contains("main frees") })
  }

  @Test(arguments: ["handed", "private"])
  func `is no concern of others where it is freed in order`(how: String) throws {
    let (unit, outcome) = try CheckedProgram.check("freed.c", how)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.verdict == "pass")
    #expect(unit.executions == 2)
    #expect(unit.blocked == 0)
  }

  @Test(arguments: ["race", "ordered", "own"])
  func `is met again by a replay, ten times alike`(how: String) throws {
    let path = try CheckedProgram.path("freed.c")
    let outcome = try CheckedProgram.shell(
      """
      $LOCKSTEP check --schedules here \(path) \(how) > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file \(path) \(how) || exit $?; done
      """)
    #expect(outcome.code == 1, "\(outcome)")
    #expect(outcome.output.contains("the same execution 10 of 10 times"), "\(outcome.output)")
  }
}
