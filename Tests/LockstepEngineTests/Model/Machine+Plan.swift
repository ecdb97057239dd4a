import LockstepEngine

extension Machine {
  /// Carries out a plan from the start, as the runtime does.
  static func run(
    _ program: Program, _ plan: Plan, stepLimit: Int = 1_000
  ) -> (execution: Execution, outcome: Outcome) {
    var machine = Machine(program)
    var trace = machine.start()
    var random = SplitMix64(seed: 0)
    if case .random(let seed) = plan.continuation { random = SplitMix64(seed: seed) }
    var sleeping = ThreadSet.none
    var current = ThreadID(0)
    var step = 0
    var ending: Execution.Ending?
    while ending == nil {
      if step == plan.branch { sleeping = plan.sleeping }
      let enabled = machine.enabled
      let awake = enabled.subtracting(sleeping)
      let preferred = machine.preferred(after: current, among: enabled)
      let chosen: ThreadID
      if enabled.isEmpty {
        ending = machine.blocked.isEmpty ? .completed : .deadlocked
        break
      } else if step < plan.prefix.count {
        chosen = plan.prefix[step]
        guard enabled.contains(chosen) else {
          ending = .diverged(step: step)
          break
        }
      } else if awake.isEmpty {
        ending = .redundant
        break
      } else if case .random = plan.continuation {
        let place = Int(random.next() % UInt64(awake.count))
        chosen = Array(awake)[place]
      } else {
        chosen = machine.preferred(after: current, among: awake)
      }
      guard step < stepLimit else {
        ending = .stepLimit
        break
      }
      let dozing = sleeping.compactMap { machine.pending(Int($0.rawValue)) }
      var events = machine.step(Int(chosen.rawValue))
      events[0].enabled = enabled
      events[0].sleeping = sleeping
      events[0].preferred = preferred
      for operation in dozing
      where Independence.areDependent(operation, events[0].operation) {
        sleeping.remove(operation.thread)
      }
      trace += events
      current = chosen
      step += 1
    }
    return (
      Execution(
        ending: ending ?? .completed, trace: trace,
        blocked: ending == .deadlocked ? machine.blocked : []), machine.outcome
    )
  }

  /// Whom the non-preemptive default would choose.
  private func preferred(after current: ThreadID, among candidates: ThreadSet) -> ThreadID {
    let stays =
      candidates.contains(current) && !threads[Int(current.rawValue)].hasYielded
    return stays ? current : candidates.next(after: current) ?? current
  }
}
