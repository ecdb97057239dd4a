import CLockstepRuntime
import ExploredPrograms
import Foundation
import LockstepReport
import Testing

@testable import LockstepExploration

/// That tasks are seen is proved once in each process, and the proof fails when it should.
@Suite struct `The proof that tasks are seen` {
  @Test func `holds with this version of Swift, again and again`() {
    for _ in 1...20 { #expect(TaskProof.run().unseen.isEmpty) }
  }

  @Test func `takes a few milliseconds`() {
    let clock = ContinuousClock()
    let best = (1...5).map { _ in clock.measure { _ = TaskProof.run() } }.min()
    #expect(best.map { $0 < .milliseconds(100) } == true, "\(String(describing: best))")
  }

  @Test(arguments: TaskProof.expected.indices)
  func `fails, and says what is missing, when a source is withheld`(index: Int) {
    let (evidence, name) = TaskProof.expected[index]
    let proof = TaskProof.run(withholding: [evidence])
    #expect(proof.unseen.contains("Swift tasks: \(name) is not seen"), "\(proof)")
  }

  /// Without the mark, the rest of the arrangement arrives: nothing else would have told.
  @Test func `tells a mark at a task's end that is missing from all else`() {
    let proof = TaskProof.run(withholding: [LKS_EVIDENCE_RELEASE_END])
    #expect(proof.unseen == ["Swift tasks: the mark at a task's end is not seen"])
  }

  /// A body whose end was not seen leaves its memory to the process's own tasks, which must go on.
  @Test func `leaves the tasks of the process alone, whatever it missed of its own`() async {
    // In a process whose tasks have nobody to wait for but one another.
    await #expect(processExitsWith: .success) {
      alarm(100)
      for _ in 1...100 { _ = TaskProof.run(withholding: [LKS_EVIDENCE_RELEASE_END]) }
      var sum = 0
      for number in 1...10_000 { sum += await Task.detached { number }.value }
      exit(sum == 50_005_000 ? EXIT_SUCCESS : EXIT_FAILURE)
    }
  }

  private func configuration() -> Configuration {
    var configuration = Configuration()
    configuration.strategy = .exhaustive
    configuration.probe = ExploredPrograms.probe
    configuration.unseenOfTasks = {
      TaskProof.run(withholding: [LKS_EVIDENCE_RELEASE_END]).unseen
    }
    return configuration
  }

  @Test func `leaves an exploration of tasks inconclusive where it fails`() throws {
    let exploration = try explore(configuration()) { await continuationOfThread() }
    #expect(exploration.isComplete)
    #expect(exploration.verdict == .inconclusive)
    #expect(exploration.reasons == [.uncontrolled])
    let name = "Swift tasks: the mark at a task's end is not seen"
    #expect(exploration.report.unit.uncontrolled == [name])
    #expect(exploration.report.notes.contains("not controlled: \(name)"))
  }

  @Test func `asks nothing of an exploration without tasks`() throws {
    var configuration = configuration()
    configuration.unseenOfTasks = {
      Issue.record("no task was used")
      return []
    }
    let exploration = try explore(configuration) { waitsForSignal() }
    #expect(exploration.verdict == .pass)
  }

  @Test func `is asked for where a plain closure starts a task`() throws {
    let exploration = try explore(configuration()) { startsTask() }
    #expect(exploration.verdict == .inconclusive, "\(exploration)")
    #expect(exploration.reasons == [.uncontrolled])
  }
}
