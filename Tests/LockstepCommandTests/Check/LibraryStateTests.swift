import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `what the C library keeps between calls` {
  static let locked = ["rand", "random", "srand", "setenv", "getc"]
  static let racing = [
    ("rand_r", "seed"), ("drand48", "state of drand48"), ("lrand48", "state of drand48"),
    ("nrand48", "last"), ("strtok", "state of strtok"), ("gmtime", "result of localtime"),
    ("localtime", "result of localtime"), ("ctime", "result of localtime"),
    ("getenv", "environment"),
  ]

  @Test(arguments: locked) func `is used by one after the other`(function: String) throws {
    let (unit, outcome) = try CheckedProgram.check("libstate.c", function, input: Self.input)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.executions == 2)
    #expect(unit.outcomes.count == 2, "\(unit.outcomes)")
  }

  @Test(arguments: racing) func `races where it has no lock`(function: String, name: String) throws
  {
    let (unit, outcome) = try CheckedProgram.check("libstate.c", function)
    #expect(outcome.code == 1)
    let race = try #require(unit.findings.first, "\(outcome)")
    // Two that read before either writes have lost one of their updates as well.
    #expect(["dataRace", "lostUpdate"].contains(race.kind), "\(race)")
    #expect(race.summary.contains(name))
    let page = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("libstate.c"))
      $LOCKSTEP check --schedules here $program \(function) > /dev/null
      for file in here/*.schedule; do $LOCKSTEP replay $file $program \(function) || exit $?; done
      """)
    #expect(page.code == 1, "\(page)")
    #expect(page.output.contains("the same execution 10 of 10 times"), "\(page.output)")
  }

  @Test(arguments: locked + racing.map(\.0))
  func `is ordered by the program's locks`(function: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "libstate.c", function, "locked", input: Self.input)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.executions == 2)
  }

  private static let input = "\(CheckedProgram.folder)/libstate.c"
}
