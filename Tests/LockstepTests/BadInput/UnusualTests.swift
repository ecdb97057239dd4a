import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// Bodies that do what explorations cannot make much of, or not all of.
@Suite struct `Unusual bodies` {
  @Test func `that start no thread have nothing to explore, and it is said`() throws {
    let exploration = try explored { startsNoThread() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.reasons == [.nothingToExplore])
    #expect(exploration.outcomes == [1: 1])
    #expect(exploration.executions == 1)
    #expect("\(exploration)".contains("started no thread"), "\(exploration)")
  }

  @Test func `that return while their threads run have them run to their ends, and it is said`()
    throws
  {
    let exploration = try explored { returnsEarly() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect("\(exploration)".contains("the body returned before its threads had ended"))
    #expect("\(exploration)".contains("run to their ends"))
  }

  @Test func `that change from run to run are called so, with the step where they did`() throws {
    let exploration = try explored { changesFromRunToRun() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(exploration.findings.first?.kind == "nondeterminism", "\(exploration)")
    #expect(
      exploration.findings.first?.summary.contains(/step \d+/) == true, "\(exploration)")
    #expect(!exploration.isComplete)
  }

  @Test func `that throw in some schedules have the error and its schedule found`() throws {
    let exploration = try explored { try throwsSometimes() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [2])
    let finding = try #require(exploration.findings.first { $0.kind == "thrownError" })
    #expect(finding.summary.contains("overdrawn by 1"), "\(finding.summary)")
    let replayed = try explored(.replay(finding.schedule)) { try throwsSometimes() }
    #expect(replayed.findings.contains { $0.kind == "thrownError" }, "\(replayed)")
  }

  @Test func `that always throw have one finding`() throws {
    let exploration = try explored { try throwsAlways() }
    #expect(exploration.findings.map(\.kind) == ["thrownError"], "\(exploration)")
    #expect(exploration.outcomes.isEmpty)
    #expect(exploration.isComplete)
  }

  @Test func `that start more than 64 threads are inconclusive, and the limit is said`() throws {
    let exploration = try explored { startsManyThreads(70) }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.reasons.contains(.uncontrolled))
    #expect("\(exploration)".contains("at most 64 threads"), "\(exploration)")
    #expect(!exploration.isComplete)
  }

  @Test(arguments: [10, 61, 62, 63, 64, 65, 200])
  func `that start threads one after another may start any number of them`(count: Int) throws {
    let locked = try explored { startsOneAfterAnother(count, locked: true) }
    #expect(locked.verdict == .pass, "\(locked)")
    #expect(locked.executions == 6)
    #expect(locked.outcomes == [3: 6])

    let name = "startsOneAfterAnother"
    let racing = try explored(named: name) { startsOneAfterAnother(count, locked: false) }
    // As many as three threads that read and write have, see `race 3 1`.
    #expect(racing.executions == 36, "\(racing)")
    #expect(racing.findings.map(\.kind) == ["lostUpdate"])
    #expect(racing.outcomes.keys.sorted() == [1, 2, 3])
    let token = try #require(racing.findings.first?.schedule)
    let replayed = try explored(.replay(token), named: name) {
      startsOneAfterAnother(count, locked: false)
    }
    #expect(replayed.findings.map(\.text) == racing.findings.map(\.text))
  }

  @Test func `that start 63 threads are explored until the budget ends`() throws {
    let exploration = try explored(budget: .seconds(1)) { startsManyThreads(63) }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(exploration.executions > 0)
  }

  @Test func `that explore themselves are refused, and the exploration goes on`() throws {
    let exploration = try explored {
      var refusal = ""
      do { _ = try explored { 1 } } catch { refusal = "\(error)" }
      _ = lockIncrements()
      return refusal
    }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(
      Set(exploration.outcomes.keys) == [
        "an exploration cannot be started inside an explored body"
      ],
      "\(exploration)")
  }

  @Test func `that recurse deeply have the stack that they need`() throws {
    let exploration = try explored { recursesDeeply() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [20_001])
  }

  @Test func `that leave a task to itself see it run to its end`() throws {
    let exploration = try explored { usesTask() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1])
  }

  @Test func `that take more memory than an arena holds go on, and it is said`() throws {
    let exploration = try explored(budget: .seconds(3)) { takesHugeMemory() }
    #expect(Set(exploration.outcomes.keys) == [2], "\(exploration)")
    #expect("\(exploration)".contains("more memory in one thread than its arena holds"))
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
  }
}

/// What is met and not controlled is named, and the result is no pass.
///
/// In processes of their own: what they start goes on in the background.
@Suite struct `Uncontrolled bodies` {
  private static func check(
    _ name: String, _ program: @escaping @Sendable () -> Int
  ) throws {
    setenv("LOCKSTEP_WATCHDOG", "20", 1)
    let exploration = try explored(budget: .seconds(2)) { program() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.reasons.contains(.uncontrolled), "\(exploration)")
    #expect("\(exploration)".contains(name), "\(exploration)")
  }

  @Test func `a source of Dispatch's that is no timer`() async {
    await #expect(processExitsWith: .success) {
      // What goes on in the background may disturb the exploration: the name is there to tell.
      let exploration = try explored(budget: .seconds(2)) { usesDataSource() }
      #expect(exploration.verdict != .pass, "\(exploration)")
      #expect(exploration.reasons.contains(.uncontrolled), "\(exploration)")
      #expect("\(exploration)".contains("a DispatchSource that is no timer"), "\(exploration)")
    }
  }

  @Test func `fork`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("fork", forks)
    }
  }

  @Test func `processes that are spawned end, and are waited for`() async {
    await #expect(processExitsWith: .success) {
      setenv("LOCKSTEP_WATCHDOG", "20", 1)
      let exploration = try explored(budget: .seconds(1)) { spawnsProcess() }
      #expect(Set(exploration.outcomes.keys) == [2], "\(exploration)")
      #expect(exploration.verdict != .fail, "\(exploration)")
    }
  }

  /// It waits for a thread that it starts for all of the process: only the watchdog can end that.
  @Test func `Foundation's Process, at the watchdog`() async throws {
    let result = await #expect(
      processExitsWith: .exitCode(2), observing: [\.standardErrorContent]
    ) {
      setenv("LOCKSTEP_WATCHDOG", "2", 1)
      _ = try explored(budget: .seconds(1), named: "stuck") { runsProcess() }
    }
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("'stuck' took no visible step for too long"), "\(text)")
  }
}
