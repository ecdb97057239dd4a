import Testing

@testable import LockstepCommand

@Suite struct `What lockstep test says at the end` {
  private func text(_ contents: ResultsFolder.Contents, code: Int32 = 0, forwarded: Int32? = nil)
    -> String
  {
    let test = ChildProcess.Outcome(code: code, forwarded: forwarded)
    let status = ExitStatus(of: contents, test: test, requireComplete: false)
    return Summary(contents: contents, test: test, status: status).text
  }

  @Test func `counts, findings, reasons and what could not be read`() {
    let contents = ResultsFolder.Contents(
      units: [
        UnitResult(unit: "fine", verdict: .pass, incompleteBecause: [], findings: []),
        UnitResult(
          unit: "race", verdict: .fail, incompleteBecause: ["budget"],
          findings: [.init(kind: "lostUpdate", summary: "Lost update: x")]),
        UnitResult(
          unit: "big", verdict: .inconclusive, incompleteBecause: ["budget", "uncontrolled"],
          findings: []),
      ],
      unreadable: [.init(file: "a.json", reason: "'unit' is missing")], testsStarted: true)
    #expect(
      text(contents, code: 1) == """
        lockstep: 3 explored: 1 passed, 1 failed, 1 inconclusive
          failed 'race'
            lostUpdate: Lost update: x
          not complete 'big': budget, uncontrolled
          unreadable result 'a.json': 'unit' is missing; its test may have ended while writing
        """)
  }

  @Test func `what fails as its test expects is counted by itself`() {
    var unit = UnitResult(
      unit: "race", verdict: .fail, incompleteBecause: ["budget"],
      findings: [.init(kind: "lostUpdate", summary: "Lost update: x")])
    unit.expected = ["lostUpdate"]
    let fine = UnitResult(unit: "fine", verdict: .pass, incompleteBecause: [], findings: [])
    #expect(
      text(ResultsFolder.Contents(units: [fine, unit], testsStarted: true))
        == "lockstep: 2 explored: 1 passed, 1 failed, as their tests expect")
  }

  @Test func `nothing explored is no pass`() {
    #expect(
      text(ResultsFolder.Contents(testsStarted: true)) == """
        lockstep: no test explored any schedule; give a test the trait '.everySchedule' or call \
        'explore { }' in it
        """)
  }

  @Test func `a build that failed is told from a test that failed`() {
    #expect(
      text(ResultsFolder.Contents(), code: 1)
        == "lockstep: error: the package must build before its tests run; see the errors above")
  }

  @Test func `an interruption comes first`() {
    let unit = UnitResult(unit: "fine", verdict: .pass, incompleteBecause: [], findings: [])
    let contents = ResultsFolder.Contents(units: [unit], testsStarted: true)
    #expect(
      text(contents, code: 1, forwarded: 2) == """
        lockstep: interrupted; what was found so far:
        lockstep: 1 explored: 1 passed
        """)
  }
}
