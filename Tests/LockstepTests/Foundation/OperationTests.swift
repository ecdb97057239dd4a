import ExploredPrograms
import Lockstep
import Testing

@Suite struct `Foundation's operations` {
  @Test func `come one at a time where the queue says so`() throws {
    let exploration = try explored(.automatic, budget: .seconds(5)) { oneOperationAtATime() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [2])
  }

  @Test func `come at once where they may, and what they race for is found`() throws {
    let exploration = try explored(.automatic, budget: .seconds(5)) { operationsAtOnce() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    let kinds = Set(exploration.findings.map(\.kind))
    #expect(kinds.isSubset(of: ["dataRace", "lostUpdate"]), "\(exploration)")
    #expect(exploration.findings.first?.summary.contains("Ledger.total") == true)
  }

  @Test func `come after those that they depend on`() throws {
    let exploration = try explored(.automatic, budget: .seconds(5)) { dependentOperations() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[1, 2]])
  }

  @Test func `that are barriers come after all before them`() throws {
    let exploration = try explored(.automatic, budget: .seconds(5)) { barrierOperation() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[1, 2]])
  }
}
