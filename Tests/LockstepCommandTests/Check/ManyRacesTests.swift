import Testing

@testable import LockstepCommand

@Suite struct `Races that have no report of their own` {
  @Test func `are named by their lines, below those that have one`() throws {
    let outcome = try CheckedProgram.shell(
      "$LOCKSTEP check --budget 3 \(try CheckedProgram.path("races.c"))")
    #expect(outcome.code == 1)
    #expect(outcome.output.contains("Lost update: "), "\(outcome)")
    let note = try #require(
      outcome.output.split(separator: "\n").first { $0.contains("more data race") }, "\(outcome)")
    // The look at what is lost, and the variables after the third.
    #expect(note.contains("races.c:9 and races.c:15"), "\(note)")
    #expect(note.split(separator: "races.c:10 and races.c:").count > 2, "\(note)")
  }

  @Test func `are not named where those that are shown are at the same lines`() throws {
    let outcome = try CheckedProgram.shell(
      "$LOCKSTEP check \(try CheckedProgram.path("race.c")) 1")
    #expect(outcome.output.contains("Lost update: "), "\(outcome)")
    #expect(!outcome.output.contains("more data race"), "\(outcome)")
  }
}
