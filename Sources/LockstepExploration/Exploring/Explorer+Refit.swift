internal import CLockstepRuntime
internal import LockstepEngine

/// What was found before all shared memory was known has too few steps to be carried out again.
extension Explorer {
  /// The same findings, each with a schedule that gives it now.
  ///
  /// A finding whose schedule cannot be had keeps the one that it has.
  mutating func refitted(_ candidates: [Candidate]) -> [Candidate] {
    guard tally.hasStaleCandidates, !Interruption.isRequested else { return candidates }
    let end = clock.now + max(configuration.budget / 4, Self.leastTimeToRefit)
    return candidates.map { candidate in
      // Steps that are known already are no reason to look further.
      guard candidate.schedule.count < configuration.stepLimit else { return candidate }
      return refitted(candidate, until: end) ?? candidate
    }
  }

  private static let leastTimeToRefit = Duration.seconds(2)

  private mutating func refitted(
    _ candidate: Candidate, until end: ContinuousClock.Instant
  ) -> Candidate? {
    var refit = Refit(candidate.steps)
    var result: Candidate?
    // A step more costs an execution more, and a schedule may have thousands.
    while clock.now < end, !Interruption.isRequested, let plan = refit.next() {
      let (_, ending) = run(plan, learnsNothing: true)
      let body = body.collect(counting: false)
      refit.record(execution)
      if refit.isComplete, ending != LKS_OUT_OF_MEMORY {
        var tally = Tally()
        tally.record(execution, result: body, native: native)
        result = tally.candidate(of: candidate.key)
        result?.atExecution = candidate.atExecution
      }
      native.finish()
    }
    return result
  }
}
