import Foundation
import LockstepEngine
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `lockstep replay` {
  @Test(arguments: [("deadlock.c", "deadlock"), ("race.c", "lostUpdate"), ("counter.swift", "")])
  func `of a file gives the same execution each time`(file: String, kind: String) throws {
    let program = try CheckedProgram.path(file)
    let argument = file == "counter.swift" ? "deadlock" : ""
    let outcome = try CheckedProgram.shell(
      """
      cp \(program) ./program
      $LOCKSTEP check ./program \(argument) > page; ls .lockstep
      $LOCKSTEP replay .lockstep/program-*-1.schedule; echo "code $?"
      """)
    #expect(outcome.output.hasPrefix("program-\(kind.isEmpty ? "deadlock" : kind)-1.schedule\n"))
    #expect(outcome.output.contains("fail, 1 execution, of one schedule\n"), "\(outcome)")
    #expect(outcome.output.contains("note: the same execution 10 of 10 times"), "\(outcome)")
    #expect(outcome.output.hasSuffix("code 1\n"))
  }

  @Test func `follows a schedule in a program that was built anew, as far as it goes`() throws {
    let outcome = try CheckedProgram.shell(
      """
      cp \(CheckedProgram.folder)/deadlock.c program.c
      $LOCKSTEP build program.c && $LOCKSTEP check ./program > page
      cp \(CheckedProgram.folder)/counted.c program.c
      $LOCKSTEP build program.c && $LOCKSTEP replay .lockstep/program-deadlock-1.schedule
      echo "code $?"
      """)
    #expect(outcome.output.contains("the program was built anew since the schedule was found"))
    #expect(outcome.output.contains("the schedule was left at step"), "\(outcome)")
    #expect(outcome.output.hasSuffix("code 0\n"), "\(outcome)")
  }

  @Test func `of a file finds the program beside it, and knows the options it was explored with`()
    throws
  {
    let program = try CheckedProgram.path("faults.c")
    let outcome = try CheckedProgram.shell(
      """
      cp \(program) ./program
      $LOCKSTEP check --exit-status 3 --spurious-wakeups ./program crashNull thread late > page
      file=$PWD/.lockstep/program-crash-1.schedule
      grep -c -e 'exit status: 3' -e 'spurious wakeups: yes' $file
      cd /; $LOCKSTEP replay $file; echo "code $?"
      """)
    #expect(outcome.output.hasPrefix("2\n"), "\(outcome)")
    #expect(outcome.output.contains("the same execution 10 of 10 times"), "\(outcome)")
    #expect(outcome.output.hasSuffix("code 1\n"))
  }

  @Test func `of what is no schedule is an error`() throws {
    let program = try CheckedProgram.path("race.c")
    let outcome = try CheckedProgram.shell(
      """
      $LOCKSTEP check \(program) > page; file=$(ls .lockstep/*-1.schedule); token=$(sed -n \
        's/^schedule: //p' $file)
      head -c 40 $file > short; echo nonsense > nonsense; sed 's/schedule 1/schedule 9/' $file > new
      for each in short nonsense new missing; do
        $LOCKSTEP replay $each \(program) 2> error; echo "$?"
        grep -q 'lockstep: error: ' error || echo "no error for $each"
      done
      for each in "${token%??????}" "${token}AAAA" "L1-AAAA" "L9-$token"; do
        $LOCKSTEP replay "$each" \(program) > out 2> error; echo "$?"
        grep -q 'lockstep: error: ' error || cat out error
      done
      $LOCKSTEP replay $token 2> error; echo "$?"
      $LOCKSTEP replay $token \(program) with other arguments 2> error; echo "$?"
      """)
    #expect(
      outcome.output == String(repeating: "2\n", count: 10), "\(outcome)")
  }

  @Test func `takes no altered file for another schedule`() throws {
    let file = ScheduleFile(
      program: "bank", arguments: ["a b", "c\\\nd"], unit: "bank a b", finding: "deadlock",
      summary: "Deadlock: one holds \\ and\nwaits", token: token)
    #expect(try ScheduleFile(text: file.text, path: "file") == file)
    let bytes = Array(file.text.utf8)
    var generator = SplitMix64(seed: 7)
    var read = 0
    for _ in 0..<100_000 {
      var altered = bytes
      for _ in 0..<Int.random(in: 1...4, using: &generator) where !altered.isEmpty {
        let place = Int.random(in: 0..<altered.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: altered[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: altered.remove(at: place)
        case 2: altered.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        default: altered.removeLast(altered.count - place)
        }
      }
      let text = String(decoding: altered, as: UTF8.self)
      guard let known = try? ScheduleFile(text: text, path: "file"),
        let schedule = try? Schedule.decode(known.token)
      else { continue }
      read += 1
      // The token has a sum of itself: whatever else was altered, it is the same schedule.
      #expect(schedule.token == token)
    }
    // Words may change, the schedule may not.
    #expect(read > 1000)
  }

  private let token = Schedule(
    deviations: [
      .init(step: 3, thread: ThreadID(2), kind: .lock, objectHash: 17),
      .init(step: 9, thread: ThreadID(1), kind: .write, objectHash: 99),
    ], stepCount: 12, traceHash: 1 << 60 | 5, build: 77, test: 33
  ).token
}
