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
  /// Executions that showed it.
  var count: Int
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
  private struct Key: Hashable {
    var kind: Finding.Kind
    var object: ObjectID?
    var message: String?
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
  private var candidates: [Key: Candidate] = [:]
  private var analysis = Analysis()

  /// Most different findings that one exploration keeps.
  private static let maximumCandidates = 40
  /// Threads left in the middle of their frames after which an exploration ends.
  private static let maximumAbandoned = 200_000
  /// Executions that may all reach the step limit before the body is taken for one that never ends.
  private static let maximumStopped = 3

  /// The findings, the kind that says most first.
  var findings: [Candidate] {
    candidates.values.sorted { left, right in
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
    for finding in analysis.findings(in: execution) { keep(finding, of: execution) }
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

  private mutating func keep(
    _ finding: Finding, of execution: borrowing Execution, message: String? = nil,
    mismatch: Exhaustive.Mismatch? = nil
  ) {
    let key = Key(kind: finding.kind, object: finding.object, message: message)
    let known = candidates[key]
    guard known != nil || candidates.count < Self.maximumCandidates else { return }
    let preemptions = execution.preemptionCount
    let isBetter =
      known.map { (preemptions, execution.trace.count) < ($0.preemptions, $0.length) } ?? true
    guard isBetter else {
      candidates[key]?.count += 1
      return
    }
    candidates[key] = Candidate(
      finding: finding, schedule: execution.threads, length: execution.trace.count,
      preemptions: preemptions, identity: TraceIdentity.hash(of: execution),
      atExecution: known?.atExecution ?? max(executions, 1), count: (known?.count ?? 0) + 1,
      message: message, mismatch: mismatch)
  }
}
