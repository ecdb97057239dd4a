import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `Places of steps` {
  /// A line of 0 is what compilers give to what is of no line, in all that is inlined there.
  @Test(arguments: ["none", "some"])
  func `that have no line are in the function, not in what runs it`(lines: String) throws {
    let (unit, outcome) = try CheckedProgram.check("lines.c", lines)
    let finding = try #require(unit.findings.first { $0.kind == "lostUpdate" }, "\(outcome)")
    #expect(finding.events.allSatisfy { Self.name($0.file) == "lines.c" }, "\(finding.events)")
    #expect(Set(finding.events.map(\.function)) == [lines])
  }

  @Test func `at which main ends are none of the runtime's`() throws {
    let (unit, outcome) = try CheckedProgram.check("lines.c", "failing")
    let finding = try #require(unit.findings.first { $0.kind == "exitStatus" }, "\(outcome)")
    #expect(finding.events.contains { $0.kind == "finish" && $0.file == nil })
    #expect(finding.events.allSatisfy { $0.file?.contains("CLockstepRuntime") != true })
  }

  @Test func `are in files whose paths say nothing twice`() throws {
    let page = try CheckedProgram.shell(
      """
      $LOCKSTEP build -w \(CheckedProgram.folder)/./lines.c -o program
      $LOCKSTEP check --json ./program some
      """)
    let unit = try #require(try JSONUnit.units(page.output).first)
    let files = Set(unit.findings.flatMap(\.events).compactMap(\.file))
    #expect(files == ["\(CheckedProgram.folder)/lines.c"])
  }

  private static func name(_ path: String?) -> String? {
    path?.split(separator: "/").last.map(String.init)
  }
}

@Suite(.serialized) struct `Names that a compiler changed` {
  @Test func `are those of the source where a variable was split`() throws {
    let (unit, outcome) = try CheckedProgram.check("lines.c", "split", compiler: ["-O2"])
    let finding = try #require(unit.findings.first { $0.kind == "lostUpdate" }, "\(outcome)")
    #expect(finding.summary.contains(" sums = "), "\(finding.summary)")
  }
}
