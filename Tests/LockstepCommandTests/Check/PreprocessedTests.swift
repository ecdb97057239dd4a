import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `A preprocessed program` {
  @Test func `whose source is not there has its lines and names`() throws {
    let (unit, outcome) = try CheckedProgram.check("gone.i")
    let finding = try #require(unit.findings.first { $0.kind == "lostUpdate" }, "\(outcome)")
    #expect(finding.threads == ["main", "work #1", "work #2"])
    #expect(finding.events.allSatisfy { $0.file?.hasSuffix("/gone.c") == true })
    #expect(finding.events.map(\.line).contains(6))
  }

  @Test func `may be in C++`() throws {
    let page = try CheckedProgram.shell(
      """
      printf '# 1 "gone.cc"\\nnamespace a { int b; }\\nint main() { return a::b; }\\n' > gone.ii
      $LOCKSTEP build gone.ii && ./gone
      """)
    #expect(page.code == 0, "\(page)")
  }
}
