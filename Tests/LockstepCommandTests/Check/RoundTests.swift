import Testing

@testable import LockstepCommand

@Suite struct `Loops that come to an end unseen` {
  @Test(arguments: ["tokens", "tries", "key", "recursive", "random"])
  func `are no livelock`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", what)
    #expect(unit.verdict == "pass", "\(outcome)")
    #expect(unit.findings.isEmpty, "\(outcome)")
  }
}
