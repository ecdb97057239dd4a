import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// A crash in an explored body is a finding, with the schedule that leads to it.
@Suite struct `Crashing bodies` {
  /// Run in processes of their own, so that what a crash leaves behind disturbs no other test.
  private static func check(_ reason: String, _ program: @escaping @Sendable () -> Int) throws {
    let exploration = try explored(named: "crashing") { program() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    let finding = try #require(exploration.findings.first, "\(exploration)")
    #expect(finding.kind == "crash", "\(exploration)")
    #expect(finding.summary.contains(reason), "\(finding.summary)")
    #expect(!finding.schedule.isEmpty)
    #expect("\(exploration)".contains(finding.schedule))
    // The same crash again, by its token.
    let replayed = try explored(.replay(finding.schedule), named: "crashing") { program() }
    #expect(replayed.findings.first?.kind == "crash", "\(replayed)")
  }

  @Test func `fatalError`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("SIGILL", fails)
    }
  }

  @Test func `an index out of bounds`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("SIGILL", indexesOutOfBounds)
    }
  }

  @Test func `an access to memory that is not there`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("SIGSEGV", readsNowhere)
    }
  }

  @Test func `abort`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("SIGABRT", aborts)
    }
  }

  @Test func `a stack that overflows`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("SIGSEGV", overflowsStack)
    }
  }

  @Test func `a block that is freed twice`() async {
    await #expect(processExitsWith: .success) {
      try Self.check("freeing a block of memory twice", freesTwice)
    }
  }

  @Test func `are written down as a unit where results are asked for`() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-crash-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    await #expect(processExitsWith: .success) { [path = folder.path as String] in
      setenv("LOCKSTEP_RESULTS", path, 1)
      _ = try explored(named: "crashing") { fails() }
    }
    let file = try #require(
      FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
    let unit = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    #expect(unit["unit"] as? String == "crashing")
    #expect(unit["verdict"] as? String == "fail")
    let finding = try #require((unit["findings"] as? [[String: Any]])?.first)
    #expect(finding["kind"] as? String == "crash")
  }

  @Test func `outside an exploration die by their signal, as without Lockstep`() async {
    await #expect(processExitsWith: .signal(SIGSEGV)) {
      _ = try explored { startsNoThread() }
      UnsafeMutablePointer<Int>(bitPattern: 0x10)?.pointee = 1
    }
    await #expect(processExitsWith: .signal(SIGABRT)) {
      _ = try explored { startsNoThread() }
      abortNow()
    }
  }

  @Test func `that catch their own faults go on`() async {
    await #expect(processExitsWith: .success) {
      let exploration = try explored(budget: .seconds(2)) { catchesItsOwnFault() }
      #expect(Set(exploration.outcomes.keys) == [71], "\(exploration)")
      #expect(exploration.findings.isEmpty, "\(exploration)")
    }
  }
}
