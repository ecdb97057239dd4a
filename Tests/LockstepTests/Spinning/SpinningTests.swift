import ExploredPrograms
import Lockstep
import Testing

/// Loops that only look are waits: their schedules are finite, and explored to the end.
@Suite struct `Threads that spin` {
  @Test(
    arguments: [
      ("addsUnderSpinLock", addsUnderSpinLock, [2]),
      ("addsUnderTriedLock", addsUnderTriedLock, [2]),
      ("addsUnderPeterson", addsUnderPeterson, [2]),
      ("waitsForTheThird", waitsForTheThird, [3]),
    ] as [(String, @Sendable () -> Int, Set<Int>)])
  func `for what comes at last are explored in every schedule, and pass`(
    _ name: String, _ program: @escaping @Sendable () -> Int, _ outcomes: Set<Int>
  ) throws {
    let exploration = try explored(budget: .seconds(20), named: name, program)
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == outcomes, "\(exploration)")
    #expect(exploration.executions < 400, "\(exploration)")
  }

  /// A loop that counts its rounds is in another state each time: it must not be taken for a wait.
  @Test func `three times at most may give up, too`() throws {
    let exploration = try explored { looksThreeTimes() }
    #expect(exploration.isComplete, "\(exploration)")
    #expect(
      Set(exploration.outcomes.keys) == ["round 0", "round 1", "round 2", "round 3"],
      "\(exploration)")
    #expect(exploration.findings.isEmpty, "\(exploration)")
  }

  @Test func `until a deadline may give up, too`() throws {
    let exploration = try explored(budget: .seconds(2)) { looksUntilADeadline() }
    #expect(exploration.outcomes.keys.contains(false), "\(exploration)")
    #expect(!exploration.findings.contains { $0.kind == "livelock" }, "\(exploration)")
  }

  @Test func `for either of two values are not taken for stuck`() throws {
    let exploration = try explored(budget: .seconds(2)) { waitsForEither() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1], "\(exploration)")
  }

  @Test func `with the lock that the other needs never get on`() throws {
    let exploration = try exploredAndReplayed("spinsWithTheLock", spinsWithTheLock)
    let finding = try #require(exploration.findings.first)
    #expect(exploration.findings.map(\.kind) == ["livelock"], "\(exploration)")
    #expect(finding.summary.contains("again and again"), "\(finding.summary)")
    #expect(exploration.outcomes.keys.contains(0))
  }

  /// Their schedules are without end: what is drawn at random comes to a state that was there before.
  @Test func `and give back what the other waits for can go on for ever`() throws {
    let drawn = try explored(.random(seed: 1), budget: .seconds(5), named: "backsOff", backsOff)
    #expect(drawn.findings.map(\.kind) == ["livelock"], "\(drawn)")
    let finding = try #require(drawn.findings.first)
    #expect(finding.summary.contains("backsOff #1 and backsOff #2 keep taking steps"))
    let again = try explored(.replay(finding.schedule), named: "backsOff", backsOff)
    #expect(again.findings.map(\.text) == [finding.text], "\(again)")
    #expect(Set(drawn.outcomes.keys) == [2])
    let whole = try explored(budget: .seconds(2)) { backsOff() }
    #expect(whole.verdict != .pass, "\(whole)")
  }

  @Test(arguments: [Strategy.exhaustive, .automatic, .random(seed: 1)])
  func `and write can go on for ever`(strategy: Strategy) throws {
    let name = "givesWayToEachOther"
    let exploration = try explored(
      strategy, budget: .seconds(6), named: name, givesWayToEachOther)
    #expect(exploration.findings.map(\.kind) == ["livelock"], "\(exploration)")
    #expect(exploration.outcomes.keys.contains(2))
    #expect(!exploration.isComplete)
    let finding = try #require(exploration.findings.first)
    #expect(finding.text.split(separator: "\n").count < 60, "\(finding.text)")
    let again = try explored(.replay(finding.schedule), named: name, givesWayToEachOther)
    #expect(again.findings.map(\.text) == [finding.text], "\(again)")
  }

  @Test(
    arguments: [
      ("givesWayAHundredTimes", givesWayAHundredTimes),
      ("givesWayAndKeepsCount", givesWayAndKeepsCount),
    ] as [(String, @Sendable () -> Int)])
  func `and write, but count in memory of their own, do end`(
    name: String, program: @escaping @Sendable () -> Int
  ) throws {
    let exploration = try explored(.random(seed: 1), budget: .seconds(3), named: name, program)
    #expect(exploration.findings.isEmpty, "\(exploration)")
  }
}
