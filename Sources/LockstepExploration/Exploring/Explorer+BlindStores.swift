internal import LockstepEngine

/// A thread that looks at an atomic variable and then stores to it need not do so on the strength of what
/// it saw: `turn = other` in Peterson's lock is the same whatever was there, and nothing is lost.
///
/// So the schedule of such a lost update is carried out once more with the look after the other thread's
/// store. If the thread sees something else now, and stores the same, it was none.
extension Explorer {
  /// Drops the lost updates that are none, of those that would be shown.
  mutating func dropBlindStores() {
    var others: [Candidate.Key] = []
    while !Interruption.isRequested,
      let candidate = tally.shownFindings.first(where: {
        $0.isAtomicUpdate && !others.contains($0.key) && !configuration.ignores($0)
      })
    {
      if isBlind(candidate) { drop(candidate) } else { others.append(candidate.key) }
    }
  }

  private mutating func isBlind(_ candidate: Candidate) -> Bool {
    let shown = look(Plan(prefix: candidate.schedule))
    guard let steps = UpdateSteps(candidate.finding, in: shown) else { return false }
    return steps.storesTheSame(look(Plan(prefix: steps.scheduleWithLaterRead)).trace)
  }

  /// An execution with its values.
  private mutating func look(_ plan: Plan) -> Execution {
    var seen = Execution(ending: .completed, trace: [])
    probe(plan, isDetailed: true) { execution, _, _, _ in seen = copy execution }
    return seen
  }
}

/// The read, the other thread's store and the write of a lost update.
private struct UpdateSteps {
  let trace: [Event]
  let read: Int
  let between: Int
  let write: Int

  /// Nil where the trace does not show the finding.
  init?(_ finding: Finding, in execution: Execution) {
    var analysis = Analysis()
    let found = analysis.findings(in: execution, isBodyUnfinished: true)
    guard let steps = found.first(where: { $0 == finding || $0.isLike(finding) })?.steps,
      steps.count == 3
    else { return nil }
    trace = execution.trace
    (read, between, write) = (steps[0], steps[1], steps[2])
  }

  /// The steps up to the other thread's store without this one's from the read on, which come after.
  var scheduleWithLaterRead: [ThreadID] {
    let thread = trace[read].thread
    let steps = trace.indices.prefix(write + 1).filter { !trace[$0].kind.isAnnotation }
    let delayed = steps.filter { $0 >= read && trace[$0].thread == thread }
    let others = steps.filter { $0 <= between && !($0 >= read && trace[$0].thread == thread) }
    return others.map { trace[$0].thread } + delayed.map { _ in thread }
  }

  /// Whether the thread, when it reads later, sees something else and stores the same.
  func storesTheSame(_ later: [Event]) -> Bool {
    let thread = trace[read].thread
    let isOwn = { (event: Event) in event.thread == thread && !event.kind.isAnnotation }
    let again = later.filter(isOwn).dropFirst(trace[..<read].count(where: isOwn))
    guard let look = again.first, look.kind == .read,
      look.programCounter == trace[read].programCounter, look.value != trace[read].value,
      let store = again.first(where: { $0.changesValue && $0.object == trace[write].object })
    else { return false }
    return store.programCounter == trace[write].programCounter && store.value == trace[write].value
  }
}

extension Finding {
  /// Whether it is of the same kind and object, at the same number of steps.
  fileprivate func isLike(_ other: Finding) -> Bool {
    kind == other.kind && object == other.object && steps.count == other.steps.count
  }
}

extension Candidate {
  /// Whether it is a lost update by atomic accesses; others are data races in any case.
  fileprivate var isAtomicUpdate: Bool { finding.kind == .lostUpdate && !key.places.isEmpty }
}
