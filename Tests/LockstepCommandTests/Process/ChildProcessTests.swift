import Foundation
import Testing

@testable import LockstepCommand

// Serialized: while a child runs, the signals of the whole process are its own.
@Suite(.serialized) struct `A child process` {
  private func shell(_ script: String, environment: [String: String] = [:]) throws -> (
    outcome: ChildProcess.Outcome, output: Data
  ) {
    try ChildProcess.run(
      "/bin/sh", arguments: ["-c", script], environment: environment, standardOutput: .captured)
  }

  @Test(arguments: [0, 1, 3, 255] as [Int32])
  func `its exit code arrives`(code: Int32) throws {
    #expect(try shell("exit \(code)").outcome == ChildProcess.Outcome(code: code))
  }

  @Test func `a signal that ends it arrives as shells say it`() throws {
    #expect(try shell("kill -KILL $$").outcome.code == 137)
  }

  @Test func `its output and its environment are what was asked for`() throws {
    let result = try shell("printf '%s' \"$LOCKSTEP_TRIAL\"", environment: ["LOCKSTEP_TRIAL": "é="])
    #expect(String(decoding: result.output, as: UTF8.self) == "é=")
  }

  @Test func `output larger than a pipe arrives whole`() throws {
    #expect(try shell("head -c 300000 /dev/zero").output.count == 300_000)
  }

  @Test func `an interrupt is handed on and told`() async {
    // In a process of its own: whatever other tests run meanwhile would be interrupted, too.
    await #expect(processExitsWith: .success) {
      // A job in the background begins with interrupts ignored, which is then handed down, and what a
      // thread of Dispatch's starts with signals blocked.
      signal(SIGINT, SIG_DFL)
      var none = sigset_t()
      sigemptyset(&none)
      pthread_sigmask(SIG_SETMASK, &none, nil)
      let script = "trap 'exit 7' INT; kill -INT $PPID; for i in {1..600}; do sleep 0.05; done"
      let outcome = try ChildProcess.run("/bin/bash", arguments: ["-c", script]).outcome
      #expect(outcome == ChildProcess.Outcome(code: 7, forwarded: SIGINT))
      #expect(outcome.interruption?.rawValue == 130)
    }
  }

  @Test func `a program that is not there is an error`() {
    #expect(throws: CommandError.self) {
      try ChildProcess.run("/nowhere/swift", arguments: [])
    }
  }
}
