import Lockstep
import ExploredPrograms
import LockstepReport
import Testing

/// Explores a program of this package's, whose instrumentation it proves itself.
func explored<Outcome: Hashable>(
  _ strategy: Strategy = .exhaustive, budget: Duration = .seconds(20),
  expecting: ExplorationExpectation = .anyOutcomes, stepLimit: Int = 20_000,
  named name: String = #function, _ body: @escaping () throws -> Outcome
) throws -> Exploration<Outcome> {
  try explore(
    strategy, budget: budget, expecting: expecting, stepLimit: stepLimit, named: name,
    probe: ExploredPrograms.probe, body)
}

@Suite struct ExploreTests {
  @Test func `A lost update of a checked addition is found`() throws {
    let exploration = try explored { checkedIncrements() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    #expect(exploration.findings.first?.kind == "lostUpdate")
    #expect(exploration.findings.first?.summary.contains("Shared.count") == true, "\(exploration)")
    #expect(exploration.executions == 4)
  }

  @Test func `A finding that is expected fails as before, and says that it is expected`() throws {
    let exploration = try explored(expecting: .finding("lostUpdate")) { checkedIncrements() }
    #expect(exploration.verdict == .fail)
    #expect(exploration.findings.map(\.kind) == ["lostUpdate"])
    #expect(exploration.report.unit.expected == ["lostUpdate"])
  }

  @Test func `A finding that is expected and does not come is a finding`() throws {
    let exploration = try explored(expecting: .finding("lostUpdate")) { mutexIncrements() }
    #expect(exploration.verdict == .fail)
    #expect(exploration.findings.map(\.kind) == ["notFound"], "\(exploration)")
    #expect(exploration.isComplete)
  }

  @Test func `A lost update of a wrapping addition is found`() throws {
    let exploration = try explored { wrappingIncrements() }
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    #expect(exploration.findings.first?.kind == "lostUpdate")
  }

  @Test func `A lost update of a Double is found`() throws {
    let exploration = try explored { doubleIncrements() }
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    #expect(exploration.findings.first?.kind == "lostUpdate")
  }

  @Test func `Two changes of one String conflict`() throws {
    let exploration = try explored { stringAppends() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(exploration.findings.first?.summary.contains("Shared.text") == true, "\(exploration)")
  }

  @Test func `Two appends to one array conflict`() throws {
    let exploration = try explored { arrayAppends() }
    #expect(exploration.verdict == .fail, "\(exploration)")
  }

  @Test func `Two updates of one dictionary conflict`() throws {
    let exploration = try explored { dictionaryUpdates() }
    #expect(exploration.verdict == .fail, "\(exploration)")
  }

  @Test func `A captured local is named as the source names it`() throws {
    let exploration = try explored { capturedLocal() }
    #expect(exploration.findings.first?.summary.contains("total") == true, "\(exploration)")
  }

  @Test(
    arguments: [
      ("mutexIncrements", mutexIncrements), ("lockIncrements", lockIncrements),
      ("recursiveIncrements", recursiveIncrements), ("atomicIncrements", atomicIncrements),
      ("semaphoreHandOver", semaphoreHandOver), ("threadsAndSemaphores", threadsAndSemaphores),
    ] as [(String, @Sendable () -> Int)])
  func `Two guarded additions pass with two in every schedule`(
    _ name: String, _ program: @escaping @Sendable () -> Int
  ) throws {
    let exploration = try explored(named: name, program)
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.isComplete)
    #expect(Set(exploration.outcomes.keys) == [2])
  }

  @Test func `A try-lock can fail, and then adds nothing`() throws {
    let exploration = try explored { mutexTries() }
    #expect(Set(exploration.outcomes.keys) == [1, 2], "\(exploration)")
    #expect(exploration.verdict == .pass, "\(exploration)")
  }

  @Test func `Waiting in a loop passes`() throws {
    let exploration = try explored { conditionHandOver() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1])
  }

  @Test func `A wait may end for nothing, if that is asked for, and a loop waits again`() throws {
    func outcomes<Outcome: Hashable>(
      spuriousWakeups: Bool, _ body: @escaping () -> Outcome
    ) throws -> Set<Outcome> {
      let exploration = try explore(
        .exhaustive, spuriousWakeups: spuriousWakeups, probe: ExploredPrograms.probe, body)
      #expect(exploration.verdict == .pass, "\(exploration)")
      #expect(exploration.isComplete)
      return Set(exploration.outcomes.keys)
    }
    #expect(try outcomes(spuriousWakeups: false, conditionWaitedForOnce) == [true])
    #expect(try outcomes(spuriousWakeups: true, conditionWaitedForOnce) == [false, true])
    #expect(try outcomes(spuriousWakeups: false, conditionHandOver) == [1])
    #expect(try outcomes(spuriousWakeups: true, conditionHandOver) == [1])
  }

  /// The wait that ended for nothing is shown as such, and its token replays it.
  @Test func `A failure after a wait that ended for nothing is shown, and replays`() throws {
    struct NotReady: Error {}
    func exploration(_ strategy: Strategy) throws -> Exploration<Completion> {
      try explore(
        strategy, spuriousWakeups: true, named: "once", probe: ExploredPrograms.probe
      ) {
        guard conditionWaitedForOnce() else { throw NotReady() }
      }
    }
    let finding = try #require(try exploration(.exhaustive).findings.first)
    #expect(finding.kind == "thrownError")
    #expect(finding.text.contains("wakes for nothing"))
    let again = try exploration(.replay(finding.schedule))
    #expect(again.findings.first?.text == finding.text)
  }

  @Test func `A signal before its wait is a lost wake-up`() throws {
    let exploration = try explored { lostWakeUp() }
    #expect(exploration.findings.map(\.kind) == ["lostWakeUp"], "\(exploration)")
  }

  @Test func `Two locks in opposite order are a deadlock, in one of three classes`() throws {
    let exploration = try explored { oppositeLocks() }
    #expect(exploration.findings.map(\.kind) == ["deadlock"], "\(exploration)")
    #expect(
      exploration.findings.first?.summary.contains("Locked.lock #1") == true, "\(exploration)")
  }

  @Test func `A lock left behind by an error is a leaked lock`() throws {
    let exploration = try explored { leakedLock() }
    #expect(exploration.findings.first?.kind == "leakedLock", "\(exploration)")
    #expect(exploration.findings.first?.summary.contains("Refusal") == true, "\(exploration)")
  }

  @Test func `An atomic load and an atomic store lose an update`() throws {
    let exploration = try explored { atomicLoadsAndStores() }
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    #expect(exploration.findings.first?.kind == "lostUpdate", "\(exploration)")
  }
}

@Suite struct ResultTests {
  @Test func `A closure without a result has one outcome`() throws {
    let exploration = try explore(probe: ExploredPrograms.probe) { _ = mutexIncrements() }
    #expect(exploration.outcomes.keys.map(\.description) == ["completed"])
    #expect(exploration.verdict == .pass, "\(exploration)")
  }
}

/// The same of an asynchronous closure.
func exploredTask<Outcome: Hashable & Sendable>(
  _ strategy: Strategy = .exhaustive, budget: Duration = .seconds(30),
  named name: String = #function, _ body: @escaping @Sendable () async throws -> Outcome
) throws -> Exploration<Outcome> {
  try explore(
    strategy, budget: budget, named: name, probe: ExploredPrograms.probe, body)
}
