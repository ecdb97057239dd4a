internal import CLockstepRuntime
internal import LockstepEngine

/// A finding with the execution that shows it best among those explored.
struct Candidate {
  var finding: Finding
  /// Threads of all of its steps: the schedule in full.
  var schedule: [ThreadID]
  /// Events of its trace.
  var length: Int
  var preemptions: Int
  /// Of the whole trace: what its replay must give again.
  var identity: UInt64
  /// Number of the execution that showed it first, from 1.
  var atExecution: Int
  /// What was thrown, or which expectation failed.
  var message: String?
  /// Where a schedule that did not repeat went another way.
  var mismatch: Exhaustive.Mismatch?
}

/// Why an exploration ended before its strategy did.
enum Stop: Equatable {
  case budget
  case interrupted
  case memory
  case tooManyThreads
  case abandonedThreads
  case neverEnds
  /// The same schedule does not give the same steps.
  case changes
  case crashed
  /// A thread waits by looking again and again at something that is not seen.
  case polling
  /// What memory is shared differs from one execution to the next.
  case unsettled
}

/// What an exploration has counted and found so far.
struct Tally {
  /// Whose finding it is: two executions that break the same thing the same way are one.
  ///
  /// A data race is two places in the code, whatever they touched.
  private struct Key: Equatable {
    var kind: Finding.Kind
    var object: ObjectID?
    var message: String?
    var places: [UInt64] = []

    init(_ finding: Finding, in trace: [Event], message: String?) {
      kind = finding.kind
      self.message = message
      if finding.kind == .dataRace {
        places = finding.steps.map { trace[$0].programCounter }.sorted()
      } else {
        object = finding.object
      }
    }

  }

  /// As much of a candidate as tells whether an execution shows it, and shows it better.
  private struct Digest {
    var kind: Finding.Kind
    var object: ObjectID?
    /// Of a data race: its places, the lower one first.
    var places: (UInt64, UInt64)
    var preemptions: Int
    var length: Int
    var count: Int

    init(_ candidate: Candidate, _ key: Key) {
      kind = key.kind
      object = key.object
      places = (key.places.first ?? 0, key.places.last ?? 0)
      preemptions = candidate.preemptions
      length = candidate.length
      count = 1
    }

    func matches(_ sighting: Analysis.Sighting, in trace: [Event]) -> Bool {
      guard kind == sighting.kind else { return false }
      guard kind == .dataRace else { return object == sighting.object }
      let first = trace[sighting.first].programCounter
      let last = trace[sighting.last].programCounter
      return places == (min(first, last), max(first, last))
    }

    /// Whether an execution of so many preemptions and events shows it better.
    func isWorse(than preemptions: Int, _ length: Int) -> Bool {
      (preemptions, length) < (self.preemptions, self.length)
    }
  }

  private(set) var executions = 0
  private(set) var redundant = 0
  private(set) var steps = 0
  private(set) var stopped = 0
  private(set) var maximumThreads = 0
  private(set) var bodyReturnedEarly = 0
  private(set) var idleWaiters = 0
  private(set) var restarts = 0
  private(set) var stop: Stop?
  var warmUps = 0
  var isComplete = false
  var elapsed = Duration.zero
  var uncontrolled: [String] = []
  var instrumentedCalls: UInt64 = 0
  var abandonedThreads: UInt64 = 0
  /// In the order in which they were met; few, so that looking through them is quick.
  private var candidates: [(key: Key, candidate: Candidate)] = []
  /// Of each candidate, what is looked at in every execution.
  private var digests: [Digest] = []
  private var analysis = Analysis()

  /// Most different findings that one exploration keeps.
  private static let maximumCandidates = 40
  /// Threads left in the middle of their frames after which an exploration ends.
  private static let maximumAbandoned = 200_000
  /// Executions that may all reach the step limit before the body is taken for one that never ends.
  private static let maximumStopped = 3

  /// The findings, the kind that says most first.
  var findings: [Candidate] {
    candidates.map(\.candidate).sorted { left, right in
      let ranks = (Self.rank(left.finding.kind), Self.rank(right.finding.kind))
      return ranks.0 == ranks.1 ? left.atExecution < right.atExecution : ranks.0 < ranks.1
    }
  }

  /// Most findings of one kind that are shown: one mistake often shows at many places of a collection.
  private static let maximumShownOfKind = 3

  /// Whether operations that order threads were met and are not modelled.
  private var ordersUnseen: Bool {
    uncontrolled.contains { name in
      ["dispatch", "pthread_", "sem_", "the order"].contains { name.hasPrefix($0) }
    }
  }

  /// The findings that are shown: not what another one already says more precisely.
  var shownFindings: [Candidate] {
    let lost = Set(findings.filter { $0.finding.kind == .lostUpdate }.map(\.finding.object))
    var shown: [Finding.Kind: Int] = [:]
    return findings.filter { candidate in
      let kind = candidate.finding.kind
      // What is not controlled may have put them in order.
      if kind == .dataRace, ordersUnseen { return false }
      // Somebody who is not controlled may be about to wake them.
      if kind == .deadlock, !uncontrolled.isEmpty,
        !candidate.finding.waits.contains(where: { $0.blocked.kind == .lock })
      {
        return false
      }
      if kind == .dataRace, lost.contains(candidate.finding.object) { return false }
      shown[kind, default: 0] += 1
      return shown[kind, default: 0] <= Self.maximumShownOfKind
    }
  }

  private static func rank(_ kind: Finding.Kind) -> Int {
    let order: [Finding.Kind] = [
      .nondeterminism, .crash, .leakedLock, .deadlock, .lostUpdate, .dataRace, .assertion,
      .thrownError,
    ]
    return order.firstIndex(of: kind) ?? order.count
  }

  var shouldStop: Bool { stop != nil }

  mutating func end(_ reason: Stop) { stop = reason }

  func progress(after elapsed: Duration) -> ExplorationProgress {
    ExplorationProgress(executions: executions, findings: candidates.count, elapsed: elapsed)
  }

  /// Forgets what was counted, but not how often that was.
  mutating func restart() {
    let restarts = restarts + 1
    let warmUps = warmUps
    self = Tally()
    self.restarts = restarts
    self.warmUps = warmUps + 1
  }

  /// Counts an execution and keeps what it shows.
  mutating func record(
    _ execution: borrowing Execution, result: BodyResult, native: NativeExploration
  ) {
    executions += 1
    steps += execution.trace.count
    maximumThreads = max(maximumThreads, native.threadCount)
    switch execution.ending {
    case .redundant:
      redundant += 1
      // It shows nothing new, but the next execution may begin as it did.
      analysis.record(execution)
      return
    case .crashed:
      // Whatever the program left half done may disturb what follows.
      keep(Finding(kind: .crash), of: execution)
      stop = .crashed
    case .stepLimit:
      stopped += 1
      if allStopped, stopped >= Self.maximumStopped {
        stop = .neverEnds
      }
    default:
      break
    }
    if lks_bodyReturnedEarly(native.handle) { bodyReturnedEarly += 1 }
    if lks_abandonedThreads(native.handle) > Self.maximumAbandoned { stop = .abandonedThreads }
    analysis.record(execution)
    for sighting in analysis.sightings {
      keep(sighting, of: execution, preemptions: native.preemptions)
    }
    for finding in analysis.endings { keep(finding, of: execution) }
    if !analysis.idle.isEmpty { idleWaiters += 1 }
    if let error = result.thrownError {
      keep(Finding(kind: .thrownError), of: execution, message: error)
    }
    if let expectation = result.failedExpectation {
      keep(Finding(kind: .assertion), of: execution, message: expectation)
    }
  }

  /// Notes that the same schedule twice gave different steps.
  mutating func noteNondeterminism(
    _ mismatch: Exhaustive.Mismatch, in execution: borrowing Execution
  ) {
    keep(Finding(kind: .nondeterminism), of: execution, mismatch: mismatch)
  }

  /// Notes that no execution comes to its end.
  mutating func noteLivelock(in execution: borrowing Execution) {
    keep(Finding(kind: .livelock), of: execution)
    isComplete = false
    stop = .neverEnds
  }

  /// Whether there were executions, and all reached the step limit.
  var allStopped: Bool { stopped > 0 && stopped == executions - redundant }

  /// Keeps what most executions show again, which costs next to nothing where it is known.
  private mutating func keep(
    _ sighting: Analysis.Sighting, of execution: borrowing Execution, preemptions: Int
  ) {
    for index in digests.indices where digests[index].matches(sighting, in: execution.trace) {
      guard digests[index].isWorse(than: preemptions, execution.trace.count) else {
        digests[index].count += 1
        return
      }
      break
    }
    keep(sighting.finding, of: execution)
  }

  private mutating func keep(
    _ finding: Finding, of execution: borrowing Execution, message: String? = nil,
    mismatch: Exhaustive.Mismatch? = nil
  ) {
    let key = Key(finding, in: execution.trace, message: message)
    let place = candidates.firstIndex { $0.key == key }
    guard place != nil || candidates.count < Self.maximumCandidates else { return }
    let preemptions = execution.preemptionCount
    if let place, !digests[place].isWorse(than: preemptions, execution.trace.count) {
      digests[place].count += 1
      return
    }
    let candidate = Candidate(
      finding: finding, schedule: execution.threads, length: execution.trace.count,
      preemptions: preemptions, identity: TraceIdentity.hash(of: execution),
      atExecution: place.map { candidates[$0].candidate.atExecution } ?? max(executions, 1),
      message: message, mismatch: mismatch)
    var digest = Digest(candidate, key)
    if let place {
      digest.count += digests[place].count
      candidates[place].candidate = candidate
      digests[place] = digest
    } else {
      candidates.append((key, candidate))
      digests.append(digest)
    }
  }
}
