import ExploredPrograms
import Lockstep
import Testing

/// What is changed in place is changed by a library, of which only that much is seen.
@Suite struct `A check of a collection` {
  typealias Program = (name: String, outcomes: Set<Int>, body: @Sendable () -> Int)

  @Test(
    arguments: [
      ("loadedTwice", [1, 2], loadedTwice), ("guestsBeyondRoom", [1, 2], guestsBeyondRoom),
      ("takenToTheLast", [0, 1], takenToTheLast),
    ] as [Program])
  func `is found if another critical section changes it on the strength of that`(
    program: Program
  ) throws {
    let exploration = try exploredAndReplayed(program.name, program.body)
    #expect(Set(exploration.outcomes.keys) == program.outcomes)
    #expect(exploration.findings.map(\.kind) == ["atomicity"], "\(exploration)")
  }

  @Test(
    arguments: [
      ("loadedAndCheckedAgain", [1, 2], loadedAndCheckedAgain), ("loadedApart", [2], loadedApart),
      ("insertedOnce", [1], insertedOnce), ("takenIfThere", [1], takenIfThere),
      ("linesOfLog", [2], linesOfLog),
    ] as [Program])
  func `is no finding if it is made again, or the change tells, or nothing rests on it`(
    program: Program
  ) throws {
    let exploration = try explored(named: program.name, program.body)
    #expect(Set(exploration.outcomes.keys) == program.outcomes)
    #expect(exploration.verdict == .pass, "\(exploration)")
    #expect(exploration.isComplete)
  }

  @Test func `is found if an actor waits between it and the change`() throws {
    let exploration = try exploredTask(.random(seed: 1), budget: .seconds(3)) {
      await loadedTwiceByTasks()
    }
    let finding = try #require(exploration.findings.first)
    #expect(finding.kind == "reentrancy", "\(exploration)")
    #expect(finding.summary.contains("TaskLoader.values"), "\(finding.summary)")
    let replayed = try exploredTask(.replay(finding.schedule)) { await loadedTwiceByTasks() }
    #expect(replayed.findings.map(\.text) == [finding.text])
  }

  @Test func `is no finding if the actor looks again after the wait`() throws {
    let exploration = try exploredTask(.random(seed: 1), budget: .seconds(3)) {
      await loadedAndCheckedAgainByTasks()
    }
    #expect(exploration.findings.isEmpty, "\(exploration)")
    #expect(exploration.executions > 100)
  }
}
