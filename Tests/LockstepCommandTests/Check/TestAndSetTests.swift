import Testing

@testable import LockstepCommand

@Suite struct `A lock of one bit` {
  @Test(arguments: [["-O0"], ["-O2"]], ["flag", "exchange", "or"])
  func `is explored to its end, by whatever sets the bit`(
    options: [String], how: String
  ) throws {
    let (unit, _) = try CheckedProgram.check("testandset.c", how, compiler: options)
    #expect(unit.findings.isEmpty, "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }

  @Test func `is found to be given up too early`() throws {
    let (unit, _) = try CheckedProgram.check("testandset.c", "early")
    #expect(unit.findings.map(\.kind).contains("lostUpdate"), "\(unit.findings.map(\.summary))")
    #expect(unit.complete)
  }
}
