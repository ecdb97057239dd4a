import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// What never ends, or ends only if somebody else does something.
@Suite struct `Endless bodies` {
  /// Nobody can tell them from those that count far.
  @Test func `that count for ever are inconclusive, and the step limit is named`() throws {
    let exploration = try explored(stepLimit: 500) { countsForEver() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(exploration.reasons.contains(.stepLimit))
    #expect("\(exploration)".contains("limit of 500 steps"))
  }

  @Test func `that take and give back a lock for ever are a livelock`() throws {
    let exploration = try explored(stepLimit: 300) { makesWayForEver() }
    #expect(exploration.findings.map(\.kind) == ["livelock"], "\(exploration)")
  }

  @Test func `end with a livelock at the default step limit, too`() throws {
    let clock = ContinuousClock()
    let start = clock.now
    let exploration = try explored(budget: .seconds(5)) { makesWayForEver() }
    #expect(exploration.findings.map(\.kind) == ["livelock"], "\(exploration)")
    #expect(clock.now - start < .seconds(40))
  }

  @Test func `that spin on a flag that nobody sets are a livelock`() throws {
    let exploration = try explored(stepLimit: 500) { spinsOnForgottenFlag() }
    #expect(exploration.findings.map(\.kind) == ["livelock"], "\(exploration)")
  }

  @Test func `that spin on a plain flag are a data race`() throws {
    let exploration = try explored(budget: .seconds(2)) { spinsOnFlag() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(exploration.findings.map(\.kind) == ["dataRace"], "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1])
  }

  @Test(
    arguments: [
      ("spinsOnAtomicFlag", spinsOnAtomicFlag, 2), ("spinsOnLockedFlag", spinsOnLockedFlag, 3),
    ] as [(String, @Sendable () -> Int, Int)])
  func `that spin on a flag which another thread sets wait for it, and pass`(
    _ name: String, _ program: @escaping @Sendable () -> Int, _ executions: Int
  ) throws {
    let exploration = try explored(budget: .seconds(20), named: name, program)
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1], "\(exploration)")
    #expect(exploration.executions == executions, "\(exploration)")
  }

  @Test(
    arguments: [
      ("pollsByUsleep", pollsByUsleep), ("pollsBySchedYield", pollsBySchedYield),
      ("pollsByThreadSleep", pollsByThreadSleep),
    ] as [(String, @Sendable () -> Int)])
  func `that sleep between two looks end`(
    _ name: String, _ program: @escaping @Sendable () -> Int
  ) throws {
    let exploration = try explored(budget: .seconds(2), named: name, program)
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(Set(exploration.outcomes.keys) == [1], "\(exploration)")
  }
}

/// What does no visible step any more ends the process, after the schedule was written down.
@Suite struct `The watchdog` {

  private func check(_ result: ExitTest.Result?) throws {
    let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(text.contains("'stuck' took no visible step for too long"), "\(text)")
    let schedule = try #require(text.split(separator: "\n").first { $0.hasPrefix("schedule: ") })
    #expect(schedule.count > 15)
    #expect(text.contains("LOCKSTEP_REPLAY="))
  }

  @Test func `ends a loop without a visible step`() async throws {
    try check(
      await #expect(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
        setenv("LOCKSTEP_WATCHDOG", "1", 1)
        _ = try explored(named: "stuck") { spinsInvisibly() }
      })
  }

  @Test func `ends a wait for a pipe that the other thread would write to`() async throws {
    try check(
      await #expect(processExitsWith: .exitCode(2), observing: [\.standardErrorContent]) {
        setenv("LOCKSTEP_WATCHDOG", "1", 1)
        _ = try explored(named: "stuck") { waitsOnPipe() }
      })
  }

  @Test func `writes the unit down where results are asked for`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-watchdog-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    await #expect(processExitsWith: .exitCode(2)) { [path = folder.path as String] in
      setenv("LOCKSTEP_WATCHDOG", "1", 1)
      setenv("LOCKSTEP_RESULTS", path, 1)
      _ = try explored(named: "stuck") { spinsInvisibly() }
    }
    let files = try FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: nil)
    let file = try #require(files.first)
    let unit = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    #expect(files.count == 1)
    #expect(unit["unit"] as? String == "stuck")
    #expect(unit["verdict"] as? String == "fail")
    let finding = try #require((unit["findings"] as? [[String: Any]])?.first)
    #expect((finding["schedule"] as? String)?.isEmpty == false)
  }

  @Test func `that poll what is not seen are neither a pass nor nondeterminism`() throws {
    let exploration = try explored(budget: .seconds(5), stepLimit: 500) { pollsIsFinished() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.findings.isEmpty, "\(exploration)")
  }
}
