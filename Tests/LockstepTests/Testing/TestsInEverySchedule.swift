import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// Tests with the trait as people write them.
///
/// They pass. In a process with `LOCKSTEP_TEST_BREAK=1` each does what its name says, and
/// `EveryScheduleTests` looks at what is recorded.
@Suite struct `Tests in every schedule` {
  static let isBroken = ProcessInfo.processInfo.environment["LOCKSTEP_TEST_BREAK"] == "1"

  private func additions() -> Int { Self.isBroken ? checkedIncrements() : mutexIncrements() }

  @Test(.probed, .everySchedule) func `An expectation fails in some schedules`() {
    #expect(additions() == 2)
  }

  @Test(.probed, .everySchedule) func `An expectation fails in every schedule`() {
    let total = mutexIncrements()
    #expect(total == (Self.isBroken ? 3 : 2))
  }

  @Test(.probed, .everySchedule) func `A required value is missing in some schedules`() throws {
    let total = Self.isBroken ? mutexTries() : 2
    if !Self.isBroken { _ = mutexIncrements() }
    _ = try #require(total == 2 ? total : nil)
  }

  @Test(.probed, .everySchedule) func `Two locks are taken in opposite order`() {
    _ = Self.isBroken ? oppositeLocks() : lockIncrements()
  }

  @Test(.probed, .everySchedule) func `A lock is left behind`() {
    _ = Self.isBroken ? leakedLock() : lockIncrements()
  }

  struct Shortfall: Error {}

  @Test(.probed, .everySchedule) func `An error is thrown in some schedules`() throws {
    let total = Self.isBroken ? mutexTries() : mutexIncrements()
    if total < 2 { throw Shortfall() }
  }

  @Test(.probed, .everySchedule, arguments: ["first", "second"])
  func `One of two arguments fails`(argument: String) {
    let total = Self.isBroken && argument == "second" ? mutexTries() : mutexIncrements()
    #expect(total == 2)
  }

  @Test(.probed, .everySchedule) func `An asynchronous body fails in some schedules`() async {
    let total = await total()
    #expect(total == 2)
  }

  private func total() async -> Int { Self.isBroken ? mutexTries() : mutexIncrements() }

  @Test(.probed, .everySchedule) func `A failure is known`() {
    withKnownIssue(isIntermittent: true) {
      #expect((Self.isBroken ? mutexTries() : mutexIncrements()) == 2)
    }
  }

  @Test(
    .probed,
    .everySchedule(expecting: isBroken ? .finding("lostUpdate", "assertion") : .anyOutcomes))
  func `What is found is expected`() {
    #expect(additions() == 2)
  }

  @Test(.probed, .everySchedule(expecting: isBroken ? .finding("lostUpdate") : .anyOutcomes))
  func `More is found than is expected`() {
    #expect(additions() == 2)
  }

  @Test(.probed, .everySchedule(expecting: isBroken ? .finding("deadlock") : .anyOutcomes))
  func `What is expected is not found`() {
    #expect(mutexIncrements() == 2)
  }

  @Test(.probed, .everySchedule) func `No thread is started`() {
    let total = Self.isBroken ? 2 : mutexIncrements()
    #expect(total == 2)
  }

  @Test(
    .probed,
    .everySchedule(
      isBroken ? .random(seed: 1) : .automatic,
      budget: isBroken ? .milliseconds(300) : .seconds(10)))
  func `The budget ends first`() {
    #expect(mutexIncrements() == 2)
  }

  @Test(.probed, .everySchedule(budget: isBroken ? .zero : .seconds(10)))
  func `The budget ends at once`() {
    #expect(mutexIncrements() == 2)
  }

  @Test(.probed, .everySchedule(granularity: .calls)) func `Calls are enough`() {
    #expect(lockIncrements() == 2)
  }

  @Test(.probed, .everySchedule) func `Calls are not enough`() {
    #expect(lockIncrements() == 2)
  }
}

/// The trait on a suite is that of each of its tests.
@Suite(.probed, .everySchedule) struct `A suite in every schedule` {
  @Test func `Its test fails in some schedules`() {
    #expect((`Tests in every schedule`.isBroken ? mutexTries() : mutexIncrements()) == 2)
  }

  @Test(arguments: 1...2) func `Its test with arguments passes`(count: Int) {
    #expect(mutexIncrements() == 2)
  }
}

/// Names a probe that is compiled as the explored programs are: the tests themselves are not.
///
/// Not with `LOCKSTEP_TEST_UNPROBED=1`: then the process is one whose accesses are not seen.
struct ProbedTrait: TestTrait, SuiteTrait {
  func prepare(for test: Test) async throws {
    guard ProcessInfo.processInfo.environment["LOCKSTEP_TEST_UNPROBED"] == nil else { return }
    InstrumentationProof.use { ExploredPrograms.probe($0) }
  }
}

extension Trait where Self == ProbedTrait {
  static var probed: Self { Self() }
}
