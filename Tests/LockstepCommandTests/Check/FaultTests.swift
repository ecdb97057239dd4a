import Foundation
import Testing

@testable import LockstepCommand

/// Programs that crash, hang, exit, fork, flood, leak and eat: each ends in a verdict or an error.
@Suite(.serialized) struct `Programs that misbehave` {
  /// All of them are tried where this is set; otherwise one of so many.
  static let share =
    ProcessInfo.processInfo.environment["LOCKSTEP_TEST_FAULTS"] == "all" ? 1 : 9

  @Test func `are explored to a verdict or a clear error, and nothing is left behind`() throws {
    let program = try CheckedProgram.path("faults.c")
    let list = try BuiltCommand.shell("\(program) list")
    let behaviours = list.output.split(separator: "\n").map(String.init)
    try #require(behaviours.count > 60)
    var variations: [String] = []
    for behaviour in behaviours {
      for place in ["main", "thread"] {
        for time in ["early", "late"] {
          for strategy in ["exhaustive", "random"] {
            variations.append(
              "--strategy \(strategy) ./faults-\(getpid()) \(behaviour) \(place) \(time)")
          }
        }
      }
    }
    #expect(variations.count > 500)
    for (index, variation) in variations.enumerated() where index % Self.share == 0 {
      try expectVerdict(variation, of: program)
    }
  }

  private func expectVerdict(_ variation: String, of program: String) throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(program) ./faults-\(getpid())
      timeout -s KILL 50 $LOCKSTEP check --json --time-limit 1 --budget 1 --memory-limit 256 \
        \(variation) > out 2> errors; code=$?
      none() { ! pgrep -r D,R,S,T -ax faults-\(getpid()); }
      eventually none || echo left
      echo "code $code"; cat out; cat errors >&2
      """, seconds: 60)
    #expect(!outcome.output.contains("left\n"), "\(variation): \(outcome)")
    let code = outcome.output.prefix { $0 != "\n" }
    if code == "code 2" {
      #expect(outcome.errors.contains("lockstep: error: "), "\(variation): \(outcome)")
      return
    }
    let json = outcome.output.drop { $0 != "\n" }
    let unit = try #require(
      try? JSONUnit.units(String(json)).first, "\(variation): \(outcome)")
    let expected = unit.findings.isEmpty ? ["code 0", "code 3"] : ["code 1"]
    #expect(expected.contains(String(code)), "\(variation): \(outcome)")
    // Nothing that was not explored is a pass.
    if code == "code 0" { #expect(unit.executions > 0, "\(variation): \(outcome)") }
    if unit.verdict == "pass" { #expect(unit.complete && unit.uncontrolled.isEmpty) }
  }

  @Test(arguments: [
    ("crashNull", "crash", "SIGSEGV"), ("crashAssert", "crash", "SIGABRT"),
    ("crashStack", "crash", "SIGSEGV"), ("crashFreeTwice", "crash", "twice"),
    ("signalKill", "crash", "SIGKILL"), ("exitThree", "exitStatus", "ended with 3"),
    ("exitCrash", "crash", "SIGABRT"), ("hangLock", "deadlock", "Deadlock"),
    ("hangShared", "livelock", "Livelock"),
  ])
  func `are told what they did`(behaviour: String, kind: String, words: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "faults.c", behaviour, "thread", "late", options: "--budget 5 --time-limit 2")
    #expect(outcome.code == 1)
    let finding = try #require(unit.findings.first { $0.kind == kind }, "\(outcome)")
    #expect(finding.summary.contains(words), "\(finding.summary)")
  }

  @Test(arguments: [
    ("forkExit", "fork"), ("execTrue", "execve"), ("execFile", "fexecve"), ("execSystem", "system"),
    ("execShell", "popen"), ("execSpawn", "posix_spawn"),
    ("hangPipe", "a wait in the kernel: read"),
    ("hangPause", "a wait in the kernel: pause"),
  ])
  func `are told what of it is not controlled`(behaviour: String, name: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "faults.c", behaviour, "main", "early",
      options: "--budget 5 --time-limit 1 --ignore lostUpdate --ignore dataRace")
    #expect(outcome.code == 3)
    #expect(unit.verdict == "inconclusive")
    #expect(unit.uncontrolled.contains(name), "\(unit.uncontrolled)")
  }
}
