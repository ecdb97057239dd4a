import ExploredPrograms
import Lockstep
import Testing

@Suite struct `Foundation's locks and threads` {
  @Test func `take a recursive lock twice`() throws {
    let exploration = try explored { recursiveLockIncrements() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [2])
    #expect(exploration.executions == 2)
  }

  @Test func `wait on a condition`() throws {
    let exploration = try explored { conditionHandover() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [7])
  }

  @Test func `take a lock by the state of what it guards`() throws {
    let exploration = try explored { conditionLockTurns() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[1, 1, 2]])
  }

  @Test func `are called by their names`() throws {
    let exploration = try explored { namedThreads() }
    let summary = exploration.findings.first?.summary
    #expect(summary?.contains("left and right") == true, "\(exploration)")
  }
}
