import Testing

@testable import LockstepCommand

@Suite struct `The exit code of lockstep test` {
  private func status(
    _ units: [UnitResult], code: Int32 = 0, forwarded: Int32? = nil, started: Bool = true,
    unreadable: Bool = false, requireComplete: Bool = false
  ) -> Int32 {
    let contents = ResultsFolder.Contents(
      units: units, unreadable: unreadable ? [.init(file: "a.json", reason: "half")] : [],
      testsStarted: started)
    return ExitStatus(
      of: contents, test: ChildProcess.Outcome(code: code, forwarded: forwarded),
      requireComplete: requireComplete
    ).rawValue
  }

  @Test func `a whole test without threads is no reason to fail, unless it was not seen at all`() {
    var sequential = inconclusive("nothingToExplore")
    sequential.isWholeTest = true
    #expect(status([sequential]) == 3)
    sequential.executions = 1
    #expect(status([sequential]) == 0)
    sequential.isWholeTest = false
    #expect(status([sequential]) == 3)
  }

  private let pass = UnitResult(unit: "p", verdict: .pass, incompleteBecause: [], findings: [])
  private let fail = UnitResult(
    unit: "f", verdict: .fail, incompleteBecause: [],
    findings: [.init(kind: "deadlock", summary: "s")])

  private func inconclusive(_ reasons: String...) -> UnitResult {
    UnitResult(unit: "i", verdict: .inconclusive, incompleteBecause: reasons, findings: [])
  }

  @Test func `0 when all passed`() {
    #expect(status([pass, pass]) == 0)
  }

  @Test func `0 when only the budget ended, unless it must be complete`() {
    #expect(status([pass, inconclusive("budget")]) == 0)
    #expect(status([pass, inconclusive("budget")], requireComplete: true) == 3)
  }

  @Test func `1 when there is a finding or a failing test`() {
    #expect(status([pass, fail]) == 1)
    #expect(status([pass], code: 1) == 1)
    #expect(status([], code: 139) == 1)
    #expect(status([fail, inconclusive("uncontrolled")], unreadable: true) == 1)
  }

  private func expecting(_ kinds: String..., found: String...) -> UnitResult {
    var unit = UnitResult(
      unit: "e", verdict: found.isEmpty ? .pass : .fail, incompleteBecause: ["budget"],
      findings: found.map { .init(kind: $0, summary: "s") })
    unit.expected = kinds
    return unit
  }

  @Test func `0 when what failed is what the test expects, and only that`() {
    #expect(status([pass, expecting("deadlock", found: "deadlock")]) == 0)
    #expect(status([expecting("deadlock", found: "deadlock")], requireComplete: true) == 0)
    #expect(status([expecting("lostUpdate", "dataRace", found: "dataRace")]) == 0)
    #expect(status([expecting("deadlock", found: "deadlock", "lostUpdate")]) == 1)
    #expect(status([expecting("deadlock", found: "notFound")]) == 1)
    #expect(status([expecting("deadlock")]) == 1)
    #expect(status([expecting("deadlock", found: "deadlock")], code: 1) == 1)
  }

  @Test func `2 when no test process began`() {
    #expect(status([], code: 1, started: false) == 2)
  }

  @Test func `2 when a result cannot be read`() {
    #expect(status([pass], unreadable: true) == 2)
    #expect(status([inconclusive("uncontrolled")], unreadable: true) == 2)
  }

  @Test func `3 when nothing was explored`() {
    #expect(status([]) == 3)
  }

  @Test(arguments: ["uninstrumented", "uncontrolled", "nothingToExplore", "stepLimit", "new"])
  func `3 when not all could be seen`(reason: String) {
    #expect(status([pass, inconclusive(reason)]) == 3)
    #expect(status([pass, inconclusive("budget", reason)]) == 3)
  }

  @Test func `3 when inconclusive without a reason`() {
    #expect(status([inconclusive()]) == 3)
  }

  @Test func `128 and the signal when interrupted, whatever was found`() {
    #expect(status([fail], code: 1, forwarded: 2) == 130)
    #expect(status([], forwarded: 15) == 143)
  }
}
