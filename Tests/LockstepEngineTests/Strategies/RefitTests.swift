import LockstepEngine
import Testing

/// Executions in which accesses to some cells were not steps yet, found again when all are.
@Suite struct `Refitting an execution to more steps` {
  struct Former {
    var steps: [Refit.Step] = []
    var outcome: Machine.Outcome
    /// Steps of now that were not, then.
    var hidden = 0

    var switches: Int { zip(steps, steps.dropFirst()).count { $0.thread != $1.thread } }
  }

  /// Runs a program at random, where each thread runs on through its accesses to the hidden cells.
  private func former(
    _ program: Program, hiding cells: Set<ObjectID>, _ random: inout SplitMix64
  ) -> Former {
    var machine = Machine(program)
    var former = Former(outcome: machine.outcome)
    func runOn(_ thread: Int, _ events: [Event]) {
      for event in events where event.kind == .spawn && event.thread == ThreadID(UInt8(thread)) {
        runOn(Int(event.value), events)
      }
      while machine.isEnabled(thread), let pending = machine.pending(thread),
        cells.contains(pending.object)
      {
        former.hidden += 1
        let events = machine.step(thread)
        for event in events where event.kind == .spawn { runOn(Int(event.value), events) }
      }
    }
    runOn(0, machine.start())
    while !machine.enabled.isEmpty {
      let enabled = Array(machine.enabled)
      let thread = enabled[Int(random.next() % UInt64(enabled.count))]
      let events = machine.step(Int(thread.rawValue))
      former.steps.append(Refit.Step(events[0]))
      runOn(Int(thread.rawValue), events)
      guard events[0].kind == .arrive else { continue }
      for other in ThreadSet(rawValue: events[0].value) where other != thread {
        runOn(Int(other.rawValue), events)
      }
    }
    former.outcome = machine.outcome
    return former
  }

  static let flavours: [Generator.Flavour] = [
    .memory, .locks, .conditions, .semaphores, .families, .everything, .readers, .barriers,
  ]

  @Test(arguments: flavours)
  func `gives the same outcome, in few plans`(flavour: Generator.Flavour) {
    var generator = Generator(seed: 11 + UInt64(flavour.rawValue))
    var lengthened = 0
    for _ in 0..<1_000 {
      let program = generator.program(flavour)
      let former = former(program, hiding: [Machine.cell(0)], &generator.random)
      let most = former.switches + 2 * program.threads.count + 1
      var refit = Refit(former.steps)
      var plans = 0
      var outcome: Machine.Outcome?
      while plans <= most, let plan = refit.next() {
        let result = Machine.run(program, plan)
        refit.record(result.execution)
        plans += 1
        outcome = result.outcome
      }
      if former.hidden > 0 { lengthened += 1 }
      guard refit.isComplete, outcome == former.outcome, plans <= most else {
        Issue.record(
          """
          \(program.threads): \(former.steps.map { ($0.thread.rawValue, $0.programCounter & 0xFFFF) }), \
          \(plans) plans, \(refit.isComplete), \(outcome as Any), not \(former.outcome)
          """)
        return
      }
    }
    #expect(lengthened > 100)
  }

  @Test func `ends, incomplete, where the program does something else`() {
    let program = Program.race(2, 1)
    var strategy = Exhaustive()
    var refused = 0
    while let plan = strategy.next() {
      let (execution, _) = Machine.run(program, plan)
      strategy.record(execution)
      let steps = execution.trace.filter { !$0.kind.isAnnotation }.map { Refit.Step($0) }
      for index in steps.indices {
        var changed = steps
        changed[index].programCounter ^= 1 << 40
        var refit = Refit(changed)
        var plans = 0
        while let plan = refit.next(), plans <= steps.count {
          refit.record(Machine.run(program, plan).execution)
          plans += 1
        }
        #expect(plans <= steps.count && !refit.isComplete)
        refused += 1
      }
    }
    #expect(refused > 10)
  }
}
