import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `Loops that wait` {
  /// Whoever stores to the rest of the word does not wake them.
  @Test(arguments: ["word", "byte"])
  func `for a part of what was looked at whole are explored to the end`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("parts.c", what)
    #expect(unit.verdict == "pass" && unit.complete && unit.blocked == 0, "\(outcome)")
    #expect(unit.executions == 9)
    #expect(unit.outcomes == ["0": 4, "2": 2, "700000000": 2, "700000002": 1])
  }

  /// A store may come between two looks at the same bytes: that is more than is said of a wait.
  @Test func `for a word and for a part of it at once are no deadlock`() throws {
    let (unit, outcome) = try CheckedProgram.check("parts.c", "twice", options: "--budget 3")
    #expect(unit.findings.isEmpty && Set(unit.outcomes.keys) == ["0"], "\(outcome)")
  }

  @Test func `under a lock that is held by several are explored to the end`() throws {
    let (unit, outcome) = try CheckedProgram.check("polls.c")
    #expect(unit.verdict == "pass" && unit.complete && unit.blocked == 0, "\(outcome)")
    #expect(unit.executions == 25)
  }

  @Test func `under such a lock for what never comes are a livelock`() throws {
    let (unit, outcome) = try CheckedProgram.check("polls.c", "never")
    #expect(unit.findings.map(\.kind) == ["livelock"] && unit.blocked == 0, "\(outcome)")
  }

  @Test func `after many looks elsewhere wait for all that they look at`() throws {
    let (unit, outcome) = try CheckedProgram.check("parts.c", "many")
    #expect(unit.verdict == "pass" && unit.complete, "\(outcome)")
    #expect(unit.outcomes.count == 16)
  }
}
