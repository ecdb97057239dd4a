internal import LockstepEngine

/// A thread that looks at a variable and then stores to it need not do so on the strength of what it saw:
/// `turn = other` in Peterson's lock is the same whatever was there, and nothing is lost.
///
/// So schedules that show such a lost update, or critical sections that should have been one, are carried
/// out once more with the look after the other thread's store. If the thread sees something else now, and
/// does and writes the same, in its own memory too, it was none.
extension Explorer {
  /// Drops the lost updates and stale reads that are none, of those that would be shown.
  mutating func dropBlindStores() {
    var others: [Candidate.Key] = []
    while !Interruption.isRequested,
      let candidate = tally.shownFindings.first(where: {
        $0.mayBeBlind && !others.contains($0.key) && !configuration.ignores($0)
      })
    {
      if isBlind(candidate) { drop(candidate) } else { others.append(candidate.key) }
    }
  }

  /// Schedules at random in which other executions that show a finding are looked for.
  private static let trials = 60
  /// Such executions that are looked into.
  private static let sightings = 8

  /// Whether the store rests on nothing in the execution that shows it best, and in others if there are
  /// any: that of `n < 2 ? 2 : n + 1` may.
  private mutating func isBlind(_ candidate: Candidate) -> Bool {
    guard isBlind(candidate.finding, candidate.schedule) else { return false }
    var walk = RandomWalk(seed: 1, limit: Self.trials)
    var seen = 0
    while seen < Self.sightings, !Interruption.isRequested, let plan = walk.next() {
      var other: Candidate?
      probe(plan) { execution, result, _, native in
        var tally = Tally()
        tally.record(execution, result: result, native: native)
        other = tally.candidate(of: candidate.key)
      }
      guard let other else { continue }
      seen += 1
      if !isBlind(other.finding, other.schedule) { return false }
    }
    return true
  }

  private mutating func isBlind(_ finding: Finding, _ schedule: [ThreadID]) -> Bool {
    let shown = look(Plan(prefix: schedule))
    guard let steps = UpdateSteps(finding, in: shown) else { return false }
    return steps.areTheSame(look(Plan(prefix: steps.scheduleWithLaterRead)).trace)
  }

  /// An execution with its values.
  private mutating func look(_ plan: Plan) -> Execution {
    var seen = Execution(ending: .completed, trace: [])
    probe(plan, isDetailed: true) { execution, _, _, _ in seen = copy execution }
    return seen
  }
}

/// The read, the other thread's store and the write of a finding.
private struct UpdateSteps {
  let trace: [Event]
  let read: Int
  let between: Int
  let write: Int
  /// Where the thread takes the lock under which it reads; the read itself where it needs none.
  let start: Int
  /// Where the last other thread that stores to the variable has given that lock up.
  let end: Int

  /// Nil where the trace does not show the finding.
  init?(_ finding: Finding, in execution: Execution) {
    var analysis = Analysis()
    var staleReads = StaleReads()
    let found =
      finding.kind == .atomicity
      ? staleReads.record(execution).filter { $0.pattern == nil }.map(\.finding)
      : analysis.findings(in: execution, isBodyUnfinished: true)
    guard let steps = found.first(where: { $0 == finding || $0.isLike(finding) })?.steps,
      steps.count == 3
    else { return nil }
    trace = execution.trace
    (read, between, write) = (steps[0], steps[1], steps[2])
    let thread = execution.trace[read].thread
    start =
      trace[..<read].lastIndex {
        $0.thread == thread && $0.kind.isAcquisition && finding.locks.contains($0.object)
      } ?? read
    let variable = trace[write]
    let last =
      trace[..<write].lastIndex {
        $0.thread != thread && $0.changesValue && $0.overlaps(variable)
      } ?? between
    let other = trace[last].thread
    end =
      trace[last..<write].firstIndex {
        $0.thread == other && [.unlock, .unlockShared].contains($0.kind)
          && finding.locks.contains($0.object)
      } ?? last
  }

  /// The steps up to `end` without this thread's from `start` on, which come after.
  var scheduleWithLaterRead: [ThreadID] {
    let thread = trace[read].thread
    let steps = trace.indices.prefix(write + 1).filter { !trace[$0].kind.isAnnotation }
    let delayed = steps.filter { $0 >= start && trace[$0].thread == thread }
    let others = steps.filter { $0 < start || trace[$0].thread != thread && $0 <= end }
    return others.map { trace[$0].thread } + delayed.map { _ in thread }
  }

  /// Whether the thread, when it reads later, sees something else, and does the same.
  func areTheSame(_ later: [Event]) -> Bool {
    let thread = trace[read].thread
    let isOwn = { (event: Event) in event.thread == thread && !event.kind.isAnnotation }
    let again = later.filter(isOwn).dropFirst(trace[..<start].count(where: isOwn))
    let looks = trace[start..<read].count(where: isOwn)
    guard let look = again.dropFirst(looks).first, look.kind == .read,
      look.programCounter == trace[read].programCounter, look.value != trace[read].value,
      let store = again.first(where: { $0.changesValue && $0.object == trace[write].object }),
      store.programCounter == trace[write].programCounter, store.value == trace[write].value
    else { return false }
    return Deeds(of: thread, in: trace) == Deeds(of: thread, in: later)
  }
}

/// What a thread did in a detailed execution but for what it looked at.
private struct Deeds: Equatable {
  private struct Deed: Equatable {
    var kind: Event.Kind
    var object: ObjectID
    var value: UInt64
  }

  private let deeds: [Deed]
  /// A hash of what it wrote by no steps; see `LKSEvent`.
  private let written: ObjectID?

  init(of thread: ThreadID, in trace: [Event]) {
    let own = trace.filter { $0.thread == thread }
    deeds = own.filter { !$0.kind.isAnnotation && $0.kind != .read }.map {
      Deed(kind: $0.kind, object: $0.object, value: $0.kind.isMemory ? $0.value : 0)
    }
    written = own.last { $0.kind == .exit || $0.kind.isMemory }?.other
  }
}

extension Finding {
  /// Whether it is of the same kind and object, at the same number of steps.
  fileprivate func isLike(_ other: Finding) -> Bool {
    kind == other.kind && object == other.object && steps.count == other.steps.count
  }
}

extension Candidate {
  /// Whether it is a lost update by atomic accesses, others being data races in any case, or a stale read
  /// without another look before the store.
  fileprivate var mayBeBlind: Bool {
    !key.places.isEmpty && pattern == nil && [.lostUpdate, .atomicity].contains(finding.kind)
  }
}
