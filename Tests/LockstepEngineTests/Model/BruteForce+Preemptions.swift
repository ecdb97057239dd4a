import LockstepEngine

extension BruteForce {
  /// Where a schedule stands, as far as it matters for the preemptions to come.
  struct Standing: Hashable {
    var machine: Machine
    var last: ThreadID?
    var preemptions = 0
    var steps = 0

    /// The same after a thread's step.
    func after(_ thread: ThreadID) -> Standing {
      var next = self
      if let last, last != thread, machine.isEnabled(Int(last.rawValue)),
        !machine.threads[Int(last.rawValue)].hasYielded
      {
        next.preemptions += 1
      }
      _ = next.machine.step(Int(thread.rawValue))
      next.last = thread
      next.steps += 1
      return next
    }
  }

  /// Every outcome of schedules with at most so many preemptions, with the fewest of any.
  ///
  /// Goes through all schedules; knows nothing of independence.
  static func preemptions(
    of program: Program, atMost bound: Int, limit: Int
  ) -> [Machine.Outcome: Int]? {
    sizes(of: program, atMost: bound, countingSteps: false, limit: limit)?
      .mapValues(\.preemptions)
  }

  /// The same, with the fewest steps of those with the fewest preemptions.
  static func sizes(
    of program: Program, atMost bound: Int, countingSteps: Bool = true, limit: Int
  ) -> [Machine.Outcome: LeastSchedule.Size]? {
    var machine = Machine(program)
    _ = machine.start()
    var seen: Set<Standing> = []
    var pending = [Standing(machine: machine)]
    var sizes: [Machine.Outcome: LeastSchedule.Size] = [:]
    while let standing = pending.popLast() {
      let enabled = standing.machine.enabled
      if enabled.isEmpty {
        let size = LeastSchedule.Size(
          preemptions: standing.preemptions, steps: standing.steps)
        let outcome = standing.machine.outcome
        sizes[outcome] = min(sizes[outcome] ?? size, size)
      }
      for thread in enabled {
        var next = standing.after(thread)
        if !countingSteps { next.steps = 0 }
        if next.preemptions <= bound, seen.insert(next).inserted { pending.append(next) }
      }
      if seen.count > limit { return nil }
    }
    return sizes
  }
}
