internal import LockstepEngine

/// A strategy that notices when the same choices give other steps than before.
protocol RepeatableStrategy: ExplorationStrategy, ~Copyable {
  var mismatch: Exhaustive.Mismatch? { get }
  /// Schedules that it does not stand for, as a phrase; nil where it stands for all.
  var leftOut: String? { get }
}

extension Exhaustive: RepeatableStrategy {
  var mismatch: Mismatch? { firstMismatch }
  var leftOut: String? { nil }
}

extension RandomWalk: RepeatableStrategy {
  // Each walk begins anew: there is nothing to compare it with.
  var mismatch: Exhaustive.Mismatch? { nil }
  var leftOut: String? { "all schedules that were not drawn" }
}

extension PreemptionBounded: RepeatableStrategy {
  var mismatch: Exhaustive.Mismatch? { firstMismatch }

  var leftOut: String? {
    guard !leavesNothingOut else { return nil }
    guard let finishedBound else { return "schedules with preemptions, and some without" }
    return "schedules with more than \(finishedBound) preemptions"
  }
}
