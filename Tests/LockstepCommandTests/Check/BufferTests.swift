import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `what the C library does with a program's memory` {
  static let functions = [
    "strlen", "strnlen", "strcmp", "strncmp", "strchr", "strrchr", "strstr", "strdup", "strndup",
    "memchr", "memcmp", "puts", "fputs", "fwrite", "write", "strcpy", "stpcpy", "strncpy",
    "strcat", "strncat", "sprintf", "snprintf", "memcpy", "read", "recv", "fgets", "fread",
    "pread", "qsort",
  ]

  @Test(arguments: functions) func `races with other uses of it`(function: String) throws {
    let (unit, outcome) = try CheckedProgram.check("buffers.c", function, input: Self.input)
    #expect(outcome.code == 1)
    let race = try #require(unit.findings.first { $0.kind == "dataRace" }, "\(unit.findings)")
    #expect(race.summary.contains(function == "qsort" ? "numbers" : "buffer"))
    let names = Set(race.events.compactMap(\.function))
    #expect(names.contains("main"))
    #expect(!names.isDisjoint(with: ["reads", "writes", "ascending"]), "\(race.events)")
  }

  @Test(arguments: functions) func `is ordered by locks`(function: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "buffers.c", function, "locked", input: Self.input)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.executions == 2)
  }

  private static let input = "\(CheckedProgram.folder)/buffers.c"
}

@Suite struct `what the kernel does with a program's memory` {
  @Test func `fails where there is none`() throws {
    let (unit, outcome) = try CheckedProgram.check("invalid.c")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(Array(unit.outcomes.keys) == ["0"])
  }
}

@Suite struct `Accesses of an optimised program` {
  private static let hasVectors =
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains(" avx2 ") == true

  @Test(.enabled(if: hasVectors)) func `are seen where loops could be made vectors of`() throws {
    let (unit, outcome) = try CheckedProgram.check(
      "vectors.c", options: "--budget 5", compiler: ["-O2", "-mavx2"])
    #expect(outcome.code == 1, "\(outcome)")
    #expect(unit.findings.contains { $0.summary.contains("numbers") })
  }
}
