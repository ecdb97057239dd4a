import Testing

@testable import LockstepCommand

@Suite struct `An actor of a whole program` {
  @Test(arguments: ["buys", "loads"], ["", "--strategy random"])
  func `is found to be reentered between a check and an act`(
    how: String, options: String
  ) throws {
    let (unit, _) = try CheckedProgram.check(
      "reentrant.swift", how, options: "\(options) --budget 10")
    #expect(unit.findings.map(\.kind) == ["reentrancy"], "\(unit.findings.map(\.summary))")
  }

  @Test func `is the same in each replay`() throws {
    let program = try CheckedProgram.path("reentrant.swift")
    let outcome = try CheckedProgram.shell(
      """
      $LOCKSTEP check --budget 10 \(program) buys > page
      $LOCKSTEP replay .lockstep/*-1.schedule \(program) buys
      """)
    #expect(outcome.output.contains("the same execution 10 of 10 times"), "\(outcome)")
  }

  @Test func `may keep what it read for somebody else`() throws {
    let (unit, _) = try CheckedProgram.check("reentrant.swift", "counts")
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }
}
