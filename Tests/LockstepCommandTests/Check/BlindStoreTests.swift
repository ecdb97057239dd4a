import Testing

@testable import LockstepCommand

@Suite struct `a store to an atomic variable that was read before` {
  @Test func `loses nothing if it is the same whatever was read`() throws {
    let (unit, _) = try CheckedProgram.check("blind.c", "marks")
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test func `loses nothing if it comes upon what was read`() throws {
    let (unit, _) = try CheckedProgram.check("peterson_twice.c")
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test(arguments: ["adds", "raises", "pushes", "floors"])
  func `is a lost update if it depends on that`(
    how: String
  ) throws {
    let (unit, _) = try CheckedProgram.check("blind.c", how)
    #expect(unit.findings.map(\.kind) == ["lostUpdate"], "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }
}

@Suite struct `A store in a critical section, after a look in an earlier one` {
  @Test(arguments: [["-O0"], ["-O2"]], ["marks", "caches", "raises", "reports"])
  func `is nothing if it is the same whatever was seen, or decided anew`(
    options: [String], how: String
  ) throws {
    let (unit, _) = try CheckedProgram.check("sections.c", how, compiler: options)
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test(
    arguments: [["-O0"], ["-O2"]],
    ["adds", "claims", "takes", "pushes", "both", "wins", "closes"])
  func `is a finding if it depends on that, whatever else there is`(
    options: [String], how: String
  ) throws {
    let (unit, _) = try CheckedProgram.check("sections.c", how, compiler: options)
    #expect(unit.findings.map(\.kind) == ["atomicity"], "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test(arguments: [("loads", true), ("adds", true), ("loadsOnce", false)])
  func `may be to a collection, which libraries change unseen`(
    how: String, isFound: Bool
  ) throws {
    let (unit, _) = try CheckedProgram.check("collections.swift", how)
    #expect(
      unit.findings.map(\.kind) == (isFound ? ["atomicity"] : []),
      "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test func `is the same in each replay`() throws {
    let program = try CheckedProgram.path("collections.swift")
    let outcome = try CheckedProgram.shell(
      """
      $LOCKSTEP check \(program) loads > page
      $LOCKSTEP replay .lockstep/*-1.schedule \(program) loads
      """)
    #expect(outcome.output.contains("the same execution 10 of 10 times"), "\(outcome)")
  }

  @Test func `is nothing if each round of a loop looks for itself`() throws {
    let (unit, _) = try CheckedProgram.check("sections.c", "fills")
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }
}
