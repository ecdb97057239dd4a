import Foundation
import Testing

@testable import LockstepCommand

/// Waiting is no hang as long as anything can still come.
@Suite struct `Programs that only wait` {
  private func expectNoReport(of line: String) throws {
    let outcome = try BuiltCommand.shell(line, seconds: 60)
    #expect(outcome.code == 5)
    #expect(outcome.output == "ended\n")
    #expect(outcome.errors == "")
  }

  @Test(arguments: [
    "input", "socket", "sleep", "limit", "condition", "handler", "timer", "alarm", "shared",
    "handover",
  ])
  func `in C`(kind: String) throws {
    try expectNoReport(
      of: "(sleep 2.5; echo x) | $LOCKSTEP run \(HangProgram.path("quiet.c")) \(kind)")
  }

  @Test func `for Dispatch's timers, in Swift`() throws {
    try expectNoReport(of: "$LOCKSTEP run \(HangProgram.path("timers.swift"))")
  }

  @Test(.enabled(if: Toolchain.locate("python3", path: "/usr/bin") != nil, "needs python3"))
  func `for ctrl-C, in Python`() throws {
    try expectNoReport(
      of: "$LOCKSTEP run /usr/bin/python3 \(HangProgram.folder)/events.py && exit 5")
  }
}
