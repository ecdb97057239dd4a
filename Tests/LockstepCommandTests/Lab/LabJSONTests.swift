import Foundation
import Testing

/// What `lockstep lab --json` prints: what anybody may rely on.
@Suite(.serialized) struct `The lab's JSON` {
  /// One run of the whole lab, for all tests.
  private static let whole = Result {
    try BuiltCommand.run("lab", "--json")
  }

  private func units() throws -> [String: JSONUnit] {
    let outcome = try Self.whole.get()
    let units = try JSONUnit.units(outcome.output)
    return Dictionary(uniqueKeysWithValues: units.map { ($0.unit, $0) })
  }

  private func unit(_ name: String) throws -> JSONUnit { try #require(try units()[name]) }

  @Test func `has the units in the notebook's order, and exits with 0`() throws {
    let outcome = try Self.whole.get()
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(
      try JSONUnit.units(outcome.output).map(\.unit) == [
        "race 2x1", "race 2x2", "race 2x3", "race 3x1", "steps", "fine 2x3", "coarse 2x3",
        "bank", "bank opposite", "scoped",
      ])
  }

  @Test func `is complete, instrumented and controlled in every unit`() throws {
    for unit in try units().values {
      #expect(unit.complete, "\(unit.unit)")
      #expect(unit.instrumented, "\(unit.unit)")
      #expect(unit.uncontrolled.isEmpty, "\(unit.unit): \(unit.uncontrolled)")
      #expect(unit.incompleteBecause.isEmpty, "\(unit.unit): \(unit.incompleteBecause)")
      #expect(unit.strategy == "exhaustive")
      #expect(unit.executions > 0 && unit.blocked >= 0 && unit.blocked < unit.executions)
      #expect(unit.steps >= unit.executions)
      #expect(unit.seconds > 0 && unit.executionsPerSecond > 0)
    }
  }

  @Test(arguments: [
    ("race 2x1", 1...2, 4...6), ("race 2x2", 2...4, 34...70), ("race 2x3", 2...6, 328...924),
    ("race 3x1", 1...3, 36...90),
  ])
  func `has each race's totals, a lost update, and as many executions as can be`(
    name: String, totals: ClosedRange<Int>, executions: ClosedRange<Int>
  ) throws {
    let unit = try unit(name)
    #expect(unit.verdict == "fail")
    #expect(Set(unit.outcomes.keys) == Set(totals.map(String.init)))
    #expect(executions.contains(unit.executions), "\(unit.executions)")
    #expect(unit.outcomes.values.reduce(0, +) == unit.executions - unit.blocked)
    let finding = try #require(unit.findings.first)
    #expect(finding.kind == "lostUpdate")
    #expect(finding.summary.contains("Counter.total"), "\(finding.summary)")
    #expect(finding.preemptions <= 2)
    #expect(finding.atExecution >= 1 && finding.atExecution <= unit.executions)
    #expect(finding.schedule.hasPrefix("L1-"))
    #expect(finding.threads.first == "main")
  }

  @Test func `tells each step of a lost update with its object, value and place`() throws {
    let finding = try #require(try unit("race 2x3").findings.first)
    let accesses = finding.events.filter { $0.kind == "read" || $0.kind == "write" }
    #expect(accesses.count >= 3)
    #expect(finding.events.map(\.step) == finding.events.map(\.step).sorted())
    #expect(finding.events.contains { $0.why != nil })
    for event in accesses {
      #expect(event.object == "Counter.total")
      #expect(event.value.flatMap(Int.init) != nil)
      #expect(event.file?.hasSuffix("Counter.swift") == true)
      #expect((event.line ?? 0) > 0 && (event.column ?? 0) > 0)
      #expect(event.function?.isEmpty == false)
      #expect(finding.threads.indices.contains(event.thread))
    }
  }

  @Test func `has real totals for the race, none above what is right`() throws {
    let real = try #require(try unit("race 2x1").real)
    #expect(real.runs == 20 && real.totals.count == 20)
    #expect(real.expected == 2_000_000)
    #expect(real.right == real.totals.count { $0 == 2_000_000 })
    #expect(real.totals.allSatisfy { (1...2_000_000).contains($0) })
    for (name, unit) in try units() where name != "race 2x1" {
      #expect(unit.real == nil, "\(name)")
    }
  }

  @Test func `has the rate of random executions where it is measured`() throws {
    #expect(try #require(try unit("race 2x3").randomExecutionsPerSecond) > 1)
    #expect(try unit("bank").randomExecutionsPerSecond == nil)
  }

  @Test func `has the statement's instructions with what they read and write`() throws {
    let unit = try unit("steps")
    #expect(unit.findings.first?.kind == "lostUpdate")
    let instructions = try #require(unit.instructions)
    #expect(instructions.contains { $0.access == "read" })
    #expect(instructions.contains { $0.access == "write" })
    #expect(instructions.allSatisfy { !$0.text.isEmpty && !$0.address.isEmpty })
    let addresses = instructions.compactMap {
      UInt($0.address.replacingOccurrences(of: "0x", with: ""), radix: 16)
    }
    #expect(addresses.count == instructions.count && addresses == addresses.sorted())
  }

  @Test(arguments: ["fine 2x3", "coarse 2x3"])
  func `proves and times each lock`(name: String) throws {
    let unit = try unit(name)
    #expect(unit.verdict == "pass")
    #expect(unit.findings.isEmpty)
    #expect(unit.outcomes == ["6": unit.executions - unit.blocked])
    let timing = try #require(unit.timing)
    let variants = timing.filter { $0.variant != nil }
    for needed in ["NSLock", "Mutex", "atomic"] {
      #expect(variants.contains { $0.variant?.contains(needed) == true }, "\(needed)")
    }
    for variant in variants {
      #expect(variant.total == 2_000_000, "\(variant)")
      #expect((variant.runs ?? 0) >= 5)
      let seconds = [variant.minSeconds, variant.medianSeconds, variant.maxSeconds]
        .compactMap { $0 }
      #expect(seconds.count == 3 && seconds == seconds.sorted() && seconds[0] > 0, "\(variant)")
    }
  }

  @Test func `sets the ratio of fine to coarse beside the notebook's`() throws {
    let ratios = try #require(try unit("coarse 2x3").timing).filter { $0.ratio != nil }
    #expect(ratios.allSatisfy { ($0.value ?? 0) > 0 })
    let notebook = try #require(ratios.compactMap(\.notebook).first)
    #expect(abs(notebook - 36.97 / 8.61) < 0.01)
  }

  @Test func `names the leaked lock, where it was taken and what was thrown`() throws {
    let unit = try unit("bank")
    #expect(unit.verdict == "fail")
    #expect(unit.outcomes.isEmpty, "\(unit.outcomes)")
    let finding = try #require(unit.findings.first)
    #expect(finding.kind == "leakedLock")
    #expect(finding.summary.contains("Bank.lock"), "\(finding.summary)")
    #expect(finding.summary.contains("unknownAccount"), "\(finding.summary)")
    #expect(finding.events.contains { $0.kind == "waitsFor" })
  }

  @Test func `names the deadlock of two accounts, and both locks`() throws {
    let unit = try unit("bank opposite")
    #expect(unit.verdict == "fail")
    let finding = try #require(unit.findings.first)
    #expect(finding.kind == "deadlock")
    #expect(finding.summary.contains("Account.lock #1"), "\(finding.summary)")
    #expect(finding.summary.contains("Account.lock #2"), "\(finding.summary)")
  }

  @Test func `has no schedule of the scoped transfers that hangs or loses money`() throws {
    let unit = try unit("scoped")
    #expect(unit.verdict == "pass")
    #expect(unit.findings.isEmpty)
    for outcome in unit.outcomes.keys {
      #expect(outcome.contains("sum 325"), "\(outcome)")
      #expect(outcome.contains("errors 1"), "\(outcome)")
      #expect(!outcome.contains("-"), "\(outcome)")
    }
  }
}
