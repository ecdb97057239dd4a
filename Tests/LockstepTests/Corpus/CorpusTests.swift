import CorpusPrograms
import Foundation
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

  /// Programs that have a variable of the process's: of such, one is explored at a time.
  private static let alone: Set = ["global-actor", "global-actor-fixed"]
  private static let aloneLock = NSLock()

  private func report(
    _ program: CorpusProgram, _ sizes: [Int], _ configuration: Configuration
  ) throws -> UnitReport {
    let isAlone = Self.alone.contains(program.name)
    if isAlone { Self.aloneLock.lock() }
    defer { if isAlone { Self.aloneLock.unlock() } }
    switch program.body {
    case .threads(let run): return try explore(configuration) { run(sizes) }.report.unit
    case .tasks(let run): return try explore(configuration) { await run(sizes) }.report.unit
    }
  }

  /// Programs with sizes, each with some.
  private static let sized: [(String, [Int])] = [
    ("race", [2, 1]), ("race", [2, 2]), ("race", [2, 3]), ("race", [2, 4]), ("race", [3, 1]),
    ("race", [3, 2]), ("race", [4, 1]), ("fine", [2, 1]), ("fine", [2, 2]), ("fine", [2, 3]),
    ("fine", [2, 4]), ("fine", [3, 2]), ("coarse", [2, 10]), ("readers", [2]), ("readers", [8]),
    ("lastzero", [5]), ("lastzero", [10]), ("indexer", [12]), ("indexer", [13]),
    ("filesystem", [14]), ("filesystem", [16]), ("filesystem", [18]), ("fib", [2]), ("fib", [3]),
    ("ainc", [2]), ("ainc", [3]), ("ainc", [4]), ("ainc", [5]), ("rwlock", [1, 1]),
    ("rwlock", [2, 2]), ("rwlock", [3, 2]), ("rwlock", [2, 3]), ("spinlock", [3]),
    ("meeting", [2]), ("meeting", [3]), ("meeting", [4]), ("oneshort", [2]), ("oneshort", [3]),
    ("sleepers", [3]), ("queuelock", [2, 1]), ("queuelock", [2, 3]), ("queuelock", [3, 1]),
    ("queuelock", [3, 2]), ("iterations", [2]), ("iterations", [3]), ("iterations-fixed", [3]),
    ("semaphore", [2, 2]), ("semaphore", [3, 1]), ("dispatch-semaphore", [2, 2]),
    ("dispatch-semaphore", [3, 1]), ("nslock", [2, 2]), ("nslock", [3, 1]),
    ("nsrecursivelock", [2, 2]), ("nscondition", [2, 2]), ("mutex", [2, 2]), ("mutex", [3, 1]),
    ("barrier", [2, 2]), ("barrier", [3, 1]), ("spinlock-own", [2, 2]), ("nslock-own", [2, 2]),
    ("nslock-own", [3, 1]), ("nsrecursivelock-own", [2, 1]), ("nscondition-own", [2, 1]),
    ("mutex-own", [2, 2]), ("queuelock-own", [2, 2]), ("barrier-forgotten", [2, 2]),
    ("barrier-forgotten", [3, 1]), ("semaphore-wide", [2, 1]), ("dispatch-semaphore-wide", [2, 1]),
    ("named-semaphore", [2, 2]), ("named-semaphore-fixed", [2, 2]),
    ("named-semaphore-fixed", [3, 1]),
    ("exchange", [1]), ("exchange", [2]), ("exchange", [4]), ("exchange", [8]), ("exchange", [16]),
    ("exchange-fixed", [1]), ("exchange-fixed", [2]), ("exchange-fixed", [4]),
    ("exchange-fixed", [8]), ("exchange-fixed", [16]), ("exchange-weak", [1]),
    ("exchange-weak", [2]), ("exchange-weak", [4]), ("exchange-weak", [8]), ("exchange-weak", [16]),
  ]

  /// Programs without, each once.
  private static let unsized = CorpusProgram.all.filter(\.parameters.isEmpty)

  @Test func `has no program that is not explored here`() {
    let explored = Set(Self.sized.map(\.0) + Self.unsized.map(\.name))
    #expect(explored == Set(CorpusProgram.all.map(\.name)))
    #expect(CorpusProgram.all.count == explored.count)
  }

  @Test(arguments: sized + unsized.map { ($0.name, []) })
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

  /// The smallest of those with sizes, and all others that have a finding.
  ///
  /// But for `named-semaphore`: where a named semaphore lies, the system chooses, and beside other tests it
  /// does not choose the same.
  private static let found =
    [
      ("race", [2, 2]), ("fib", [2]), ("oneshort", [2]), ("iterations", [2]),
      ("nslock-own", [2, 1]), ("barrier-forgotten", [2, 1]), ("semaphore-wide", [2, 1]),
      ("exchange", [8]), ("exchange", [16]),
    ] + unsized.filter { $0.finding != nil }.map { ($0.name, []) }

  @Test(arguments: found)
  func `replays its findings identically`(name: String, sizes: [Int]) throws {
    let program = try #require(CorpusProgram.all.first { $0.name == name })
    let findings = try report(name, sizes).findings
    let finding = try #require(findings.first { $0.kind == program.finding })
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
