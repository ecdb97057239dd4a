import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `what a program reads that nobody gave it` {
  @Test(arguments: [
    ("getrandom", "getrandom at inputs.cpp:"), ("getentropy", "getentropy at inputs.cpp:"),
    ("syscall", "getrandom at inputs.cpp:"), ("device", "/dev/urandom at inputs.cpp:"),
    ("random_device", "std::random_device"), ("arc4random", "arc4random at inputs.cpp:"),
  ])
  func `is the same in each execution, where it is random`(what: String, note: String) throws {
    let outcome = try CheckedProgram.shell(
      """
      program=\(try CheckedProgram.path("inputs.cpp"))
      $LOCKSTEP check $program \(what); $LOCKSTEP check --json $program \(what) > first
      $LOCKSTEP check --json $program \(what) > second; grep outcomes first second
      """)
    let lines = outcome.output.split(separator: "\n")
    #expect(outcome.output.contains("random numbers are the same in each execution: \(note)"))
    let texts = lines.filter { $0.contains("outcomes") }.map { $0.drop { $0 != "{" } }
    #expect(texts.count == 2)
    #expect(Set(texts).count == 1)
    #expect(texts.allSatisfy { $0.contains("different") }, "\(texts)")
  }

  @Test(arguments: [("getpid", "alike"), ("gettid", "different")])
  func `is named where outcomes differ`(what: String, relation: String) throws {
    let program = try CheckedProgram.path("inputs.cpp")
    let outcome = try CheckedProgram.shell("$LOCKSTEP check \(program) \(what)")
    #expect(
      outcome.output.contains(
        "note: the program read what may differ from one execution to the next: \(what) at "
          + "inputs.cpp:"), "\(outcome)")
    let (unit, _) = try CheckedProgram.check("inputs.cpp", what)
    #expect(unit.outcomes.keys.allSatisfy { $0.hasPrefix(relation) }, "\(unit.outcomes)")
  }

  @Test func `is named where the program is not the same twice`() throws {
    let program = try CheckedProgram.path("inputs.cpp")
    let outcome = try CheckedProgram.shell(
      "echo > grown; $LOCKSTEP check \(program) file grown; rm grown")
    #expect(outcome.output.contains("Nondeterminism: "), "\(outcome)")
    #expect(outcome.output.contains("open of 'grown' at inputs.cpp:"), "\(outcome)")
  }
}
