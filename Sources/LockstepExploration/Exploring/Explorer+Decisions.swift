internal import LockstepEngine

/// A thread that looks again before it stores may decide anew by what it stores: `value = max(value, new)`
/// leaves the variable as it is where there is nothing to be done any more.
///
/// Which do shows in their values. So executions with such a stale read are carried out once more with them:
/// if the stores of some of them leave what the second look saw, and others change it, the first look was
/// none that anybody relied upon. If none of them changes it (`flags |= loaded`), that says nothing.
///
/// Of what is done to a collection, that is not how to tell: its parts are looked at and changed elsewhere, or
/// by a library. But who asks what came of it (`if seen.insert(name).inserted`) goes on in another way where it
/// changed nothing: see `Aftermaths`.
extension Explorer {
  /// Drops the stale reads that were decided anew, of those that would be shown.
  mutating func dropDecisions() {
    dropShown(where: { $0.pattern != nil }) { $0.isDecidedAnew($1) }
  }

  private mutating func isDecidedAnew(_ candidate: Candidate) -> Bool {
    var effects = StaleEffects(of: candidate)
    effects.insert(look(Plan(prefix: candidate.schedule)))
    forOthers(where: { candidate.isAlike($0) }) { explorer, other in
      effects.candidate = other
      effects.insert(explorer.look(Plan(prefix: other.schedule)))
      return !effects.tellOfDecision
    }
    return effects.tellOfDecision
  }
}

/// What the stores of a pattern do, in one execution after another.
private struct StaleEffects {
  /// As the next execution shows it.
  var candidate: Candidate
  private var stores: Set<StaleStore> = []
  private var aftermaths = Aftermaths()

  init(of candidate: Candidate) { self.candidate = candidate }

  var tellOfDecision: Bool {
    stores.contains(.isNone) || stores.isSuperset(of: [.leavesIt, .changesIt])
      || aftermaths.differ
  }

  mutating func insert(_ look: CloseLook) {
    if let store = StaleStore(of: candidate, in: look) { stores.insert(store) }
    if let place = candidate.pattern?.store { aftermaths.insert(of: place, in: look) }
  }
}

/// What a store does to the value that its thread saw when it looked again.
private enum StaleStore: Hashable {
  case leavesIt
  case changesIt
  /// It rests on yet another look, or nothing is stored.
  case isNone

  /// Nil where the execution does not show the candidate, or not its values; nor, of an object that is referred
  /// to, which of its parts.
  init?(of candidate: Candidate, in look: CloseLook) {
    let trace = look.execution.trace
    guard let (read, again) = Self.find(candidate, in: look.execution) else { return nil }
    let store = trace[read.finding.steps[2]]
    guard store.hasValue else { return nil }
    if store.kind == .opaqueReadWrite, read.doubt == .mayOnlyOpen, store.value == 0 {
      self = .isNone
      return
    }
    guard store.kind == .write, let again, trace[again].hasValue, trace[again].content == nil
    else { return nil }
    if read.doubt == .looksTwice {
      self = .isNone
    } else {
      self = store.value == trace[again].value ? .leavesIt : .changesIt
    }
  }

  /// The candidate as an execution shows it, and where its thread looked again.
  private static func find(
    _ candidate: Candidate, in execution: Execution
  ) -> (read: StaleRead, again: Int?)? {
    var staleReads = StaleReads()
    var reentrancy = Reentrancy()
    let reads =
      candidate.finding.kind == .reentrancy
      ? reentrancy.record(execution) : staleReads.record(execution)
    let read = reads.first {
      $0.pattern == candidate.pattern && $0.finding.object == candidate.finding.object
    }
    guard let read, read.finding.steps.count == 3 else { return nil }
    let trace = execution.trace
    let store = read.finding.steps[2]
    let again = trace[..<store].lastIndex {
      $0.kind == .read && $0.object == trace[store].object
        && $0.place == candidate.pattern?.again
    }
    return (read, again)
  }
}

extension Candidate {
  /// Whether it is of the same kind and object, by the same instructions, whoever called for them.
  fileprivate func isAlike(_ other: Candidate) -> Bool {
    guard let pattern, let its = other.pattern else { return false }
    return key.kind == other.key.kind && key.object == other.key.object && pattern.isAlike(its)
  }
}
