import Testing

@testable import LockstepCommand

/// A read and then a write, or two reads: what was read first is used after the second step.
@Suite(.serialized) struct `What the C library reads at one step and uses at another` {
  @Test(arguments: ["memcpy", "memmove", "structure", "large", "strcpy", "stpcpy", "strncpy"])
  func `is copied as it was when it was read`(function: String) throws {
    #expect(try Self.outcomes(function) == ["a", "b", "c"])
  }

  @Test(arguments: ["strcat", "strncat"])
  func `is added as it was, where the text ended`(function: String) throws {
    #expect(try Self.outcomes(function) == ["a", "b", "c", "cb"])
  }

  @Test func `is copied to where it ends at the step, not before`() throws {
    #expect(try Self.outcomes("grown") == ["a", "ab", "c", "cb"])
  }

  @Test func `is moved whole where the places overlap`() throws {
    #expect(try Self.outcomes("overlapping") == ["xabcdf", "xxbcdf"])
  }

  /// Only the older bytes of the one and the newer ones of the other are the same.
  @Test(arguments: [
    ("strcmp", ["-1", "0", "1"]), ("strncmp", ["-1", "0", "1"]), ("memcmp", ["-1", "0", "1"]),
    ("bcmp", ["-1", "0", "1"]), ("strstr", ["0", "1"]),
  ])
  func `is compared as it was`(function: String, outcomes: [String]) throws {
    #expect(try Self.outcomes(function) == outcomes)
  }

  @Test func `is the same in a replay`() throws {
    let page = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("copies.c"))
      $LOCKSTEP check --ignore dataRace --ignore lostUpdate --schedules here $program structure late
      for file in here/*.schedule; do $LOCKSTEP replay $file $program structure late; done
      """)
    #expect(page.code == 1, "\(page)")
    #expect(page.output.contains("the program ended with 1"), "\(page.output)")
    #expect(page.output.contains("the same execution 10 of 10 times"), "\(page.output)")
  }

  private static func outcomes(_ function: String) throws -> [String] {
    let options = "--ignore dataRace --ignore lostUpdate"
    let (unit, outcome) = try CheckedProgram.check("copies.c", function, options: options)
    #expect(unit.complete && unit.blocked == 0, "\(outcome)")
    return unit.outcomes.keys.sorted()
  }
}
