internal import LockstepEngine

/// A thread that looks at a variable and then stores to it need not do so on the strength of what it saw:
/// `turn = other` in Peterson's lock is the same whatever was there, and nothing is lost.
///
/// So schedules that show such a lost update, or critical sections that should have been one, are carried
/// out once more with the look after the other thread's store. If the thread does and writes the same then,
/// in its own memory too, whatever it sees, it was none.
///
/// Nor was it one if the thread then finds that there is nothing left to store, and had stored the value
/// that was there (`if !isStopped { isStopped = true }`), as long as nobody does anything else besides.
extension Explorer {
  /// Drops the lost updates and stale reads that are none, of those that would be shown.
  mutating func dropBlindStores() {
    dropShown(where: \.mayBeBlind) { $0.isBlind($1) }
  }

  /// Drops those of the findings that would be shown that a closer look says are none.
  mutating func dropShown(
    where mayBeNone: (Candidate) -> Bool, isNone: (inout Explorer, Candidate) -> Bool
  ) {
    var others: [Candidate.Key] = []
    while !Interruption.isRequested,
      let candidate = tally.shownFindings.first(where: {
        mayBeNone($0) && !others.contains($0.key) && !configuration.ignores($0)
      })
    {
      if isNone(&self, candidate) { drop(candidate) } else { others.append(candidate.key) }
    }
  }

  /// Schedules at random in which other executions that show a finding are looked for.
  private static let trials = 60
  /// Such executions that are looked into.
  private static let sightings = 8

  /// Whether the store rests on nothing in the execution that shows it best, and in others if there are
  /// any: that of `n < 2 ? 2 : n + 1` may.
  private mutating func isBlind(_ candidate: Candidate) -> Bool {
    guard isBlindAsShown(candidate) else { return false }
    var isBlind = true
    forOthers(where: { $0.key == candidate.key }) { explorer, other in
      isBlind = explorer.isBlindAsShown(other)
      return isBlind
    }
    return isBlind
  }

  /// Looks for other executions that show a finding, until the action says that this is enough.
  mutating func forOthers(
    where isIt: (Candidate) -> Bool, goesOn: (inout Explorer, Candidate) -> Bool
  ) {
    var walk = RandomWalk(seed: 1, limit: Self.trials)
    var seen = 0
    while seen < Self.sightings, !Interruption.isRequested, let plan = walk.next() {
      var other: Candidate?
      probe(plan) { execution, result, _, native in
        var tally = Tally()
        tally.record(execution, result: result, native: native)
        other = tally.candidate(where: isIt)
      }
      guard let other else { continue }
      seen += 1
      if !goesOn(&self, other) { return }
    }
  }

  private mutating func isBlindAsShown(_ candidate: Candidate) -> Bool {
    let shown = look(Plan(prefix: candidate.schedule))
    guard let steps = UpdateSteps(candidate, in: shown.execution) else { return false }
    let later = look(Plan(prefix: steps.scheduleWithLaterRead))
    let comesToTheSame =
      later.execution.ending == shown.execution.ending && later.result == shown.result
    return steps.areTheSame(in: later.execution.trace)
      || comesToTheSame && steps.areNeedless(in: later.execution.trace)
  }

  /// Carries out a plan, and looks closely.
  mutating func look(_ plan: Plan) -> CloseLook {
    var seen = CloseLook()
    probe(plan, isDetailed: true) { execution, result, _, _ in
      seen = CloseLook(execution: copy execution, result: result)
    }
    return seen
  }
}

/// An execution with its values, and what it came to.
struct CloseLook {
  var execution = Execution(ending: .completed, trace: [])
  var result = BodyResult()
}

/// The read, the other thread's store and the write of a finding.
private struct UpdateSteps {
  let trace: [Event]
  let read: Int
  let between: Int
  let write: Int
  /// Where the thread takes the lock under which it reads; the read itself where it needs none.
  let start: Int
  /// The last other thread's store to the variable.
  let last: Int
  /// Where that thread has given the lock up.
  let end: Int

  /// Nil where the trace does not show the finding.
  init?(_ candidate: Candidate, in execution: Execution) {
    var analysis = Analysis()
    var staleReads = StaleReads()
    let finding = candidate.finding
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
    last =
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

  /// The steps up to `end` without this thread's from `start` on, of which those up to its read come after.
  var scheduleWithLaterRead: [ThreadID] {
    let steps = trace.indices.prefix(write + 1).filter { !trace[$0].kind.isAnnotation }
    let delayed = steps.filter { $0 >= start && trace[$0].thread == thread && $0 <= read }
    let others = steps.filter { $0 < start || trace[$0].thread != thread && $0 <= end }
    return others.map { trace[$0].thread } + delayed.map { _ in thread }
  }

  /// Whether the thread, when it reads later, does the same, whether it sees something else or not.
  func areTheSame(in later: [Event]) -> Bool {
    guard let store = stepsAfterLaterLook(in: later)?.first(where: isStore), store.hasValue,
      store.programCounter == trace[write].programCounter, store.value == trace[write].value
    else { return false }
    return Deeds(of: thread, in: trace) == Deeds(of: thread, in: later)
  }

  /// Whether the thread, when it reads later, leaves out the store alone, which had changed nothing.
  func areNeedless(in later: [Event]) -> Bool {
    let (store, former) = (trace[write], trace[last])
    guard store.object == former.object, store.size == former.size, store.hasValue,
      former.hasValue, store.value == former.value,
      let again = stepsAfterLaterLook(in: later), !again.contains(where: isStore)
    else { return false }
    let others = Set(trace.map(\.thread)).union(later.map(\.thread)).subtracting([thread])
    return Deeds(of: thread, in: trace, but: sectionOfStore) == Deeds(of: thread, in: later)
      && others.allSatisfy { Deeds(of: $0, in: trace) == Deeds(of: $0, in: later) }
  }

  private var thread: ThreadID { trace[read].thread }

  private func isStore(_ event: Event) -> Bool {
    event.changesValue && event.object == trace[write].object
  }

  /// What the thread does once it has read later; nil where it does not get there.
  private func stepsAfterLaterLook(in later: [Event]) -> ArraySlice<Event>? {
    let isOwn = { (event: Event) in event.thread == thread && !event.kind.isAnnotation }
    let again = later.filter(isOwn).dropFirst(trace[..<start].count(where: isOwn))
    let looks = trace[start..<read].count(where: isOwn)
    guard let look = again.dropFirst(looks).first, look.kind == .read,
      look.programCounter == trace[read].programCounter, look.hasValue
    else { return nil }
    return again
  }

  /// The store, and where the lock is taken and given up for nothing else.
  private var sectionOfStore: Set<Int> {
    let own = trace.indices.filter {
      trace[$0].thread == thread && !trace[$0].kind.isAnnotation && trace[$0].kind != .read
    }
    guard start < read, let place = own.firstIndex(of: write), place > 0, place + 1 < own.count,
      trace[own[place - 1]].kind.isAcquisition, trace[own[place + 1]].kind == .unlock,
      trace[own[place - 1]].object == trace[own[place + 1]].object
    else { return [write] }
    return Set(own[(place - 1)...(place + 1)])
  }
}

extension Event {
  /// Whether its value is known: of more than eight bytes it is not.
  var hasValue: Bool { flags.contains(.hasValue) }

  /// A hash of the object that it has read or written a reference to, in a detailed execution; nil for others.
  ///
  /// See `LKSEvent`.
  var content: UInt64? { sleeping == .none ? nil : sleeping.rawValue }
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

  init(of thread: ThreadID, in trace: [Event], but left: Set<Int> = []) {
    let own = trace.indices.filter { trace[$0].thread == thread && !left.contains($0) }.map {
      trace[$0]
    }
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
