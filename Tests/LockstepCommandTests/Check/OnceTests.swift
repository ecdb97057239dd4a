import Testing

@testable import LockstepCommand

@Suite struct `An initialiser that does not come to its end` {
  @Test(arguments: ["throws", "exits"]) func `is run again by who comes next`(way: String) throws {
    let (unit, outcome) = try CheckedProgram.check("once.cpp", way)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.executions == 2)
    #expect(Array(unit.outcomes.keys) == ["2 calls, 1 done"])
  }
}
