import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `the processor's time` {
  @Test(arguments: ["process", "thread", "times", "getrusage", "clock"])
  func `is the same in each execution`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("usedtime.c", what)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.outcomes.keys.sorted() == ["0"])
  }

  @Test func `goes on for who waits for it`() throws {
    let (unit, outcome) = try CheckedProgram.check(
      "usedtime.c", "wait", options: "--strategy random --budget 1")
    #expect(unit.findings.isEmpty, "\(outcome)")
    #expect(unit.executions > 1)
  }
}
