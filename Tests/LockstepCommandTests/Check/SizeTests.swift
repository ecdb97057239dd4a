import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `Variables of unusual sizes` {
  static let names = [
    ("average", "average"), ("bits", "bits"), ("vector", "vector"), ("wide", "wide"),
    ("large", "large"), ("whole", "whole"),
  ]

  @Test(arguments: names, ["-O0", "-O2"])
  func `race, also where they are passed by value`(
    name: (program: String, variable: String), optimisation: String
  ) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "sizes.c", name.program, compiler: [optimisation])
    #expect(outcome.code == 1, "\(outcome)")
    let finding = try #require(unit.findings.first, "\(outcome)")
    #expect(finding.kind == (name.program == "large" ? "dataRace" : "lostUpdate"))
    #expect(finding.summary.contains(name.variable))
    #expect(finding.summary.contains("addTo"))
    #expect(finding.events.contains { $0.file?.hasSuffix("sizes.c") == true })
  }

  @Test(arguments: names, ["-O0", "-O2"])
  func `are ordered by locks`(
    name: (program: String, variable: String), optimisation: String
  ) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "sizes.c", name.program, "locked", compiler: [optimisation])
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.executions == 2)
  }

  private static let hasVectors =
    (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.contains(" avx2 ") == true

  @Test(.enabled(if: hasVectors), arguments: ["assembly", "masked"])
  func `make no pass where it cannot be told which bytes are meant`(program: String) throws {
    let (unit, outcome) = try CheckedProgram.check("sizes.c", program, "locked")
    #expect(outcome.code == 3, "\(outcome)")
    #expect(unit.incompleteBecause.contains("uncontrolled"))
    #expect(outcome.output.contains("in '\(program)'"), "\(outcome)")
  }
}
