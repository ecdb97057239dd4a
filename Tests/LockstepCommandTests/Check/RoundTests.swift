import Testing

@testable import LockstepCommand

@Suite struct `Loops that come to an end unseen` {
  @Test(arguments: ["tokens", "tries", "key", "recursive", "random"])
  func `are no livelock`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", what)
    #expect(unit.verdict == "pass", "\(outcome)")
    #expect(unit.findings.isEmpty, "\(outcome)")
  }

  /// What they end by is changed by code that is not instrumented.
  @Test(arguments: ["number", "place", "errno", "rand", "rand_r"])
  func `are no livelock where a library ends them`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", what, options: "--budget 3")
    #expect(unit.findings.isEmpty, "\(outcome)")
  }

  @Test func `are a livelock where nothing does`() throws {
    let (unit, outcome) = try CheckedProgram.check("rounds.c", "never", options: "--budget 6")
    #expect(unit.findings.map(\.kind) == ["livelock"], "\(outcome)")
    let page = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("rounds.c"))
      $LOCKSTEP check --budget 6 --schedules here $program never > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program never || exit $?; done
      """)
    #expect(page.code == 1, "\(page)")
    #expect(page.output.contains("the same execution 10 of 10 times"), "\(page.output)")
  }
}
