internal import LockstepEngine

/// A finding with the execution that shows it best among those explored.
struct Candidate: Codable {
  var finding: Finding
  let key: Key
  /// All of its steps: the schedule in full, and where each was.
  var steps: [Refit.Step]
  /// Their threads.
  var schedule: [ThreadID] { steps.map(\.thread) }
  /// Program counters of the steps that make up the finding.
  var places: [UInt64]
  /// Events of its trace.
  var length: Int
  var preemptions: Int
  /// Of the whole trace: what its replay must give again.
  var identity: UInt64
  /// Whether the execution ended because a state of the whole program came again.
  var comesRound: Bool
  /// Number of the execution that showed it first, from 1.
  var atExecution: Int
  /// What was thrown, or which expectation failed.
  var message: String?
  /// Where a schedule that did not repeat went another way.
  var mismatch: Exhaustive.Mismatch?
  /// Of a stale read that is a finding only if all executions together say so.
  var pattern: StaleRead.Pattern?

  init(
    _ finding: Finding, of execution: borrowing Execution, atExecution: Int,
    message: String? = nil, mismatch: Exhaustive.Mismatch? = nil,
    pattern: StaleRead.Pattern? = nil
  ) {
    self.finding = finding
    key = Key(finding, in: execution.trace, message: message, pattern: pattern)
    steps = execution.trace.filter { !$0.kind.isAnnotation }.map { Refit.Step($0) }
    places = finding.steps.map { execution.trace[$0].programCounter }
    length = execution.trace.count
    preemptions = execution.preemptionCount
    identity = TraceIdentity.hash(of: execution)
    comesRound = execution.ending == .livelocked
    self.atExecution = atExecution
    self.message = message
    self.mismatch = mismatch
    self.pattern = pattern
  }
}

extension Candidate {
  /// Whose finding it is: two executions that break the same thing the same way are one.
  ///
  /// A data race is two places in the code, whatever they touched, and a wait without a loop is one.
  struct Key: Equatable, Codable {
    var kind: Finding.Kind
    var object: ObjectID?
    var message: String?
    var places: [UInt64] = []
    var locks: [ObjectID]
    var pattern: StaleRead.Pattern?

    /// Of atomic accesses, those of one thread at one place may depend on each other where others do not.
    static func places(ofUpdate steps: [Int], in trace: [Event]) -> [UInt64] {
      guard let read = steps.first, let write = steps.last, steps.allSatisfy({ trace[$0].isAtomic })
      else { return [] }
      let thread = UInt64(trace[read].thread.rawValue)
      return [trace[read].programCounter, trace[write].programCounter, thread]
    }

    init(
      _ finding: Finding, in trace: [Event], message: String? = nil,
      pattern: StaleRead.Pattern? = nil
    ) {
      kind = finding.kind
      locks = finding.locks
      self.message = message
      self.pattern = pattern
      switch finding.kind {
      case .dataRace: places = finding.steps.map { trace[$0].programCounter }.sorted()
      case .lostUpdate:
        object = finding.object
        places = Self.places(ofUpdate: finding.steps, in: trace)
      case .atomicity:
        object = finding.object
        // Those that looked again have a pattern.
        if pattern == nil, let read = finding.steps.first, let store = finding.steps.last {
          places = [trace[read].programCounter, trace[store].programCounter]
        }
      // Whoever is the first.
      case .resumedTwice: places = finding.steps.map { trace[$0].programCounter }.sorted()
      // The check before the wait.
      case .waitWithoutLoop: places = finding.steps.prefix(1).map { trace[$0].place }
      default: object = finding.object
      }
    }
  }
}

extension Configuration {
  /// Whether what was found is of a kind that is to be none.
  func ignores(_ candidate: Candidate) -> Bool {
    ignoredKinds.contains(candidate.finding.kind.rawValue)
  }

  /// Whether what was found is of a kind that there must be.
  func expects(_ candidate: Candidate) -> Bool {
    expectedFindings.contains(candidate.finding.kind.rawValue)
  }
}

extension Finding.Kind {
  /// The kinds, that which says most first.
  private static let order: [Finding.Kind] = [
    .nondeterminism, .useAfterFree, .lockMisuse, .crash, .leakedLock, .lostWakeUp, .deadlock,
    .resumedTwice, .neverResumed, .lostUpdate, .dataRace, .reentrancy, .atomicity,
    .heldAcrossSuspension, .starvation, .waitWithoutLoop, .leakedTask, .assertion, .thrownError,
    .exitStatus, .lockOrder,
  ]

  /// How many kinds say more.
  var rank: Int { Self.order.firstIndex(of: self) ?? Self.order.count }
}
