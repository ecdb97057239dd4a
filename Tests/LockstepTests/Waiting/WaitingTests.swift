import ExploredPrograms
import Lockstep
import Testing

/// Time that passes without anybody waiting for it.
@Suite struct `Waiting` {
  @Test func `An hour of sleep is an hour by every clock, and takes no time`() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let exploration = try explored { sleepsAnHour() }
    #expect(clock.now - start < .seconds(60))
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Array(exploration.outcomes.keys) == [[1, 1, 1, 1, 1]])
  }

  @Test func `Who looks at the clock until a time has come comes to an end`() throws {
    let exploration = try explored { pollsForAnHour() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Array(exploration.outcomes.keys) == [true])
  }

  @Test func `A wait for a semaphore is in time, or too late when its time has come`() throws {
    let exploration = try explored { waitsForSignal() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[true, true], [false, true]], "\(exploration)")
  }

  @Test func `A wait for a condition is in time, too late, or too late with all there`() throws {
    let exploration = try explored { waitsForLetter() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [[true, true], [false, false], [false, true]])
  }

  @Test func `A lock with a time limit is had or not`() throws {
    let exploration = try explored { takesLockInTime() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [true, false])
  }

  /// A failed attempt only looks: the loop is a wait for the signal, and its schedules are finite.
  @Test func `A loop that tries a semaphore is a wait`() throws {
    let exploration = try explored { triesSemaphoreInLoop() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Array(exploration.outcomes.keys) == [3])
  }

  /// What a program is found to do first is what it mostly does.
  @Test func `In the first execution nobody waits in vain`() throws {
    let exploration = try explored(.random(seed: 1), budget: .seconds(1)) { takesLockInTime() }
    #expect(exploration.outcomes[true] != nil)
    let natural = try explored(.exhaustive(preemptions: 0)) { waitsForSignal() }
    #expect(natural.outcomes[[true, true]] != nil)
  }
}
