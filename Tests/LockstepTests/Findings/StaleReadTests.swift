import ExploredPrograms
import Lockstep
import Testing

/// Explores a program, and checks that each of its findings comes out of its token again.
func exploredAndReplayed(
  _ name: String, _ program: @escaping @Sendable () -> Int
) throws -> Exploration<Int> {
  let exploration = try explored(named: name, program)
  #expect(exploration.isComplete, "\(exploration)")
  for finding in exploration.findings {
    let replayed = try explored(.replay(finding.schedule), named: name, program)
    #expect(
      replayed.findings.contains {
        $0.kind == finding.kind && $0.schedule == finding.schedule && $0.text == finding.text
      }, "\(finding.text), replayed: \(replayed)")
  }
  return exploration
}

@Suite struct `Critical sections that should have been one` {
  @Test func `are found where a withdrawal rests on a check before`() throws {
    let exploration = try exploredAndReplayed("checkThenWithdraw", checkThenWithdraw)
    #expect(Set(exploration.outcomes.keys) == [0, -10])
    #expect(exploration.findings.map(\.kind) == ["atomicity"], "\(exploration)")
    #expect(
      exploration.findings.first?.summary
        == "Atomicity violation: withdraw #1 read Account.balance, withdraw #2 wrote it, and "
        + "withdraw #1 wrote it on the strength of what it had read; CheckThenAct.swift:12 and "
        + "CheckThenAct.swift:13 should have been one critical section of Account.lock")
    #expect(exploration.verdict == .fail)
  }

  @Test func `are found where a stored value rests on what was read before`() throws {
    let exploration = try exploredAndReplayed("readThenDeposit", readThenDeposit)
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    #expect(exploration.findings.map(\.kind) == ["atomicity"], "\(exploration)")
    #expect(
      exploration.findings.first?.summary
        == "Atomicity violation: deposit #1 read Account.balance, deposit #2 wrote it, and "
        + "deposit #1 wrote it on the strength of what it had read; CheckThenAct.swift:18 and "
        + "CheckThenAct.swift:19 should have been one critical section of Account.lock")
  }

  @Test func `are found in a Mutex`() throws {
    let exploration = try exploredAndReplayed("checkThenTake", checkThenTake)
    #expect(Set(exploration.outcomes.keys) == [0, -1])
    #expect(exploration.findings.map(\.kind) == ["atomicity"], "\(exploration)")
    #expect(
      exploration.findings.first?.summary
        == "Atomicity violation: take #1 read Purse.coins, take #2 wrote it, and take #1 wrote it "
        + "on the strength of what it had read; CheckThenAct.swift:41 and CheckThenAct.swift:42 "
        + "should have been one critical section of Purse.coins")
  }

  @Test(
    arguments: [
      ("doubleCheckedCache", doubleCheckedCache), ("polledStage", polledStage),
      ("loggedIncrements", loggedIncrements),
    ] as [(String, @Sendable () -> Int)])
  func `are not where the second one looks again, or nothing depends on the first`(
    _ name: String, _ program: @escaping @Sendable () -> Int
  ) throws {
    let exploration = try explored(named: name, program)
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.isComplete)
  }
}
