import Foundation
import Testing

@testable import LockstepCommand

@Suite(
  .serialized,
  .enabled(if: Toolchain.locate("gdb", path: "/usr/local/bin:/usr/bin:/bin") != nil, "gdb"))
struct `lockstep replay --debugger` {
  @Test(arguments: [
    ("race.c 1", "lostUpdate", "increment (count=0x1)", "race.c:9"),
    ("deadlock.c", "deadlock", "forward", "deadlock.c:11"),
    ("faults.c crashNull thread late", "crash", "crashNull", "faults.c:27"),
    ("faults.c crashAssert thread late", "crash", "crashAssert", "faults.c:29"),
    ("faults.c crashFreeTwice thread late", "crash", "crashFreeTwice", "faults.c:41"),
    ("faults.c exitThree thread late", "exitStatus", "exitThree", "faults.c:72"),
    ("counter.swift race", "lostUpdate", "increment", "counter.swift:9"),
    ("counter.swift deadlock", "deadlock", "transfer", "counter.swift:23"),
  ])
  func `stops in the thread and at the line of the finding`(
    program: String, kind: String, function: String, place: String
  ) throws {
    let words = program.split(separator: " ").map(String.init)
    let outcome = try CheckedProgram.shell(
      """
      cp \(try CheckedProgram.path(words[0])) ./program
      $LOCKSTEP check ./program \(words.dropFirst().joined(separator: " ")) > page
      $LOCKSTEP replay .lockstep/program-\(kind)-1.schedule --debugger < /dev/null; echo "code $?"
      none() { ! ls -l /proc/[0-9]*/exe | grep -F "$PWD/program"; }
      eventually none || echo left
      """)
    // Where gdb says what it has selected, and in the backtrace.
    let frames = outcome.output.split(separator: "\n").filter {
      $0.hasPrefix("#") && $0.contains(function) && $0.hasSuffix("/" + place)
    }
    #expect(frames.count == 2, "\(outcome)")
    #expect(outcome.errors.contains("lockstep: gdb stops "))
    #expect(outcome.errors.contains(" at \(place)"))
    #expect(outcome.output.hasSuffix("code 1\n"), "\(outcome)")
  }

  @Test func `shows the variables before the step, and where every other thread stands`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(try CheckedProgram.path("deadlock.c")) ./program
      $LOCKSTEP check ./program > page
      $LOCKSTEP replay --debugger --debugger-command 'thread apply all backtrace' \
        .lockstep/program-deadlock-1.schedule
      cp \(try CheckedProgram.path("race.c")) ./program
      $LOCKSTEP check ./program 1 > page
      $LOCKSTEP replay --debugger --debugger-command 'print total' --debugger-command 'up' \
        .lockstep/program-lostUpdate-1.schedule
      """)
    #expect(outcome.output.contains(/in forward .*deadlock.c:11\n/), "\(outcome)")
    #expect(outcome.output.contains(/in backward .*deadlock.c:19\n/), "\(outcome)")
    #expect(outcome.output.contains(/in main .*deadlock.c:37\n/), "\(outcome)")
    // The other thread has written, and this one is about to write the same.
    #expect(outcome.output.contains("$1 = 1\n"), "\(outcome)")
  }

  @Test func `is understood behind the schedule, and behind a token's program`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(try CheckedProgram.path("race.c")) ./program
      $LOCKSTEP check ./program 1 > page; file=$(ls .lockstep/*.schedule)
      token=$(sed -n 's/^schedule: //p' $file)
      gdb() { "$@" --debugger-command 'print 40 + 2' 2> /dev/null < /dev/null | grep -c ' = 42'; }
      gdb $LOCKSTEP replay --debugger $file
      gdb $LOCKSTEP replay $file --times 2 --debugger
      $LOCKSTEP replay $token --debugger --times 2 ./program 1 < /dev/null 2> /dev/null | grep -c '^#0'
      $LOCKSTEP replay $token ./program 1 --debugger < /dev/null 2> /dev/null | grep -c '^#0'
      """)
    #expect(outcome.output == "1\n1\n1\n1\n", "\(outcome)")
  }

  @Test func `is an error without gdb, and without a use for it`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(try CheckedProgram.path("race.c")) ./program
      $LOCKSTEP check ./program 1 > page; file=$(ls .lockstep/*.schedule)
      PATH=/nowhere $LOCKSTEP replay --debugger $file; echo "$?"
      $LOCKSTEP replay --debugger --debugger-command nonsense $file > page; echo "$?"
      $LOCKSTEP replay --debugger --json $file; echo "$?"
      $LOCKSTEP replay --debugger-command print $file; echo "$?"
      """)
    #expect(outcome.output == "2\n2\n2\n2\n", "\(outcome)")
    #expect(outcome.errors.contains("'--debugger' needs gdb"))
    #expect(outcome.errors.contains("gdb ended with exit code 1"))
  }

  @Test func `says so where a schedule shows nothing to look at`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(CheckedProgram.folder)/deadlock.c program.c
      $LOCKSTEP build program.c && $LOCKSTEP check ./program > page
      cp \(CheckedProgram.folder)/counted.c program.c
      $LOCKSTEP build program.c
      $LOCKSTEP replay .lockstep/program-deadlock-1.schedule --debugger; echo "code $?"
      """)
    #expect(outcome.errors.contains("gdb was not started"), "\(outcome)")
    #expect(outcome.output.hasSuffix("code 0\n"))
  }
}
