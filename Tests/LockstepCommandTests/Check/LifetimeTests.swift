import Foundation
import Testing

@testable import LockstepCommand

@Suite(.serialized) struct `the lifetime of locks and the like` {
  @Test(arguments: [
    ("held", "Use after destruction: add used lock"),
    ("held", "Destroyed in use: main destroyed lock"),
    ("other", "Unlock by another: main gave up lock"),
    ("nobody", "which nobody holds"),
    ("waited", "Destroyed in use: main destroyed condition"),
    ("waited", "Use after destruction: awaitReady used condition"),
    ("semaphore", "Destroyed in use: main destroyed semaphore"),
    ("rwlock", "Use after destruction: work used shared"),
    ("inside", "Use after free: work used account"),
    ("inside", "Destroyed in use: main destroyed account"),
    ("late", "Initialised in use: main initialised lock"),
    ("late condition", "Initialised in use: main initialised condition"),
    ("late semaphore", "Initialised in use: main initialised semaphore"),
  ])
  func `ends for all threads`(what: String, sentence: String) throws {
    let (unit, outcome) = try CheckedProgram.check("lifetimes.c", what)
    #expect(outcome.code == 1)
    #expect(unit.findings.contains { $0.summary.contains(sentence) }, "\(unit.findings)")
    #expect(unit.findings.allSatisfy { ["lockMisuse", "useAfterFree"].contains($0.kind) })
    #expect(unit.findings.allSatisfy { $0.summary.contains("lifetimes.c:") })
  }

  @Test func `is told as one step`() throws {
    let outcome = try CheckedProgram.shell(
      "$LOCKSTEP check \(try CheckedProgram.path("lifetimes.c")) twice mutex later")
    #expect(outcome.output.contains("destroy lock"), "\(outcome)")
    #expect(!outcome.output.contains("unlock lock"), "\(outcome)")
  }

  @Test(arguments: ["mutex", "condition", "rwlock", "semaphore"], ["later", ""])
  func `ends once`(which: String, when: String) throws {
    let (unit, outcome) = try CheckedProgram.check(
      "lifetimes.c", "twice", which, when)
    #expect(outcome.code == 1)
    #expect(unit.findings.map(\.kind).contains("lockMisuse"), "\(unit.findings)")
    let sentences = ["Use after destruction: ", "Destroyed in use: "]
    #expect(
      unit.findings.contains { sentences.contains(where: $0.summary.hasPrefix) },
      "\(unit.findings)")
  }

  @Test(arguments: ["right", "again"])
  func `ends well where nobody uses them any more`(what: String) throws {
    let (unit, outcome) = try CheckedProgram.check("lifetimes.c", what)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.verdict == "pass")
    #expect(unit.executions == 1)
  }

  @Test func `ends well where those that waited were woken before`() throws {
    let (unit, outcome) = try CheckedProgram.check("lifetimes.c", "signalled")
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.executions > 1)
  }

  @Test func `is the same in each replay`() throws {
    let program = try CheckedProgram.path("lifetimes.c")
    let outcome = try CheckedProgram.shell(
      """
      for what in held other waited inside late "twice semaphore"; do
        $LOCKSTEP check \(program) $what > page
        set -- .lockstep/*-1.schedule
        $LOCKSTEP replay $1 \(program) $what; rm -r .lockstep
      done
      """)
    let count = outcome.output.components(separatedBy: "the same execution 10 of 10 times").count
    #expect(count == 7, "\(outcome)")
  }

  @Test func `is the same in each replay where it shows late that a block is shared`() throws {
    let program = try CheckedProgram.path("handed.c")
    let outcome = try CheckedProgram.shell(
      """
      $LOCKSTEP check \(program) > page
      for each in .lockstep/*.schedule; do $LOCKSTEP replay $each \(program); done
      ls .lockstep/*.schedule | wc -l
      """)
    let same = outcome.output.components(separatedBy: "the same execution 10 of 10 times").count - 1
    let findings = outcome.output.split(separator: "\n").last.flatMap { Int($0) }
    #expect(same == findings, "\(outcome)")
    #expect(same > 1)
  }

  @Test(arguments: ["again", "by two"]) func `ends for a thread with its join`(how: String) throws {
    let (unit, outcome) = try CheckedProgram.check("joins.c", how)
    #expect(outcome.code == 1)
    #expect(unit.findings.map(\.kind) == ["crash"], "\(unit.findings)")
    #expect(
      unit.findings.first?.summary.contains("joining a thread that was joined before") == true,
      "\(unit.findings)")
  }

  @Test(arguments: ["", "detached"]) func `is a thread's until it is joined or detached`(
    how: String
  ) throws {
    let (unit, outcome) = try CheckedProgram.check("joins.c", how)
    #expect(outcome.code == 0, "\(outcome)")
    #expect(unit.complete)
  }
}
