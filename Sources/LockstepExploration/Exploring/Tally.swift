internal import CLockstepRuntime
internal import LockstepEngine

/// Why an exploration ended before its strategy did.
enum Stop: Equatable {
  case budget
  case interrupted
  case memory
  /// Executions have left so much allocated that there is no room for more.
  case memoryLeftBehind
  case tooManyThreads
  case abandonedThreads
  case neverEnds
  /// The same schedule does not give the same steps.
  case changes
  case crashed
  /// A thread waits by looking again and again at something that is not seen.
  case polling
  /// A thread waits in the kernel for what is not controlled.
  case heldUp
  /// What memory is shared differs from one execution to the next.
  case unsettled

  /// Whether it tells more than that something was left out: the end is a finding, or a reason.
  var speaksForItself: Bool {
    switch self {
    case .neverEnds, .changes, .crashed, .polling, .heldUp, .unsettled: true
    case .budget, .interrupted, .memory, .memoryLeftBehind, .tooManyThreads, .abandonedThreads:
      false
    }
  }
}

/// What an exploration has counted and found so far.
struct Tally: ~Copyable {
  private(set) var executions = 0
  private(set) var redundant = 0
  private(set) var steps = 0
  private(set) var stopped = 0
  /// Executions that ended in a crash: what other threads would have done after is not known.
  private(set) var crashes = 0
  private(set) var maximumThreads = 0
  private(set) var bodyReturnedEarly = 0
  private(set) var idleWaiters = 0
  private(set) var restarts = 0
  /// Whether findings were kept although more memory turned out to be shared since.
  private(set) var hasStaleCandidates = false
  var stop: Stop?
  /// Whether schedules were drawn for the reason that a thread polls what is not seen.
  var polls = false
  /// Which schedules the strategy that came last left out.
  var leftOut: String?
  var warmUps = 0
  var isComplete = false
  var elapsed = Duration.zero
  var uncontrolled: [String] = []
  var inputs: [ProgramInput] = []
  var leftLocks: [UInt] = []
  var instrumentedCalls: UInt64 = 0
  var abandonedThreads: UInt64 = 0
  private var candidates = Candidates()
  /// What was found before the exploration began anew.
  private var earlier = Candidates()
  private var analysis = Analysis()
  private var lockOrder = LockOrder()
  private var staleReads = StaleReads()
  private var reentrancy = Reentrancy()
  private var taskBlocking = TaskBlocking()
  private var waitWithoutLoop = WaitWithoutLoop()
  private var seenTraces = SeenTraces()
  /// Whether what judges findings was learned from every schedule.
  private var knowsAll = false
  /// That of the latest execution at random.
  private var latestTrace: UInt64?
  /// Of each deadlock, the locks that were waited for.
  private var deadlocked: Set<Set<ObjectID>> = []

  /// Threads left in the middle of their frames after which an exploration ends.
  private static let maximumAbandoned = 200_000
  /// Executions that may all reach the step limit before the body is taken for one that never ends.
  private static let maximumStopped = 3

  /// What was met and is not controlled, or not looked for.
  var unseen: [String] {
    guard reentrancy.leavesOut else { return uncontrolled }
    return uncontrolled + ["actor reentrancy among more than \(maximumThreadCount) tasks"]
  }

  /// Whether there are stale reads that more executions may show to be no mistakes.
  var isProvisional: Bool { candidates.provisional > 0 }

  /// Whether there is nothing but such, and not all that would tell was seen.
  var isInDoubt: Bool { isProvisional && !knowsAll && findings.isEmpty }

  /// Forgets a finding that has turned out to be none, when all executions were carried out.
  mutating func drop(_ candidate: Candidate) { candidates.drop(candidate.key) }

  /// How many findings there are that are no longer in doubt.
  var findingCount: Int { candidates.count }

  /// The findings, the kind that says most first.
  var findings: [Candidate] {
    let confirmed = candidates.all.filter { candidate in
      if candidate.key.kind == .waitWithoutLoop {
        return waitWithoutLoop.isConfirmed(candidate.key.places)
      }
      guard let pattern = candidate.pattern else { return true }
      return candidate.finding.kind == .reentrancy
        ? reentrancy.isConfirmed(pattern) : staleReads.isConfirmed(pattern)
    }
    return confirmed.sorted { left, right in
      let ranks = (left.finding.kind.rank, right.finding.kind.rank)
      guard ranks.0 == ranks.1 else { return ranks.0 < ranks.1 }
      guard left.atExecution == right.atExecution else {
        return left.atExecution < right.atExecution
      }
      return left.finding.steps.lexicographicallyPrecedes(right.finding.steps)
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
    let waited = Set(findings.filter { $0.finding.kind == .waitWithoutLoop }.map(\.finding.object))
    var stale: Set<ObjectID?> = []
    var raced: Set<ObjectID?> = []
    var updated: Set<ObjectID?> = []
    var shown: [Finding.Kind: Int] = [:]
    // What libraries do unseen to memory that is raced for makes a program change from run to run.
    let hasOthers = findings.contains { $0.finding.kind != .nondeterminism }
    return findings.filter { candidate in
      let kind = candidate.finding.kind
      if kind == .nondeterminism, hasOthers || !uncontrolled.isEmpty { return false }
      // What is not controlled may have put them in order.
      if kind == .dataRace, ordersUnseen { return false }
      // Somebody who is not controlled may be about to wake them.
      if kind == .neverResumed || kind == .leakedTask, !uncontrolled.isEmpty { return false }
      if kind == .deadlock, !uncontrolled.isEmpty,
        !candidate.finding.waits.contains(where: { $0.blocked.kind.isAcquisition })
      {
        return false
      }
      if kind == .lostUpdate, !updated.insert(candidate.finding.object).inserted { return false }
      if kind == .dataRace, lost.contains(candidate.finding.object) { return false }
      // Whatever else touches a variable that is raced for, to mend the one race mends the others.
      if kind == .dataRace, !raced.insert(candidate.finding.object).inserted { return false }
      // The deadlock itself says more.
      if kind == .lockOrder,
        deadlocked.contains(where: { $0.isSuperset(of: candidate.finding.locks) })
      {
        return false
      }
      // A wait has to be between the check and the act: what is missing is that it is checked again.
      if kind == .atomicity, waited.contains(candidate.finding.object) { return false }
      if kind == .atomicity || kind == .reentrancy,
        !stale.insert(candidate.finding.object).inserted
      {
        return false
      }
      shown[kind, default: 0] += 1
      return shown[kind, default: 0] <= Self.maximumShownOfKind
    }
  }

  /// Data races that are not shown, since another one of the variable is or too many are: each may be at
  /// places that none of the shown ones is at.
  var unshownRaces: [Candidate] {
    if ordersUnseen { return [] }
    let shown = shownFindings.map(\.key)
    return findings.filter { $0.finding.kind == .dataRace && !shown.contains($0.key) }
  }

  var shouldStop: Bool { stop != nil }

  mutating func end(_ reason: Stop) { stop = reason }

  func progress(after elapsed: Duration) -> ExplorationProgress {
    ExplorationProgress(
      executions: executions, findings: candidates.count, elapsed: elapsed)
  }

  /// Forgets what was counted, but not how often that was.
  ///
  /// - Parameter keepingFindings: whether what was found stays: an exploration that begins anew will
  ///   find it again, unless another strategy found it.
  mutating func restart(keepingFindings: Bool) {
    let restarts = restarts + 1
    let warmUps = warmUps
    let (found, before, foundDeadlocks) = (candidates, earlier, deadlocked)
    var anew = Tally()
    // What judges stale reads goes by places in the program, and is as true as before.
    if keepingFindings { anew.learn(from: self) }
    self = anew
    if keepingFindings {
      (candidates, deadlocked) = (found, foundDeadlocks)
      hasStaleCandidates = !found.all.isEmpty
    } else {
      earlier = found
      before.all.forEach { earlier.keep($0) }
    }
    self.restarts = restarts
    self.warmUps = warmUps + 1
  }

  /// Takes back what was found before the exploration began anew, since it did not get that far again.
  mutating func recallFindings() {
    for candidate in earlier.all where candidate.pattern == nil {
      guard candidates.candidate(of: candidate.key) == nil else { continue }
      candidates.keep(candidate)
      if candidate.finding.kind == .deadlock { deadlocked.insert(candidate.finding.lockWaits) }
      hasStaleCandidates = true
    }
  }

  /// Takes over what judges findings, from an exploration of the same body.
  mutating func learn(from other: borrowing Tally) {
    knowsAll = other.isComplete
    staleReads.learn(from: other.staleReads)
    reentrancy.learn(from: other.reentrancy)
    waitWithoutLoop = other.waitWithoutLoop
  }

  /// What is kept under a key, whether it is in doubt or not.
  func candidate(of key: Candidate.Key) -> Candidate? { candidates.candidate(of: key) }

  /// The first of what is kept that a condition holds for, whether it is in doubt or not.
  func candidate(where isIt: (Candidate) -> Bool) -> Candidate? {
    candidates.all.first(where: isIt)
  }

  /// Whether an execution at random was in all that it wrote down as an earlier one.
  mutating func hasSeen(_ ending: LKSEnding, _ native: NativeExploration) -> Bool {
    latestTrace = nil
    guard ending == LKS_COMPLETED || ending == LKS_DEADLOCKED, !native.isWarmUp else {
      return false
    }
    let number = lks_traceHash(native.handle)
    latestTrace = number
    return seenTraces.leavesIdle(number) != nil
  }

  /// Counts an execution that was as an earlier one: what it shows was kept then.
  mutating func recordRepetition(_ native: NativeExploration) {
    executions += 1
    steps += native.events.count
    if let latestTrace, seenTraces.leavesIdle(latestTrace) == true { idleWaiters += 1 }
    noteRest(native)
  }

  /// Counts what an execution left behind.
  private mutating func noteRest(_ native: NativeExploration) {
    if lks_bodyReturnedEarly(native.handle) { bodyReturnedEarly += 1 }
    if lks_abandonedThreads(native.handle) > Self.maximumAbandoned { stop = .abandonedThreads }
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
      crashes += 1
      let crash = Finding.crash(of: execution)
      // Who is the second to resume a continuation makes no other finding.
      let message = crash.kind == .resumedTwice ? nil : crashMessage(of: execution)
      keep(crash, of: execution, message: message)
      // Whatever the program left half done may disturb what follows, and to wait takes its time.
      if native.isDisturbed(by: execution) { stop = .crashed }
    case .stepLimit:
      stopped += 1
      if allStopped, stopped >= Self.maximumStopped {
        stop = .neverEnds
      }
    default:
      break
    }
    noteRest(native)
    analysis.record(execution, isBodyUnfinished: result.isUnfinished)
    for sighting in analysis.sightings
    where candidates.isNews(sighting, in: execution.trace, preemptions: native.preemptions) {
      keep(sighting.finding, of: execution)
    }
    for finding in analysis.endings {
      if finding.kind == .deadlock { deadlocked.insert(finding.lockWaits) }
      keep(finding, of: execution)
    }
    if analysis.takesLocks { recordLocks(execution, native) }
    if lks_ranTasks(native.handle) { recordTasks(execution, native) }
    if !analysis.idle.isEmpty { idleWaiters += 1 }
    if let latestTrace { seenTraces.insert(latestTrace, leavesIdle: !analysis.idle.isEmpty) }
    latestTrace = nil
    if result.isUnfinished, execution.ending == .completed {
      keep(Finding(kind: .neverResumed), of: execution)
    }
    if let status = result.exitStatus {
      keep(Finding(kind: .exitStatus), of: execution, message: "\(status)")
    }
    if let error = result.thrownError {
      keep(Finding(kind: .thrownError), of: execution, message: error)
    }
    if let expectation = result.failedExpectation {
      keep(Finding(kind: .assertion), of: execution, message: expectation)
    }
  }

  /// What tells one crash of a program from another: where it was, and by what.
  private func crashMessage(of execution: borrowing Execution) -> String? {
    guard let crash = execution.trace.last(where: { $0.kind == .crash }) else { return nil }
    return "\(crash.value) \(crash.programCounter)"
  }

  /// Keeps what an execution shows of critical sections.
  private mutating func recordLocks(
    _ execution: borrowing Execution, _ native: NativeExploration
  ) {
    for finding in lockOrder.record(execution) { keep(finding, of: execution) }
    for read in staleReads.record(execution)
    where candidates.isNews(read.finding, read.pattern, in: execution, native.preemptions) {
      keep(read.finding, of: execution, pattern: read.pattern)
    }
    for finding in waitWithoutLoop.record(execution) { keep(finding, of: execution) }
  }

  /// Keeps what an execution shows of tasks.
  private mutating func recordTasks(
    _ execution: borrowing Execution, _ native: NativeExploration
  ) {
    for read in reentrancy.record(execution)
    where candidates.isNews(read.finding, read.pattern, in: execution, native.preemptions) {
      keep(read.finding, of: execution, pattern: read.pattern)
    }
    for finding in taskBlocking.record(execution) { keep(finding, of: execution) }
    if let leaked = Finding.leakedTasks(in: execution) { keep(leaked, of: execution) }
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

  /// Keeps a livelock that is shown by less than what is known of it.
  mutating func keepLivelock(
    of execution: borrowing Execution, result: BodyResult, native: NativeExploration
  ) {
    var shown = Tally()
    shown.record(execution, result: result, native: native)
    for var candidate in shown.candidates.all where candidate.key.kind == .livelock {
      candidate.atExecution = max(executions, 1)
      candidates.keep(candidate)
    }
  }

  /// Whether there were executions, and all reached the step limit.
  var allStopped: Bool { stopped > 0 && stopped == executions - redundant }

  private mutating func keep(
    _ finding: Finding, of execution: borrowing Execution, message: String? = nil,
    mismatch: Exhaustive.Mismatch? = nil, pattern: StaleRead.Pattern? = nil
  ) {
    candidates.keep(
      Candidate(
        finding, of: execution, atExecution: max(executions, 1), message: message,
        mismatch: mismatch, pattern: pattern))
  }
}
