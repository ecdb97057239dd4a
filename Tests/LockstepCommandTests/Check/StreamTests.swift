import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `what a program writes to streams, and reads` {
  static let ordered = [
    "puts", "printf", "putw", "putwchar", "fputwc", "fputws", "wprintf", "perror", "psignal",
    "warn",
    "warnx", "error", "error_at_line", "dprintf", "tmpfile", "unbuffered", "flockfile", "getwchar",
  ]
  static let racing = [
    "putchar_unlocked", "putc_unlocked", "fputs_unlocked", "fwrite_unlocked", "putwchar_unlocked",
    "fputws_unlocked", "getchar_unlocked", "fgetc_unlocked", "fgets_unlocked", "fread_unlocked",
  ]

  @Test(arguments: ordered) func `is in either order, and in the outcome`(function: String) throws {
    let (unit, outcome) = try CheckedProgram.check("streams.c", function, input: Self.input)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.executions == 2)
    #expect(unit.outcomes.count == 2, "\(unit.outcomes)")
  }

  @Test(arguments: racing, ["-O0", "-O2"])
  func `races where it takes no lock`(function: String, optimisation: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "streams.c", function, compiler: [optimisation], input: Self.input)
    #expect(outcome.code == 1, "\(outcome)")
    let race = try #require(unit.findings.first, "\(outcome)")
    #expect(["dataRace", "lostUpdate"].contains(race.kind))
    #expect(race.events.contains { $0.file?.hasSuffix("streams.c") == true })
  }

  @Test(arguments: ordered + racing, ["-O0", "-O2"])
  func `is ordered by the program's locks`(function: String, optimisation: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "streams.c", function, "locked", compiler: [optimisation], input: Self.input)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
    #expect(unit.executions == 2)
    #expect(unit.outcomes.count == 2, "\(unit.outcomes)")
  }

  @Test(arguments: [
    ("perror", "a: Operation not permitted | "), ("psignal", "a: Hangup | "),
    ("error_at_line", "PATH:f:7: a | "), ("warn", "NAME: a: Operation not permitted | "),
    ("error", "PATH: a: Operation not permitted | "), ("errx", "NAME: a | NAME: b (exit status 3)"),
    ("flockfile", "abbd"),
  ])
  func `has the text that the C library gives it`(function: String, text: String) throws {
    let path = try CheckedProgram.path("streams.c")
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    let beginning = text.replacing("PATH", with: path).replacing("NAME", with: name)
    let (unit, _) = try CheckedProgram.check("streams.c", function)
    #expect(unit.outcomes.keys.contains { $0.hasPrefix(beginning) }, "\(unit.outcomes)")
  }

  @Test func `that goes to a copy of the output comes when it is flushed`() throws {
    let (unit, outcome) = try CheckedProgram.check("streams.c", "fdopen")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.outcomes.keys.sorted() == ["ab", "ba"])
  }

  @Test func `may find its stream locked`() throws {
    let (unit, outcome) = try CheckedProgram.check("streams.c", "ftrylockfile")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.outcomes.keys.sorted() == ["-1 0", "0 -1", "exit status 0"])
  }

  @Test func `is seen where the program asks for checks of its buffers`() throws {
    let (unit, _) = try CheckedProgram.check(
      "streams.c", "printf", compiler: ["-O2", "-D_FORTIFY_SOURCE=2"])
    #expect(unit.outcomes.count == 2, "\(unit.outcomes)")
  }

  private static let input = "<(printf xyz)"
}
