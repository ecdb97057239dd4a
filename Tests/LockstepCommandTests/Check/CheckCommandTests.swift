import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `lockstep check` {
  @Test(arguments: [(1, 4), (2, 34), (3, 328)])
  func `gives a whole program the executions and outcomes that a closure has`(
    increments: Int, classes: Int
  ) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "race.c", "\(increments)", options: "--strategy exhaustive --budget 100")
    #expect(outcome.code == 1)
    #expect(unit.executions == classes)
    #expect(unit.blocked == 0)
    #expect(unit.complete)
    #expect(unit.outcomes.values.reduce(0, +) == classes)
    let lab = try BuiltCommand.run("lab", "race 2x\(increments)", "--json")
    let closure = try JSONUnit.units(lab.output).first
    #expect(unit.outcomes == closure?.outcomes)
    let finding = try #require(unit.findings.first)
    #expect(finding.kind == "lostUpdate")
    #expect(finding.summary.contains("increment #1") && finding.summary.contains("total"))
    #expect(finding.events.contains { $0.file?.hasSuffix("race.c") == true && $0.line == 9 })
  }

  @Test(arguments: ["counter.cpp", "counter.swift"])
  func `finds what is planted in C++ and in Swift, with names and lines`(file: String) throws {
    let race = try CheckedProgram.check(file, "race")
    #expect(race.outcome.code == 1)
    #expect(race.unit.outcomes.keys.sorted() == ["1", "2"])
    #expect(race.unit.findings.map(\.kind) == ["lostUpdate"])
    let summary = try #require(race.unit.findings.first?.summary)
    #expect(summary.contains("increment #1") && summary.contains("total"), "\(summary)")
    #expect(race.unit.findings[0].events.contains { $0.file?.hasSuffix(file) == true })

    let deadlock = try CheckedProgram.check(file, "deadlock")
    #expect(deadlock.outcome.code == 1)
    #expect(deadlock.unit.findings.map(\.kind) == ["deadlock"])
    #expect(deadlock.unit.findings.first?.summary.contains(file) == true)

    let right = try CheckedProgram.check(file, "right")
    #expect(right.outcome.code == 0, "\(right.outcome)")
    #expect(right.unit.verdict == "pass")
    #expect(right.unit.complete)
    #expect(right.unit.outcomes.keys.sorted() == ["2"])
  }

  @Test func `passes a correct program in C, and tells its deadlocked sister`() throws {
    let right = try CheckedProgram.check("counted.c")
    #expect(right.outcome.code == 0)
    #expect(right.unit.verdict == "pass")
    #expect(right.unit.executions == 6)
    #expect(right.unit.instrumented)
    let deadlock = try CheckedProgram.check("deadlock.c")
    #expect(deadlock.outcome.code == 1)
    #expect(deadlock.unit.executions == 3)
    #expect(deadlock.unit.outcomes == ["done": 2])
    #expect(deadlock.unit.findings.map(\.kind) == ["deadlock"])
  }

  @Test func `calls a deadlock one, where the threads' numbers were others' before`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(try CheckedProgram.path("deadlock.c")) ./program
      $LOCKSTEP check --json ./program 70
      $LOCKSTEP replay .lockstep/program-deadlock-1.schedule >&2
      """)
    let unit = try #require(try JSONUnit.units(outcome.output).first, "\(outcome)")
    #expect(unit.findings.map(\.kind) == ["deadlock"], "\(outcome)")
    #expect(unit.executions == 3)
    #expect(outcome.errors.contains("the same execution 10 of 10 times"), "\(outcome)")
    #expect(outcome.errors.contains("Deadlock: "), "\(outcome)")
  }

  @Test func `gives every execution the whole input, the arguments and a clean environment`() throws
  {
    let (unit, outcome) = try CheckedProgram.check(
      "echo.c", "a word", options: "--strategy random --budget 1", input: "<(printf 'one\\ntwo\\n')"
    )
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.executions > 10)
    #expect(unit.outcomes.keys.sorted() == ["ONE | TWO | 2 of a word alone"])
  }

  @Test func `lets threads go on that main leaves behind, and then its handlers of exit`() throws {
    let (unit, outcome) = try CheckedProgram.check("leave.c")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.verdict == "pass")
    #expect(unit.outcomes.keys.sorted() == ["work 1"])
  }

  @Test func `says of a program without instrumentation what it cannot see`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cc -g -pthread \(CheckedProgram.folder)/race.c -o plain
      cc -g -pthread \(CheckedProgram.folder)/deadlock.c -o locks
      $LOCKSTEP check --json ./plain > plain.json; echo $?
      $LOCKSTEP check --json ./locks > locks.json; echo $?
      cat plain.json locks.json
      """)
    let lines = outcome.output.split(separator: "\n", maxSplits: 2).map(String.init)
    #expect(lines.prefix(2) == ["3", "1"])
    #expect(outcome.errors.contains("was not built by 'lockstep build'"))
    #expect(lines.last?.contains("\"uninstrumented\"") == true)
    #expect(lines.last?.contains("\"deadlock\"") == true)
  }

  @Test func `refuses what it cannot explore, and says why`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cc -static -pthread \(CheckedProgram.folder)/race.c -o static
      echo 'no program' > text; chmod +x text
      mkdir folder
      cp \(try CheckedProgram.path("race.c")) locked; chmod -x locked
      for each in ./static ./text ./folder ./locked ./missing missing; do
        $LOCKSTEP check --json $each > /dev/null 2> message; echo "$?"
        grep -q lockstep: message || echo "no message for $each"
      done
      """)
    #expect(outcome.output.split(separator: "\n") == ["3", "2", "2", "2", "2", "2"], "\(outcome)")
  }

  @Test(arguments: [
    "--strategy sideways", "--budget 0", "--step-limit 0", "--time-limit 0", "--ignore nothing", "",
  ])
  func `with what it does not know is a usage error`(options: String) throws {
    let program = options.isEmpty ? "" : "./program"
    let outcome = try CheckedProgram.shell("$LOCKSTEP check \(options) \(program)")
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("Error: "))
  }

  @Test func `takes an expected exit status for none, and differing outcomes for a finding`() throws
  {
    let three = try CheckedProgram.check(
      "faults.c", "exitThree", "main", "late",
      options: "--exit-status 3 --ignore lostUpdate --ignore dataRace")
    #expect(three.outcome.code == 0, "\(three.outcome)")
    #expect(three.unit.findings.isEmpty)
    let outcomes = try CheckedProgram.check(
      "race.c", "1", options: "--one-outcome --ignore lostUpdate --ignore dataRace")
    #expect(outcomes.outcome.code == 1)
    #expect(outcomes.unit.findings.map(\.kind) == ["outcomes"])
  }

  @Test func `is no pass where what ended it is ignored`() throws {
    let (unit, outcome) = try CheckedProgram.check(
      "faults.c", "crashNull", "thread",
      options: "--require-complete --ignore crash --ignore lostUpdate --ignore dataRace")
    #expect(outcome.code == 3, "\(outcome)")
    #expect(unit.findings.isEmpty && !unit.complete)
    #expect(unit.verdict == "inconclusive")
    #expect(unit.incompleteBecause == ["budget"])
  }

  @Test func `ends at ctrl-C with what it has found, and leaves no process behind`() throws {
    let program = try CheckedProgram.path("race.c")
    let outcome = try CheckedProgram.shell(
      """
      cp \(program) ./stopped-race
      set -m  # Else the shell has its background jobs ignore interrupts.
      $LOCKSTEP check --json --strategy random --budget 60 --schedules found ./stopped-race 9 \
        > out & pid=$!
      eventually filled found; kill -INT $pid; wait $pid; echo "code $?"
      none() { ! pgrep -r D,R,S,T -x stopped-race; }
      eventually none || echo left
      cat out
      """, seconds: 60)
    #expect(outcome.output.hasPrefix("code 130\n["), "\(outcome)")
    #expect(outcome.output.contains("\"lostUpdate\""))
    #expect(outcome.elapsed < .seconds(40))
  }

  @Test func `leaves no process behind when it is killed itself`() throws {
    let program = try CheckedProgram.path("race.c")
    let outcome = try CheckedProgram.shell(
      """
      cp \(program) ./killed-race
      $LOCKSTEP check --strategy random --budget 60 --schedules found ./killed-race 9 > out & pid=$!
      eventually filled found; kill -KILL $pid; wait $pid 2> /dev/null
      none() { ! pgrep -r D,R,S,T -x killed-race; }
      eventually none || echo left
      # What was found before is there to be replayed.
      $LOCKSTEP replay found/* > replayed; echo "code $?"; grep -c "Lost update" replayed
      echo over
      """, seconds: 60)
    #expect(outcome.output == "code 1\n1\nover\n", "\(outcome)")
  }

  @Test func `goes on where schedules cannot be written, and says so`() throws {
    let outcome = try CheckedProgram.shell(
      "$LOCKSTEP check --schedules /proc/none \(try CheckedProgram.path("race.c")) 1")
    #expect(outcome.code == 1)
    #expect(outcome.output.contains("Lost update"))
    #expect(outcome.errors.contains("/proc/none"))
  }
}
