internal import LockstepEngine

/// A thread that looks again before it stores may decide anew by what it stores: `value = max(value, new)`
/// leaves the variable as it is where there is nothing to be done any more.
///
/// Which do shows in their values. So executions with such a stale read are carried out once more with them:
/// if the stores of some of them leave what the second look saw, and others change it, the first look was
/// none that anybody relied upon. If none of them changes it (`flags |= loaded`), that says nothing.
extension Explorer {
  /// Drops the stale reads that were decided anew, of those that would be shown.
  mutating func dropDecisions() {
    dropShown(where: { $0.pattern != nil }) { $0.isDecidedAnew($1) }
  }

  private mutating func isDecidedAnew(_ candidate: Candidate) -> Bool {
    var effects: Set<StaleStore> = []
    insertEffect(of: candidate, into: &effects)
    forOthers(where: { candidate.isAlike($0) }) { explorer, other in
      explorer.insertEffect(of: other, into: &effects)
      return effects.count < 2
    }
    return effects.count == 2
  }

  private mutating func insertEffect(of candidate: Candidate, into effects: inout Set<StaleStore>) {
    let (shown, _) = look(Plan(prefix: candidate.schedule))
    if let effect = StaleStore(of: candidate, in: shown) { effects.insert(effect) }
  }
}

/// What a store does to the value that its thread saw when it looked again.
private enum StaleStore: Hashable {
  case leavesIt
  case changesIt

  /// Nil where the execution does not show the candidate, or not its values.
  init?(of candidate: Candidate, in execution: Execution) {
    var staleReads = StaleReads()
    var reentrancy = Reentrancy()
    let reads =
      candidate.finding.kind == .reentrancy
      ? reentrancy.record(execution) : staleReads.record(execution)
    let read = reads.first {
      $0.pattern == candidate.pattern && $0.finding.object == candidate.finding.object
    }
    guard let steps = read?.finding.steps, steps.count == 3 else { return nil }
    let trace = execution.trace
    let store = trace[steps[2]]
    let again = trace[..<steps[2]].last {
      $0.kind == .read && $0.object == store.object && $0.place == candidate.pattern?.again
    }
    guard store.kind == .write, let again, again.hasValue, store.hasValue
    else { return nil }
    self = store.value == again.value ? .leavesIt : .changesIt
  }
}

extension Candidate {
  /// Whether it is of the same kind and object, by the same instructions, whoever called for them.
  fileprivate func isAlike(_ other: Candidate) -> Bool {
    guard let pattern, let its = other.pattern else { return false }
    return key.kind == other.key.kind && key.object == other.key.object && pattern.isAlike(its)
  }
}
