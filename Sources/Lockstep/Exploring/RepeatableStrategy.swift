internal import LockstepEngine

/// A strategy that notices when the same choices give other steps than before.
protocol RepeatableStrategy: ExplorationStrategy {
  var mismatch: Exhaustive.Mismatch? { get }
}

extension Exhaustive: RepeatableStrategy {
  var mismatch: Mismatch? { firstMismatch }
}

extension RandomWalk: RepeatableStrategy {
  // Each walk begins anew: there is nothing to compare it with.
  var mismatch: Exhaustive.Mismatch? { nil }
}
