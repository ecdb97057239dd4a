import Foundation
import LockstepReport
import Testing

struct `A unit's report` {
  private var unit: UnitReport {
    var lab = UnitReport(
      unit: "race 2x3", verdict: .fail, strategy: "exhaustive", complete: true, executions: 328,
      blocked: 0, steps: 5904, seconds: 0.004, outcomes: ["6": 21, "10": 1, "5": 88],
      findings: [Findings.lostUpdate(), Findings.leakedLock])
    lab.real = RealRuns(totals: [2_000_000, 1_234_567], expected: 2_000_000)
    lab.timing = [
      .variant(.init(variant: "fine NSLock", seconds: [0.3, 0.1, 0.2], total: 2_000_000)),
      .ratio(.init(ratio: "fine to coarse, NSLock", value: 4.5, notebook: 4.29)),
    ]
    lab.instructions = [
      .init(address: "0x100", text: "add 0x10(%r13),%ebx", access: "read", line: 7),
      .init(address: "0x104", text: "jo 126"),
    ]
    lab.randomExecutionsPerSecond = 240_000
    return lab
  }

  @Test func `has the form that the design gives`() throws {
    let plain = UnitReport(
      unit: "x", verdict: .inconclusive, incompleteBecause: [.budget, .uncontrolled],
      uncontrolled: ["sleep"])
    try expectGolden(try UnitReport.json([unit, plain]), "units.json")
  }

  @Test func `comes back from its JSON`() throws {
    let text = try UnitReport.json([unit])
    #expect(try JSONDecoder().decode([UnitReport].self, from: Data(text.utf8)) == [unit])
  }

  @Test func `orders numeric outcomes as numbers`() {
    let counts: OutcomeCounts = ["b": 1, "10": 1, "-1": 1, "9": 1, "a": 1, "9": 2]
    #expect(counts.entries.map(\.outcome) == ["-1", "9", "10", "a", "b"])
    #expect(counts["9"] == 3)
    #expect(counts["7"] == 0)
  }

  @Test func `counts the runs that were right`() {
    let real = RealRuns(totals: [6, 5, 6], expected: 6)
    #expect(real.right == 2)
    #expect(real.runs == 3)
  }

  @Test func `takes the middle of an even number of seconds`() {
    let timed = TimedVariant(variant: "v", seconds: [4, 1, 2, 3], total: 0)
    #expect(timed.medianSeconds == 2.5)
    #expect(timed.minSeconds == 1)
    #expect(timed.maxSeconds == 4)
  }
}
