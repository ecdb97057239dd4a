import LockstepEngine
import Testing

@Suite struct `Exhaustive exploration` {
  @Test(arguments: [
    (Program.race(2, 1), 4), (.race(2, 2), 34), (.race(2, 3), 328), (.race(2, 4), 3_334),
    (.race(3, 1), 36), (.race(3, 2), 7_134), (.race(4, 1), 576),
    (.fine(2, 1), 2), (.fine(2, 2), 6), (.fine(2, 3), 20), (.fine(2, 4), 70), (.fine(3, 2), 90),
    (.coarse(2, 10), 2), (.readers(2), 4), (.readers(8), 256), (.lastZero(5), 64),
    (.atomicIncrements(2), 2), (.atomicIncrements(3), 6), (.atomicIncrements(4), 24),
    (.atomicIncrements(5), 120),
  ]) func `A program of the literature takes its exact number of executions`(
    program: Program, count: Int
  ) {
    let explored = Explored(program, keepingClasses: false)
    #expect(explored.strategy.executions == count)
    #expect(explored.strategy.redundant == 0)
    #expect(explored.strategy.deadlocked == 0)
  }

  @Test func `Two transfers with two locks in opposite order have three ends, one a deadlock`() {
    let explored = Explored(.bank)
    #expect(explored.strategy.executions == 3)
    #expect(explored.strategy.deadlocked == 1)
    #expect(explored.strategy.redundant == 0)
  }

  @Test(arguments: Generator.Flavour.allCases)
  func `Generated programs are explored as brute force does, each class once`(
    flavour: Generator.Flavour
  ) {
    var compared = 0
    var classes = 0
    var deadlocks = 0
    let programs = 3_000
    for seed in 0..<programs {
      var generator = Generator(seed: UInt64(flavour.rawValue * 100_000 + seed))
      let program = generator.program(flavour)
      let comparison = Explored.compare(program)
      compared += comparison.classes > 0 ? 1 : 0
      classes += comparison.classes
      deadlocks += comparison.deadlocks
      guard let complaint = comparison.complaint else { continue }
      let smallest = program.shrunk { Explored.compare($0).complaint != nil }
      Issue.record(
        """
        \(flavour) \(seed): \(complaint); smallest: \(smallest.threads), \
        \(smallest.semaphores): \(Explored.compare(smallest).complaint ?? "")
        """)
      return
    }
    print("STATS", flavour, compared, classes, deadlocks)
    #expect(compared * 100 >= programs * 98)
    #expect(classes > programs * 3)
    #expect(deadlocks > 0 || flavour == .memory)
  }
}
