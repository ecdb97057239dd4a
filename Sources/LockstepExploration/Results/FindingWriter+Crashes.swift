internal import CLockstepRuntime
internal import LockstepEngine
internal import LockstepReport

/// The sentences of what ends an execution.
extension FindingWriter {
  var crash: String {
    guard let index = execution.trace.lastIndex(where: { $0.kind == .crash }) else {
      return Summary.crash(signal: "a signal", thread: "a thread", at: nil)
    }
    return Summary.crash(
      signal: CrashReason.name(execution.trace[index].value),
      thread: name(of: execution.trace[index].thread),
      at: details.description(of: index).location)
  }

  /// The finding's steps are the free, unless nobody else had a part in the block, and the access.
  var useAfterFree: String {
    guard let use = finding.steps.last else { return crash }
    return Summary.useAfterFree(
      thread: name(of: execution.trace[use].thread),
      object: details.description(of: use).object ?? "memory",
      at: details.description(of: use).location, freed: earlier)
  }

  /// The finding's steps are the destruction or the acquisition, where there is one, and the misuse.
  var lockMisuse: String {
    guard let misuse = finding.steps.last else { return crash }
    let thread = name(of: execution.trace[misuse].thread)
    let (object, location) = (
      details.description(of: misuse).object ?? "a lock",
      details.description(of: misuse).location
    )
    switch Int32(truncatingIfNeeded: execution.trace[misuse].value) {
    case LKS_USED_AFTER_DESTROY:
      return Summary.usedAfterDestruction(
        thread: thread, object: Summary.Place(object, at: location), destroyed: earlier)
    case LKS_DESTROYED_IN_USE:
      return Summary.inUse(
        "destroyed", thread: thread, object: Summary.Place(object, at: location), holder: earlier,
        doing: whatEarlierDoes)
    case LKS_BEGUN_IN_USE:
      return Summary.inUse(
        "initialised", thread: thread, object: Summary.Place(object, at: location), holder: earlier,
        doing: whatEarlierDoes)
    default:
      return Summary.unlockedByOther(
        thread: thread, lock: Summary.Place(object, at: location), holder: earlier)
    }
  }

  /// What a thread does that has taken a lock, or takes it to destroy it or make it anew.
  private var whatEarlierDoes: String {
    guard let first = finding.steps.first, execution.trace[first].isDestruction else {
      return "holds"
    }
    return execution.trace[first].isBeginning ? "initialises" : "destroys"
  }

  /// Who took the step before what ended the execution, and where.
  private var earlier: (thread: String, at: SourceLocation?)? {
    guard finding.steps.count > 1, let first = finding.steps.first else { return nil }
    return (name(of: execution.trace[first].thread), details.description(of: first).location)
  }
}
