import ExploredPrograms
import Foundation
import Lockstep
import Testing

/// Generated programs on real threads, real mutexes and plain memory, against brute force.
@Suite struct `Generated programs on real threads` {
  static let seed: UInt64 = 2026
  static let batches = 10
  /// Programs of each batch.
  static let batchSize = 30

  @Test(arguments: 0..<batches)
  func `Every outcome and every deadlock of brute force is found, each class once`(
    batch: Int
  ) throws {
    for (index, program) in programs(batch: batch, count: Self.batchSize).enumerated() {
      let complaint = try complaint(about: program, named: "generated \(batch).\(index)")
      #expect(complaint == nil, "program \(batch).\(index): \(program.threads)")
    }
  }

  @Test func `The generated programs are worth the time`() {
    var deadlocking = 0
    var severalClasses = 0
    var three = 0
    for batch in 0..<Self.batches {
      for program in programs(batch: batch, count: Self.batchSize) {
        let expected = BruteForce(program)
        if expected.deadlockedClasses > 0 { deadlocking += 1 }
        if expected.classes > 1 { severalClasses += 1 }
        if program.threads.count == 3 { three += 1 }
      }
    }
    let count = Self.batches * Self.batchSize
    #expect(count >= 200)
    #expect(deadlocking >= 20)
    #expect(severalClasses >= count / 2)
    #expect((count / 3...count * 2 / 3).contains(three))
  }

  /// The fallback for where contexts cannot be adopted, in a process that is told to use it.
  @Test func `Kernel threads that hand control over give the same`() async {
    await #expect(processExitsWith: .success) {
      setenv("LOCKSTEP_HAND_OVER", "1", 1)
      for (index, program) in programs(batch: 0, count: 12).enumerated() {
        let complaint = try complaint(about: program, named: "handed over \(index)")
        if let complaint { print(complaint, program.threads) }
        #expect(complaint == nil)
      }
    }
  }
}

/// The programs of a batch.
func programs(batch: Int, count: Int) -> [SmallProgram] {
  var generator = SmallProgramGenerator(
    seed: `Generated programs on real threads`.seed &+ UInt64(batch) << 32)
  return (0..<count).map { _ in generator.program() }
}

/// What differs between an exploration and brute force, if anything does.
private func complaint(about program: SmallProgram, named name: String) throws -> String? {
  let expected = BruteForce(program)
  let exploration = try explored(named: name) { program.run() }
  let outcomes = Set(exploration.outcomes.keys)
  if outcomes != expected.outcomes {
    return """
      missing outcomes: \(expected.outcomes.subtracting(outcomes)), \
      too many: \(outcomes.subtracting(expected.outcomes)), \(exploration)
      """
  }
  let kinds = Set(exploration.findings.map(\.kind))
  let foundsStall = !kinds.isDisjoint(with: ["deadlock", "leakedLock"])
  if foundsStall != (expected.deadlockedClasses > 0) {
    return "\(expected.deadlockedClasses) deadlocked classes, found: \(kinds), \(exploration)"
  }
  if !exploration.isComplete { return "incomplete: \(exploration)" }
  let completed = exploration.outcomes.values.reduce(0, +)
  if exploration.executions != expected.classes || completed != expected.completedClasses {
    return """
      executions: \(exploration.executions), \(completed) of them completed; classes: \
      \(expected.classes), \(expected.completedClasses) of them completed, \
      \(expected.interleavings) interleavings
      """
  }
  return nil
}
