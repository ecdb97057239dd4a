import ExploredPrograms
import Lockstep
import Testing

/// Memory that executions leave allocated stays as it is, so that it runs out.
@Suite struct `Executions that leave memory behind` {
  @Test(arguments: [8 << 20, 100 << 20, 600 << 20])
  func `end the exploration when no more fits, and lose no finding`(bytes: Int) throws {
    // Whatever one exploration leaves behind does not disturb the next one.
    for _ in 0..<2 {
      let exploration = try explored(named: "leaks") { leaksAndLoses(bytes: bytes) }
      #expect(!exploration.isComplete, "\(exploration)")
      #expect(exploration.reasons.contains(.budget))
      #expect("\(exploration)".contains("left allocated fills the memory"), "\(exploration)")
    }
  }

  @Test func `have what was found, and its token gives it again`() throws {
    let exploration = try explored(named: "leaks") { leaksAndLoses(bytes: 8 << 20) }
    #expect(exploration.executions > 50, "\(exploration)")
    #expect(exploration.findings.map(\.kind) == ["lostUpdate"], "\(exploration)")
    let finding = try #require(exploration.findings.first)
    let replayed = try explored(.replay(finding.schedule), named: "leaks") {
      leaksAndLoses(bytes: 8 << 20)
    }
    #expect(replayed.findings.map(\.text) == [finding.text], "\(replayed)")
  }

  @Test func `because they deadlock have the deadlock found`() throws {
    let name = "deadlocks"
    let exploration = try explored(named: name) { deadlocksWithBlocks(bytes: 300 << 20) }
    #expect(exploration.findings.map(\.kind) == ["deadlock"], "\(exploration)")
    let finding = try #require(exploration.findings.first)
    let replayed = try explored(.replay(finding.schedule), named: name) {
      deadlocksWithBlocks(bytes: 300 << 20)
    }
    #expect(replayed.findings.map(\.text) == [finding.text], "\(replayed)")
  }

  @Test func `but free most of it are explored one after another`() throws {
    for _ in 0..<30 {
      let exploration = try explored { leaksBeforeLargeBlocks(bytes: 40 << 20) }
      #expect(exploration.verdict == .pass, "\(exploration)")
      #expect(exploration.executions == 2)
    }
  }

  @Test func `between blocks that are aligned are the same each time`() throws {
    let exploration = try explored { leaksBetweenPages() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.isComplete)
  }
}
