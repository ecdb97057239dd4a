import LockstepEngine
import Testing

@Suite struct `Exploration by preemptions` {
  @Test(arguments: [
    (Program.race(2, 1), [3, 3]), (.race(2, 2), [3, 9, 21, 15, 3]),
    (.race(2, 3), [3, 15, 66, 114, 156, 102, 33, 3]), (.race(3, 1), [12, 37, 25]),
    (.fine(3, 2), [12, 44, 88, 88, 20]), (.lastZero(5), [506, 1513, 927, 229, 20]),
    (.bank, [3, 4]),
  ]) func `A program of the literature takes its exact number of executions at each bound`(
    program: Program, executions: [Int]
  ) {
    let explored = BoundedExploration(program, PreemptionBounded(), keepingClasses: true)
    #expect(explored.complaint == nil)
    #expect(explored.executions == executions)
    #expect(explored.finished == [nil] + (0..<executions.count - 1).map { $0 })
    #expect(explored.strategy.finishedBound == executions.count - 1)
    #expect(explored.strategy.leavesNothingOut == true)
    #expect(explored.strategy.departuresLeft == 0)
    #expect(explored.classes.count == Explored(program, keepingClasses: false).strategy.executions)
  }

  @Test(arguments: Generator.Flavour.allCases)
  func `Generated programs have the outcomes of each bound that brute force finds`(
    flavour: Generator.Flavour
  ) {
    var compared = 0
    var bounded = [0, 0, 0]
    var deadlocks = 0
    let programs = 210
    for seed in 0..<programs {
      var generator = Generator(seed: UInt64(600_000 + flavour.rawValue * 10_000 + seed))
      var program = generator.program(flavour)
      if seed % 3 == 0 { program = program.yielding(&generator.random) }
      let comparison = BoundedExploration.compare(program)
      compared += comparison.wasCompared ? 1 : 0
      deadlocks += comparison.hasDeadlock ? 1 : 0
      for bound in 0...2 where comparison.bounded[bound] { bounded[bound] += 1 }
      guard let complaint = comparison.complaint else { continue }
      let smallest = program.shrunk { BoundedExploration.compare($0).complaint != nil }
      Issue.record(
        """
        \(flavour) \(seed): \(complaint); smallest: \(smallest.threads), \
        \(smallest.semaphores): \(BoundedExploration.compare(smallest).complaint ?? "")
        """)
      return
    }
    #expect(compared * 100 >= programs * 96)
    #expect(bounded[0] > 0)
    #expect(deadlocks > 0 || flavour == .memory || flavour == .orders)
  }

  @Test func `Where classes cannot be remembered, schedules are repeated and none is lost`() {
    var repeated = 0
    for seed in 0..<100 {
      var generator = Generator(seed: UInt64(700_000 + seed))
      let program = generator.program(Generator.Flavour.allCases[seed % 5])
      let all = BoundedExploration.compare(program, limit: 400)
      let few = BoundedExploration.compare(program, limit: 400, classLimit: seed % 7)
      #expect(few.complaint == nil)
      #expect(few.executions >= all.executions)
      if few.executions > all.executions { repeated += 1 }
    }
    #expect(repeated > 50)
  }

  @Test func `A limit that is reached leaves something out, one that is not leaves nothing`() {
    let within = BoundedExploration(.race(2, 2), PreemptionBounded(limit: 3))
    #expect(within.strategy.finishedBound == 3)
    #expect(within.strategy.leavesNothingOut == false)
    #expect(within.strategy.departuresLeft > 0)
    let all = BoundedExploration(.race(2, 2), PreemptionBounded(limit: 4))
    #expect(all.strategy.finishedBound == 4)
    #expect(all.strategy.leavesNothingOut == true)
    let more = BoundedExploration(.race(2, 2), PreemptionBounded(limit: 5))
    #expect(more.strategy.finishedBound == 4)
    #expect(more.strategy.leavesNothingOut == true)
    #expect(more.plans == all.plans)
  }

  @Test func `A bound is finished only when its last schedule was explored`() {
    let all = BoundedExploration(.race(2, 2), PreemptionBounded(limit: 1)).executions
    let cut = BoundedExploration(
      .race(2, 2), PreemptionBounded(limit: 1), executionLimit: all[0] + all[1])
    #expect(cut.strategy.finishedBound == 0)
    #expect(cut.strategy.bound == 1)
    #expect(cut.strategy.leavesNothingOut == false)
  }

  @Test func `A frontier without room is told, with the bound from which on it matters`() {
    // Two first steps are free, and both threads' steps can be preempted.
    let none = BoundedExploration(.race(2, 2), PreemptionBounded(frontierLimit: 0))
    #expect(none.plans.count == 1)
    #expect(none.strategy.overflowedBound == 0)
    #expect(none.strategy.finishedBound == nil)
    #expect(none.strategy.leavesNothingOut == false)
    for program in [Program.race(2, 2), .race(3, 1), .fine(3, 1), .bank, .readers(3)] {
      let roomy = BoundedExploration(program, PreemptionBounded(frontierLimit: 1_000))
      #expect(roomy.strategy.overflowedBound == nil)
      for limit in 1..<50 {
        let explored = BoundedExploration(program, PreemptionBounded(frontierLimit: limit))
        #expect(explored.complaint == nil)
        guard let overflowed = explored.strategy.overflowedBound else {
          #expect(explored.plans == roomy.plans)
          continue
        }
        #expect(explored.strategy.finishedBound == (overflowed == 0 ? nil : overflowed - 1))
        #expect(explored.strategy.leavesNothingOut == false)
        #expect(
          explored.executions.prefix(overflowed).elementsEqual(
            roomy.executions.prefix(overflowed)))
      }
    }
  }

  @Test func `The same program gives the same plans`() {
    for program in [Program.race(2, 3), .fine(2, 3), .bank] {
      let first = BoundedExploration(program, PreemptionBounded())
      let second = BoundedExploration(program, PreemptionBounded())
      #expect(first.plans == second.plans)
      #expect(first.plans.allSatisfy { $0.sleeping == .none && $0.continuation == .nonPreemptive })
    }
  }

  @Test func `A thread that gives way is followed by others without a preemption`() {
    let calls: [Program.Instruction] = [.read(0), .yield, .write(0, adding: 1)]
    let explored = BoundedExploration(
      Program(forkJoin: [calls, calls]), PreemptionBounded(limit: 0))
    #expect(explored.complaint == nil)
    #expect(Set(explored.outcomes.map { $0.memory[0] }) == [1, 2])
    let others = BoundedExploration(.race(2, 1), PreemptionBounded(limit: 0))
    #expect(Set(others.outcomes.map { $0.memory[0] }) == [2])
  }

  @Test func `Executions cut short still depart wherever they can`() {
    let program = Program.race(2, 3)
    var machine = Machine(program)
    let beginning = machine.start()
    var expected: Set<[UInt8]> = []
    var pending = [(machine, beginning, 0)]
    while let (state, trace, steps) = pending.popLast() {
      if steps == 5 {
        var order = TraceOrder(threadCount: program.threads.count)
        for event in trace { order.append(event) }
        expected.insert(order.normalForm)
        continue
      }
      for thread in state.enabled {
        var next = state
        pending.append((state, trace + next.step(Int(thread.rawValue)), steps + 1))
        pending[pending.count - 1].0 = next
      }
    }
    var strategy = PreemptionBounded()
    var classes: Set<[UInt8]> = []
    while let plan = strategy.next() {
      let execution = Machine.run(program, plan, stepLimit: 5).execution
      strategy.record(execution)
      var order = TraceOrder(threadCount: program.threads.count)
      for event in execution.trace { order.append(event) }
      classes.insert(order.normalForm)
    }
    #expect(strategy.incomplete == strategy.executions)
    #expect(strategy.firstMismatch == nil)
    #expect(strategy.maximumDepth == 5)
    #expect(classes == expected)
    #expect(classes.count > 5)
  }

  @Test func `A program that changes from run to run is told`() {
    for others in [Program.readers(2), .fine(2, 2), .race(2, 1)] {
      var strategy = PreemptionBounded()
      var programs = [Program.race(2, 2), others]
      while let plan = strategy.next(), strategy.executions < 1_000 {
        strategy.record(Machine.run(programs[0], plan).execution)
        programs.swapAt(0, 1)
      }
      #expect(strategy.executions < 1_000)
      #expect(strategy.firstMismatch != nil)
    }
  }
}
