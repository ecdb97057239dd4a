import ExploredPrograms
import Lockstep
import LockstepReport
import Testing

/// Expects the first finding of an exploration to be found again by its schedule, step by step the same.
func expectReplay<Outcome: Hashable>(
  of exploration: Exploration<Outcome>, named name: String = #function,
  _ body: @escaping () throws -> Outcome
) throws {
  let finding = try #require(exploration.report.unit.findings.first)
  let replayed = try explored(.replay(finding.schedule), named: name, body)
  let same = try #require(
    replayed.report.unit.findings.first { $0.kind == finding.kind }, "\(replayed)")
  #expect(same.schedule == finding.schedule)
  #expect(same.summary == finding.summary)
  #expect(same.events == finding.events)
}

@Suite struct `Queues` {
  @Test func `of work from one thread have one order`() throws {
    let exploration = try explored { serialIncrements(4) }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [4: 1])
    #expect(exploration.executions == 1)
  }

  @Test func `do their work in the order of the calls, first in first out`() throws {
    let exploration = try explored { serialFromTwoThreads() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    // The call of one thread comes before, between, or after the two of the other.
    #expect(Set(exploration.outcomes.keys) == [[1, 2, 3], [1, 3, 2], [3, 1, 2]])
    #expect(exploration.executions == 3)
  }

  @Test func `serve as locks, and are explored once for each order of critical sections`() throws {
    for (threads, times, orders) in [(2, 1, 2), (2, 2, 6), (3, 1, 6)] {
      let exploration = try explored { serialAsLock(threads, times: times) }
      #expect(exploration.verdict == .pass, "\(exploration)")
      #expect(Set(exploration.outcomes.keys) == [threads * times])
      // What each thread does last, to signal its semaphore, has no order with another's.
      #expect(exploration.executions == orders, "\(threads) threads, \(times) times")
    }
  }

  @Test func `that are concurrent lose updates, which are found and replayed`() throws {
    let exploration = try explored { concurrentIncrements(2) }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1, 2])
    // As of two threads that increment once: each reads before the other writes, or one is first.
    #expect(exploration.executions == 4)
    #expect(exploration.findings.first?.kind == "lostUpdate")
    try expectReplay(of: exploration) { concurrentIncrements(2) }
  }

  @Test func `have nothing beside a barrier`() throws {
    let exploration = try explored { barrierIncrements(3) }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [3: 1])
  }

  @Test func `have readers beside each other and a barrier between them`() throws {
    let exploration = try explored { readersAndWriter() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[0, 1], [1, 1]])
  }

  @Test func `that are global have no order`() throws {
    let exploration = try explored { globalIncrements() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1, 2])
  }

  @Test func `with a common target do their work one after another`() throws {
    let exploration = try explored { commonTarget() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [2])
  }

  @Test func `with a target keep their place in it while they have work`() throws {
    let exploration = try explored { placeInTarget() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[1, 2, 3], [1, 3, 2]])
  }

  @Test func `that are inactive begin when they are activated`() throws {
    let exploration = try explored { inactiveUntilActivated() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[1, 2]])
  }

  @Test func `that are suspended begin nothing until they are resumed`() throws {
    let exploration = try explored { suspendedUntilResumed() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[1, 2]])
    let stopped = try explored { suspendedAfterwards() }
    #expect(stopped.verdict == .fail, "\(stopped)")
    #expect(stopped.findings.map(\.kind) == ["deadlock"])
    #expect(Set(stopped.outcomes.keys) == [1])
  }

  @Test func `that are the main one do their work one after another`() throws {
    let exploration = try explored { mainQueueIncrements() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [2])
  }

  @Test func `keep what is set with them for their work`() throws {
    let exploration = try explored { specificsInWork() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(
      Set(exploration.outcomes.keys) == [[nil, "target", "target", "own", "own", nil]])
  }

  @Test func `hold preconditions in their work, and end the process where one is broken`() throws {
    let exploration = try explored { preconditionsInWork() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1])
    let broken = try explored { brokenPrecondition() }
    #expect(broken.findings.map(\.kind) == ["crash"], "\(broken)")
  }

  @Test func `that wait on themselves are a deadlock, named by their labels`() throws {
    let exploration = try explored { syncOnOwnQueue() }
    let finding = try #require(exploration.findings.first, "\(exploration)")
    #expect(finding.kind == "deadlock")
    #expect(
      finding.summary.contains(
        /Queue deadlock: main holds queue 'com.example.own' since QueueDeadlocks.swift:6 and waits for queue 'com.example.own' at QueueDeadlocks.swift:6/
      ), "\(finding.summary)")
    let inWork = try explored { syncOnOwnQueueInWork() }
    let other = try #require(inWork.findings.first, "\(inWork)")
    #expect(
      other.summary.contains(
        /holds queue 'com.example.own' since QueueDeadlocks.swift:13 and waits for queue 'com.example.own' at QueueDeadlocks.swift:14/
      ), "\(other.summary)")
  }

  @Test func `that wait on each other are a deadlock in some schedules`() throws {
    let exploration = try explored { syncOnEachOther() }
    let finding = try #require(
      exploration.findings.first { $0.kind == "deadlock" }, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1])
    #expect(finding.summary.contains("Queue deadlock"), "\(finding.summary)")
    #expect(finding.summary.contains("waits for queue 'com.example.left'"), "\(finding.summary)")
    #expect(finding.summary.contains("waits for queue 'com.example.right'"), "\(finding.summary)")
    try expectReplay(of: exploration) { syncOnEachOther() }
  }
}
