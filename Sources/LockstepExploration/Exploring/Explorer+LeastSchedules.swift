internal import CLockstepRuntime
internal import LockstepEngine

/// A finding is shown by the schedule with the fewest preemptions, and of those by the shortest: the
/// fewer there are, the less there is to read that has nothing to do with the mistake.
extension Explorer {
  /// Time in which the least schedules of all findings are to be found: a little, and a share of what
  /// the exploration took.
  private var timeForLeastSchedules: Duration {
    min(.milliseconds(100) + tally.elapsed / 20, .seconds(2))
  }

  /// The same findings, each with the least schedule that could be found.
  ///
  /// Looks through all schedules without a preemption, then with one, and so on, up to what is known,
  /// and stops when the time is over. Of findings that end the exploration, what is known stays.
  mutating func leastSchedules(of candidates: [Candidate]) -> [Candidate] {
    guard configuration.minimises, !Interruption.isRequested,
      !(tally.stop?.speaksForItself ?? false)
    else { return candidates }
    let clock = ContinuousClock()
    var left = timeForLeastSchedules
    return candidates.enumerated().map { index, candidate in
      let start = clock.now
      defer { left -= clock.now - start }
      var share = left / (candidates.count - index)
      // Without a preemption there is only a step to be won here and there.
      if candidate.preemptions == 0 { share = share / 10 }
      return leastSchedule(of: candidate) { clock.now - start < share }
    }
  }

  private mutating func leastSchedule(
    of known: Candidate, while isTime: () -> Bool
  ) -> Candidate {
    var best = known
    let size = LeastSchedule.Size(preemptions: known.preemptions, steps: known.schedule.count)
    var search = LeastSchedule(atMost: size, frontierLimit: 1 << 16)
    while var plan = search.next(), isTime(), !Interruption.isRequested,
      !lks_isMemoryUsedUp(native.handle)
    {
      plan.endsAtRound = known.comesRound
      // What was found must still be what its schedule gives, whatever is met here.
      let (isWarmUp, ending) = run(plan, learnsNothing: true)
      let result = body.collect(counting: false)
      let isTrusted =
        !isWarmUp && ending != LKS_OUT_OF_MEMORY
        && (ending != LKS_CRASHED || native.isolatesExecutions)
      var shown: Candidate?
      if isTrusted {
        var tally = Tally()
        tally.record(execution, result: result, native: native)
        shown = tally.candidate(of: known.key)
        search.record(execution, showsFinding: shown != nil)
      }
      native.finish()
      guard isTrusted else { return known }
      if var shown, search.result?.threads == shown.schedule, shown.isLess(than: best) {
        shown.atExecution = known.atExecution
        best = shown
      }
    }
    return best
  }
}

extension Candidate {
  fileprivate func isLess(than other: Candidate) -> Bool {
    (preemptions, schedule.count) < (other.preemptions, other.schedule.count)
  }
}
