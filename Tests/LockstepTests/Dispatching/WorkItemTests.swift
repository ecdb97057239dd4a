import ExploredPrograms
import Lockstep
import Testing

@Suite struct `Work items` {
  @Test func `are waited for`() throws {
    let exploration = try explored { waitedWorkItem() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [1: 1])
  }

  @Test func `are cancelled before they begin, or too late`() throws {
    let exploration = try explored { cancelledWorkItem() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [[0, 1]: 1, [1, 1]: 1])
  }

  @Test func `tell of their end after it`() throws {
    let exploration = try explored { notifiedAfterWorkItem() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [10])
  }

  @Test func `are performed by whoever likes, and keep their flags`() throws {
    let exploration = try explored { performedWorkItem() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [20])
  }

  @Test func `that are iterations run at the same time`() throws {
    let racing = try explored { concurrentIterations(2) }
    #expect(racing.verdict == .fail, "\(racing)")
    #expect(Set(racing.outcomes.keys) == [1, 2])
    #expect(racing.executions == 4)
    let separate = try explored { separateIterations(6) }
    #expect(separate.verdict == .pass, "\(separate)")
    #expect(separate.outcomes == [[0, 1, 2, 3, 4, 5]: 1])
  }

  @Test func `that are due later come later`() throws {
    let exploration = try explored { dueInOrder() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    // Unless the first is due before the second is even asked for.
    #expect(Set(exploration.outcomes.keys) == [[1, 2], [2, 1], [2]])
  }

  @Test func `of timers come until one cancels them`() throws {
    let exploration = try explored { cancelledTimer() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[2, 1]])
  }

  @Test func `of timers that nobody cancels come three times, and it is said`() throws {
    let exploration = try explored { endlessTimer() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.reasons.contains(.uncontrolled))
    #expect("\(exploration)".contains("a repeating timer"), "\(exploration)")
  }
}
