/// Carries out one schedule again.
///
/// A schedule tells only where the non-preemptive default is left, and the default is known as far
/// as it was seen: so each plan adds one deviation to the steps of the execution before. The last
/// plan gives the execution that was asked for, after as many executions as there are deviations.
package struct Replay: ExplorationStrategy, Sendable {
  /// How the replay came out.
  package enum Result: Equatable, Sendable {
    /// Not all plans were carried out yet.
    case unfinished
    /// The last execution is the one that the schedule was made from.
    case identical
    /// Something else was met at a deviation; `met` is nil if the thread could not go on there.
    case diverged(step: Int, expected: Schedule.Deviation, met: Operation?)
    /// All deviations are as they were, but not all of the trace.
    case different(expectedSteps: Int, steps: Int)
  }

  package let schedule: Schedule
  package private(set) var result = Result.unfinished
  /// The plan that follows the schedule as far as it can be followed.
  package private(set) var followed = Plan()
  private var prefix: [ThreadID] = []
  /// Deviations that are part of `prefix`.
  private var included = 0
  /// Whether executions end where a state of the whole program comes again: some are not to be had
  /// otherwise.
  private var endsAtRound = false
  /// How that came out without.
  private var plain: (result: Result, followed: Plan)?

  package init(_ schedule: Schedule) {
    self.schedule = schedule
    include()
  }

  package mutating func next() -> Plan? {
    guard result == .unfinished else { return nil }
    return Plan(prefix: prefix, branch: prefix.count, endsAtRound: endsAtRound)
  }

  package mutating func record(_ execution: borrowing Execution) {
    let plan = next()
    result = outcome(of: execution)
    if case .diverged = result {} else if let plan { followed = plan }
    guard result != .unfinished, result != .identical else { return }
    if let plain {
      (result, followed) = plain
    } else {
      plain = (result, followed)
      result = .unfinished
      endsAtRound = true
      prefix = []
      included = 0
      include()
    }
  }

  /// What an execution of the latest plan shows; adds the next deviation, if that is not all yet.
  private mutating func outcome(of execution: borrowing Execution) -> Result {
    if let divergence = divergence(in: execution.trace) { return divergence }
    guard included < schedule.deviations.count else {
      let steps = execution.threads.count
      let isSame =
        steps == schedule.stepCount && TraceIdentity.hash(of: execution) == schedule.traceHash
      return isSame ? .identical : .different(expectedSteps: schedule.stepCount, steps: steps)
    }
    let deviation = schedule.deviations[included]
    prefix = Array(execution.threads.prefix(deviation.step))
    guard prefix.count == deviation.step else {
      return .diverged(step: prefix.count, expected: deviation, met: nil)
    }
    prefix.append(deviation.thread)
    included += 1
    include()
    return .unfinished
  }

  /// Adds the deviations that follow at once, without a step of the default in between.
  private mutating func include() {
    while included < schedule.deviations.count,
      schedule.deviations[included].step == prefix.count
    {
      prefix.append(schedule.deviations[included].thread)
      included += 1
    }
  }

  /// The first deviation that is not as it was.
  private func divergence(in trace: [Event]) -> Result? {
    guard included > 0 else { return nil }
    var identity = TraceIdentity()
    var step = 0
    var checked = 0
    for event in trace {
      let hash = identity.append(event)
      guard !event.kind.isAnnotation else { continue }
      let expected = schedule.deviations[checked]
      if expected.step == step {
        guard event.thread == expected.thread, event.kind == expected.kind,
          hash == expected.objectHash
        else { return .diverged(step: step, expected: expected, met: event.operation) }
        checked += 1
        if checked == included { return nil }
      }
      step += 1
    }
    return .diverged(step: step, expected: schedule.deviations[checked], met: nil)
  }
}
