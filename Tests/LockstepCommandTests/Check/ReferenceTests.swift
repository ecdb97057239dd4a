import Testing

@testable import LockstepCommand

@Suite struct `a variable that is passed by reference` {
  @Test func `to a function for locks is no access of its own`() throws {
    let (unit, _) = try CheckedProgram.check("references.swift", "locks")
    #expect(unit.verdict == "pass", "\(unit)")
    // Who comes first to the box, with an item there or not, and then to the global lock.
    #expect(unit.executions == 4)
    #expect(unit.outcomes.keys.sorted() == ["0"])
  }

  @Test func `to another function is changed`() throws {
    let (unit, _) = try CheckedProgram.check("references.swift", "swaps")
    for variable in ["left", "right"] {
      let races = unit.findings.map(\.summary).filter { $0.hasPrefix("Data race") }
      #expect(races.contains { $0.contains(" \(variable) ") }, "\(races)")
    }
  }
}
