import Testing

@testable import LockstepCommand

@Suite struct `a store to an atomic variable that was read before` {
  @Test func `loses nothing if it is the same whatever was read`() throws {
    let (unit, _) = try CheckedProgram.check("blind.c", "marks")
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test(arguments: ["adds", "raises"]) func `is a lost update if it depends on that`(
    how: String
  ) throws {
    let (unit, _) = try CheckedProgram.check("blind.c", how)
    #expect(unit.findings.map(\.kind) == ["lostUpdate"], "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }
}
