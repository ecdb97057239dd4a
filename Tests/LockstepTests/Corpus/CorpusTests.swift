import CorpusPrograms
import Lockstep
import LockstepReport
import Testing

/// The programs of the literature on real threads: each class of schedules once, none blocked.
@Suite struct `The corpus` {
  private func report(_ name: String, _ sizes: [Int]) throws -> UnitReport {
    let program = try #require(CorpusProgram.all.first { $0.name == name })
    var configuration = Configuration()
    configuration.strategy = .exhaustive
    configuration.budget = .seconds(60)
    configuration.name = name
    configuration.probe = probe
    return try report(program, sizes, configuration)
  }

  private func report(
    _ program: CorpusProgram, _ sizes: [Int], _ configuration: Configuration
  ) throws -> UnitReport {
    switch program.body {
    case .threads(let run): try explore(configuration) { run(sizes) }.report.unit
    case .tasks(let run): try explore(configuration) { await run(sizes) }.report.unit
    }
  }

  @Test(
    arguments: [
      ("race", [2, 1]), ("race", [2, 2]), ("race", [2, 3]), ("race", [2, 4]), ("race", [3, 1]),
      ("race", [3, 2]), ("race", [4, 1]), ("fine", [2, 1]), ("fine", [2, 2]), ("fine", [2, 3]),
      ("fine", [2, 4]), ("fine", [3, 2]), ("coarse", [2, 10]), ("readers", [2]), ("readers", [8]),
      ("lastzero", [5]), ("lastzero", [10]), ("indexer", [12]), ("indexer", [13]),
      ("filesystem", [14]), ("filesystem", [16]), ("filesystem", [18]), ("fib", [2]),
      ("fib", [3]), ("ainc", [2]), ("ainc", [3]), ("ainc", [4]), ("ainc", [5]), ("bank", []),
      ("reentrancy", []), ("reentrancy-fixed", []), ("tasks", []), ("tasks-fixed", []),
      ("continuation", []), ("continuation-fixed", []), ("sleep", []), ("sleep-fixed", []),
      ("blocked-pool", []), ("blocked-pool-fixed", []), ("held-lock", []),
      ("held-lock-fixed", []), ("wake-up", []), ("wake-up-fixed", []), ("relay", []),
      ("relay-fixed", []), ("buffer", []), ("buffer-fixed", []), ("single-check", []),
      ("single-check-fixed", []), ("leaked-task", []), ("leaked-task-fixed", []),
      ("rwlock", [1, 1]), ("rwlock", [2, 2]), ("rwlock", [3, 2]), ("rwlock", [2, 3]),
      ("spinlock", [3]), ("shared", []), ("cache", []), ("meeting", [2]), ("meeting", [3]),
      ("meeting", [4]), ("oneshort", [2]), ("oneshort", [3]), ("deadline", []),
      ("sleepers", [3]), ("timeout", []),
      ("queuelock", [2, 1]), ("queuelock", [2, 3]), ("queuelock", [3, 1]), ("queuelock", [3, 2]),
      ("crossing", []), ("async-let", []), ("async-let-fixed", []), ("cancellation", []),
      ("cancellation-fixed", []), ("stream", []), ("stream-fixed", []), ("main-actor", []),
      ("main-actor-fixed", []), ("iterations", [2]), ("iterations", [3]), ("iterations-fixed", [3]),
      ("group", []), ("group-fixed", []), ("work-item", []), ("work-item-fixed", []), ("after", []),
      ("after-fixed", []), ("semaphore", [2, 2]), ("semaphore", [3, 1]),
      ("dispatch-semaphore", [2, 2]), ("dispatch-semaphore", [3, 1]), ("nslock", [2, 2]),
      ("nslock", [3, 1]), ("nsrecursivelock", [2, 2]), ("nscondition", [2, 2]), ("mutex", [2, 2]),
      ("mutex", [3, 1]), ("barrier", [2, 2]), ("barrier", [3, 1]), ("spinlock-own", [2, 2]),
      ("nslock-own", [2, 2]), ("nslock-own", [3, 1]), ("nsrecursivelock-own", [2, 1]),
      ("nscondition-own", [2, 1]), ("mutex-own", [2, 2]), ("queuelock-own", [2, 2]),
      ("barrier-forgotten", [2, 2]), ("barrier-forgotten", [3, 1]), ("semaphore-wide", [2, 1]),
      ("dispatch-semaphore-wide", [2, 1]),
    ] as [(String, [Int])])
  func `takes the exact number of executions, and shows what it must`(
    name: String, sizes: [Int]
  ) throws {
    let program = try #require(CorpusProgram.all.first { $0.name == name })
    let classes = try #require(program.classes(sizes))
    let unit = try report(name, sizes)
    #expect(unit.complete)
    #expect(unit.executions == classes)
    #expect(unit.blocked == 0)
    #expect(unit.uncontrolled.isEmpty)
    if let finding = program.finding {
      #expect(unit.verdict == .fail)
      #expect(unit.findings.contains { $0.kind == finding })
    } else {
      #expect(unit.verdict == .pass, "\(unit.findings.map(\.summary))")
    }
  }

  /// The numbers that other tools agree on; the formulas of the programs must not drift from them.
  @Test func `knows the counts that other tools agree on`() throws {
    func classes(_ name: String, _ sizes: Int...) throws -> Int? {
      try #require(CorpusProgram.all.first { $0.name == name }).classes(sizes)
    }
    #expect(try classes("race", 2, 5) == 34_904)
    #expect(try classes("readers", 13) == 8_192)
    #expect(try classes("lastzero", 15) == 147_456)
    #expect(try classes("indexer", 15) == 4_096)
    #expect(try classes("filesystem", 20) == 128)
    #expect(try classes("fib", 5) == 218_243)
    #expect(try classes("ainc", 7) == 5_040)
    #expect(try classes("fine", 3, 2) == 90)
  }

  @Test(
    arguments: [
      ("race", [2, 2]), ("fib", [2]), ("bank", []), ("shared", []), ("cache", []),
      ("oneshort", [2]),
      ("timeout", []), ("relay", []), ("single-check", []), ("reentrancy", []),
      ("continuation", []), ("crossing", []), ("async-let", []), ("cancellation", []),
      ("stream", []), ("main-actor", []), ("iterations", [2]), ("group", []), ("after", []),
      ("nslock-own", [2, 1]), ("barrier-forgotten", [2, 1]), ("semaphore-wide", [2, 1]),
    ] as [(String, [Int])])
  func `replays its findings identically`(name: String, sizes: [Int]) throws {
    let finding = try #require(try report(name, sizes).findings.first)
    let program = try #require(CorpusProgram.all.first { $0.name == name })
    var configuration = Configuration()
    configuration.strategy = .replay(finding.schedule)
    configuration.name = name
    configuration.probe = probe
    let again = try report(program, sizes, configuration)
    let same = try #require(again.findings.first { $0.kind == finding.kind })
    #expect(same.schedule == finding.schedule)
    #expect(same.events == finding.events)
  }
}
