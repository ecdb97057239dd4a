import ExploredPrograms
import Lockstep
import Testing

@Suite struct `Dispatch groups` {
  @Test func `are waited for, and what their members race for is found`() throws {
    let exploration = try explored { groupOfIncrements(2) }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    #expect(exploration.executions == 4)
  }

  @Test func `of members that have nothing in common have one order`() throws {
    let exploration = try explored { groupOfStrangers(4) }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [4: 1])
  }

  @Test func `that are entered too late are waited for too early`() throws {
    let exploration = try explored { enteredTooLate() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [0, 1])
    try expectReplay(of: exploration) { enteredTooLate() }
  }

  @Test func `that are entered while somebody waits end the wait, or go on with it`() throws {
    let exploration = try explored { enteredMeanwhile() }
    // The wait may be over before, or see nothing of what another member does, or all of it.
    #expect(Set(exploration.outcomes.keys) == [0, 1], "\(exploration)")
  }

  @Test func `tell of their end after it`() throws {
    let exploration = try explored { notifiedAfterGroup() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [20])
  }

  @Test func `can be used again and again`() throws {
    let exploration = try explored { groupAgain() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [[1, 2, 3]: 1])
  }

  @Test func `are empty in time, or not`() throws {
    let exploration = try explored { groupInTime() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[true, true], [false, true]])
  }

  @Test func `that are left too often end the process`() throws {
    let exploration = try explored { leftTooOften() }
    let finding = try #require(exploration.findings.first, "\(exploration)")
    #expect(finding.kind == "crash")
    #expect(finding.summary.contains("Groups.swift:110"), "\(finding.summary)")
  }

  @Test func `that nobody leaves are a deadlock`() throws {
    let exploration = try explored { neverLeft() }
    let finding = try #require(exploration.findings.first, "\(exploration)")
    #expect(finding.kind == "deadlock")
    #expect(
      finding.summary.contains("main waits for a group at Groups.swift:119"), "\(finding.summary)")
    try expectReplay(of: exploration) { neverLeft() }
  }
}
