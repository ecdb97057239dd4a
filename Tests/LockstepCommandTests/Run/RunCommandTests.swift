import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `A program under lockstep run` {
  @Test func `has its input, output, arguments and exit code`() throws {
    let outcome = try BuiltCommand.shell(
      "echo word | $LOCKSTEP run /bin/sh -c 'read w; echo \"$w $1\"; echo error >&2; exit 7' sh -x")
    #expect(outcome.code == 7)
    #expect(outcome.output == "word -x\n")
    #expect(outcome.errors == "error\n")
  }

  @Test func `that dies by a signal gives 128 and its number`() throws {
    #expect(try BuiltCommand.run("run", "/bin/sh", "-c", "kill -ABRT $$").code == 128 + SIGABRT)
  }

  @Test func `gets the signals that lockstep is sent`() throws {
    for signal in ["TERM", "HUP", "USR1", "USR2"] {
      let outcome = try CheckedProgram.shell(
        """
        $LOCKSTEP run /bin/bash -c 'trap "echo got; exit 3" \(signal); echo > ready
          for i in {1..600}; do sleep 0.05; done' &
        eventually test -e ready; kill -\(signal) $!; wait $!
        """)
      #expect(outcome.code == 3, "\(signal)")
      #expect(outcome.output == "got\n", "\(signal)")
    }
  }

  @Test func `gets an interrupt once, from a terminal and from a person`() throws {
    let run = "$LOCKSTEP run \(try HangProgram.path("interrupted.c"))"
    // To lockstep alone, which hands it on.
    let alone = try CheckedProgram.shell(
      """
      set -m  # Else the shell has its background jobs ignore interrupts.
      \(run) & eventually test -e ready; kill -INT $!; wait $!
      """)
    #expect(alone.code == 3)
    #expect(alone.output == "got\n")
    // A terminal sends it to the whole group: lockstep must neither die of it nor send it again. `exec`,
    // since where SHELL is not set `script` takes sh, which would stay in the group and die of it.
    let terminal = try CheckedProgram.shell(
      """
      (eventually test -e ready; printf '\\003'; eventually test -e over) |
        script -qec "exec \(run)" /dev/null
      """)
    #expect(terminal.code == 3)
    #expect(terminal.output.components(separatedBy: "got").count == 2)
  }

  @Test func `does not outlive lockstep`() throws {
    let outcome = try BuiltCommand.shell(
      """
      $LOCKSTEP run /bin/sleep 987 & eventually child $!; child=$(child $!)
      [ -n "$child" ] || exit 8
      kill -KILL $!; wait $!; eventually gone $child || exit 9
      exit 4
      """)
    #expect(outcome.code == 4)
  }

  @Test func `that hangs is gone after the report, and what it started too`() throws {
    let outcome = try BuiltCommand.shell(
      """
      $LOCKSTEP run /bin/sh -c '/bin/sleep 986 & echo $!; \(HangProgram.path("leak.c"))'
      [ $? = 1 ] || exit 8
      """)
    #expect(outcome.code == 0)
    let child = try #require(Int32(outcome.output.split(separator: "\n").first ?? ""))
    let state = TaskState.fields(of: TaskState.text("/proc/\(child)/status") ?? "")["State"]
    #expect(state == nil || state?.hasPrefix("Z") == true)
  }

  @Test func `that hangs is left alone with --keep`() throws {
    let outcome = try CheckedProgram.shell(
      """
      $LOCKSTEP run --keep \(HangProgram.path("leak.c")) 2> errors & eventually grep Leaked errors
      gone "$(child $!)" && exit 8
      kill -TERM $!; wait $!; code=$?; cat errors >&2; exit $code
      """)
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("Leaked lock: toNobody took mutex 'bank'"))
    #expect(outcome.errors.components(separatedBy: "Leaked lock").count == 2)
  }

  @Test func `that ends passes in JSON, and its output goes elsewhere`() throws {
    let (unit, outcome) = try HangProgram.unit("/bin/sh", "-c", "echo out; exit 0")
    #expect(outcome.code == 0)
    #expect(unit.verdict == "pass")
    #expect(unit.incompleteBecause.isEmpty && unit.findings.isEmpty)
    #expect(outcome.errors == "out\n")
  }

  @Test func `that is linked statically is not run`() throws {
    let (unit, outcome) = try HangProgram.unit(
      HangProgram.path("cycle.c", options: ["-static"]))
    #expect(outcome.code == 3)
    #expect(unit.verdict == "inconclusive")
    #expect(unit.incompleteBecause == ["uninstrumented"])
    #expect(outcome.errors.contains("cannot be watched, since it is linked statically"))
  }

  @Test func `keeps a library that was to be preloaded before`() throws {
    let outcome = try BuiltCommand.shell(
      "LD_PRELOAD=libm.so.6 $LOCKSTEP run /bin/sh -c 'echo $LD_PRELOAD'")
    #expect(outcome.output.hasPrefix("libm.so.6:/"))
    #expect(outcome.errors == "")
  }

  @Test(arguments: [
    ("/nonexistent/program", "must be a program's path or a name that PATH leads to"),
    ("no-such-program-anywhere", "must be a program's path or a name that PATH leads to"),
    ("/etc/passwd", "must be a program that may be executed"),
    ("/tmp", "must be a program that may be executed"),
  ])
  func `must be one`(program: String, words: String) throws {
    let outcome = try BuiltCommand.run("run", program)
    #expect(outcome.code == 2)
    #expect(outcome.output == "")
    #expect(outcome.errors.hasPrefix("lockstep: error: '\(program)' \(words)"))
  }
}
