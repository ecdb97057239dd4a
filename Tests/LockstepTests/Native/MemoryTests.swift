import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// Allocation inside executions: an address stands for one object, and what outlives an execution
/// stays as it is.
@Suite struct `Memory of executions` {
  @Test func `Blocks and arrays of each thread's own make no conflict, whoever had them before`()
    throws
  {
    let exploration = try explored { ownMemory() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.executions == 1)
    #expect(exploration.outcomes.count == 1)
  }

  @Test func `A block handed over under a lock makes none, in each of two orders`() throws {
    let exploration = try explored { blockHandedOver() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.executions == 2)
    #expect(exploration.outcomes == [0: 1, 42: 1])
  }

  @Test func `A block that one thread allocates and the next frees makes none`() throws {
    let exploration = try explored { blockLeftToTheNextThread() }
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.outcomes == [42: 1])
  }

  /// In a process of its own: where a page is mapped depends on what other tests map meanwhile.
  @Test func `A page that is unmapped right after a write to it is no crash`() async {
    await #expect(processExitsWith: .success) {
      let exploration = try explored(named: "mappedPage") { mappedPage() }
      #expect(exploration.findings.map(\.kind) == ["lostUpdate"], "\(exploration)")
      let token = try #require(exploration.findings.first?.schedule)
      let replayed = try explored(.replay(token), named: "mappedPage") { mappedPage() }
      #expect(replayed.findings.map(\.summary) == exploration.findings.map(\.summary))
    }
  }

  @Test func `Two unlocked appends to one captured String conflict`() throws {
    let exploration = try explored { capturedTexts() }
    #expect(exploration.verdict == .fail, "\(exploration)")
    #expect(!exploration.findings.isEmpty)
  }

  @Test func `The allocator's functions keep their promises in controlled threads`() throws {
    let exploration = try explored(.random(seed: 1), budget: .seconds(2)) {
      allocatorFunctions()
    }
    #expect(Set(exploration.outcomes.keys) == [[]])
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(exploration.executions > 10)
  }

  @Test func `Large blocks, and larger ones than a thread's share of memory`() throws {
    let large = try explored { largeBlocks(size: 256 << 20) }
    #expect(large.verdict == .pass, "\(large)")
    #expect(large.outcomes == [18: 1])
    let larger = try explored { largeBlocks(size: 2 << 30) }
    #expect(Set(larger.outcomes.keys) == [18], "\(larger)")
  }

  @Test func `Large blocks are given back after each execution`() throws {
    let before = try residentBytes()
    let exploration = try explored(.random(seed: 1), budget: .seconds(1)) {
      filledBlocks(size: 24 << 20)
    }
    #expect(exploration.executions >= 10)
    #expect(exploration.findings.isEmpty)
    // Other tests run meanwhile: less than what was allocated, and more than they need.
    #expect(try residentBytes() - before < 250 << 20)
  }

  @Test func `What executions leave behind stays valid, also when the exploration is long over`()
    throws
  {
    let keepsakes = Keepsakes(capacity: 3_000)
    let exploration = try explored(.random(seed: 7), budget: .seconds(1)) { keepsakes.leaveOne() }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(keepsakes.count > 200)
    for _ in 0..<10 {
      _ = try explored(.random(seed: 8), budget: .milliseconds(20)) { ownMemory() }
    }
    let damaged = (0..<keepsakes.count).filter {
      !Keepsakes.isIntact(keepsakes.blocks[$0], $0)
    }
    #expect(damaged.isEmpty)
    let addresses = Set((0..<keepsakes.count).map { keepsakes.blocks[$0] })
    #expect(addresses.count == keepsakes.count)
    // Half of it is freed by an ordinary thread, half by controlled ones.
    let half = keepsakes.count / 2
    for index in 0..<half { keepsakes.blocks[index].deallocate() }
    var next = half
    _ = try explored(.random(seed: 9), budget: .milliseconds(50)) {
      guard next < keepsakes.count else { return false }
      keepsakes.blocks[next].deallocate()
      next += 1
      return true
    }
    #expect(next > half)
  }

  @Test func `An object kept in a global variable stays whole through hundreds of executions`()
    throws
  {
    Souvenir.kept = nil
    let exploration = try explored(.random(seed: 3), budget: .milliseconds(300)) {
      Souvenir.keepOne()
    }
    #expect(exploration.executions > 200)
    let kept = try #require(Souvenir.kept)
    #expect(kept.isIntact)
    for _ in 0..<5 {
      _ = try explored(.random(seed: 4), budget: .milliseconds(50)) { ownMemory() }
    }
    #expect(kept.isIntact)
    // Grows outside what was allocated inside.
    for index in 50..<500 { kept.table["key \(index)"] = index }
    #expect(kept.table.count == 500)
    Souvenir.kept = nil
  }

  @Test func `Blocks allocated outside are grown and freed inside`() throws {
    let keepsakes = Keepsakes(capacity: 10_000)
    keepsakes.fill()
    let exploration = try explored(.random(seed: 5), budget: .milliseconds(400)) {
      keepsakes.takeTwo()
    }
    #expect(Set(exploration.outcomes.keys) == [true], "\(exploration)")
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(keepsakes.count > 200)
    for index in keepsakes.count..<keepsakes.capacity {
      #expect(Keepsakes.isIntact(keepsakes.blocks[index], index))
      keepsakes.blocks[index].deallocate()
    }
  }

  /// More explorations than there are places for them, were each kept for what outlives it.
  @Test func `Outcomes outlive a hundred explorations`() throws {
    var texts: [String] = []
    for index in 0..<100 {
      let exploration = try explored {
        String(repeating: "outcome \(index), ", count: 3) + "\(mutexTries())"
      }
      texts += exploration.outcomes.keys.sorted()
    }
    let expected = (0..<100).flatMap { index in
      [1, 2].map { String(repeating: "outcome \(index), ", count: 3) + "\($0)" }
    }
    #expect(texts == expected)
  }

  @Test func `Forty explorations with threads left in the middle of their frames`() throws {
    for _ in 0..<40 {
      let exploration = try explored { oppositeLocks() }
      #expect(exploration.executions == 3)
      #expect(exploration.findings.map(\.kind) == ["deadlock"])
    }
  }

  private func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    let fields = text.split(separator: " ")
    return try #require(Int(fields[1])) * sysconf(Int32(_SC_PAGESIZE))
  }
}
