import Testing

@testable import LockstepCommand

@Suite struct `a program that hands work over` {
  @Test func `waits for it in time or not`() throws {
    let (unit, _) = try CheckedProgram.check("dispatching.swift", "inTime")
    #expect(unit.verdict == "pass", "\(unit)")
    #expect(unit.outcomes.keys.sorted() == ["in time", "late"])
  }

  @Test func `has it wait while a queue is suspended`() throws {
    let (unit, _) = try CheckedProgram.check("dispatching.swift", "suspends")
    #expect(unit.verdict == "pass", "\(unit)")
    #expect(unit.outcomes.keys.sorted() == ["0 | 1"])
  }

  @Test func `and waits for its own queue is told once, whoever waits besides`() throws {
    let (unit, _) = try CheckedProgram.check("dispatching.swift", "nests")
    #expect(unit.complete)
    #expect(unit.findings.count == 1, "\(unit.findings.map(\.summary))")
    let words = "Queue deadlock: main holds queue 'bank' since dispatching.swift:"
    #expect(unit.findings.first?.summary.hasPrefix(words) == true)
  }

  /// What only Foundation knows cannot be followed in every schedule, but drawn it can be.
  @Test func `and polls its threads is explored at random`() throws {
    let (unit, _) = try CheckedProgram.check("dispatching.swift", "polls", options: "--budget 6")
    #expect(unit.verdict == "fail", "\(unit)")
    #expect(unit.incompleteBecause.contains("uncontrolled"))
    #expect(!unit.complete)
    #expect(unit.findings.map(\.kind) == ["lostUpdate"])
    #expect(unit.outcomes.keys.sorted() == ["1", "2"])
  }

  @Test func `names a lazy property as it is written`() throws {
    let (unit, _) = try CheckedProgram.check("dispatching.swift", "lazily")
    let summaries = unit.findings.map(\.summary)
    #expect(summaries.contains { $0.contains("Settings.value") }, "\(summaries)")
    #expect(!summaries.contains { $0.contains("lazy_storage") }, "\(summaries)")
  }
}
