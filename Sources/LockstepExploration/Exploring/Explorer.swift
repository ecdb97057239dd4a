internal import CLockstepRuntime
internal import LockstepEngine
internal import LockstepReport

/// Carries out one strategy's schedules, one execution after another, and gathers what they show.
struct Explorer: ~Copyable {
  let configuration: Configuration
  let native: NativeExploration
  let body: any ExploredBody
  private let runner: BodyRunner
  private(set) var tally = Tally()
  private(set) var execution = Execution(ending: .completed, trace: [])
  let clock = ContinuousClock()
  /// Time and executions that went into looking for livelocks.
  var timeForRounds = Duration.zero
  var roundProbes = 0
  private var start: ContinuousClock.Instant
  /// What `onFinding` was told of, and how many findings there were then.
  private var told: [Candidate.Key] = []
  private var toldFindings = 0

  /// Executions thrown away at most while memory still turns out to be shared.
  private static let maximumRestarts = 500
  /// Times a schedule that did not repeat may be put down to something initialised on first use.
  private static let maximumMismatches = 3
  /// Events of an execution after which the clock is looked at: a look takes far less than they do.
  private static let longTrace = 500
  /// Times the step limit that a body may take to show that it does end.
  private static let longerLimit = 4
  /// Steps that it may take at least: all threads must have had several turns, of a thousand steps each.
  private static let leastLongerLimit = 16_000

  init(_ configuration: Configuration, native: NativeExploration, body: any ExploredBody) {
    self.configuration = configuration
    self.native = native
    self.body = body
    runner = BodyRunner(body)
    start = clock.now
  }

  /// Explores until the strategy has no more schedules, the budget ends, or somebody asks to stop.
  mutating func explore() {
    start = clock.now
    warmUp()
    if tally.shouldStop { return finish(after: clock.now - start) }
    switch configuration.strategy.choice {
    case .automatic:
      // What could not all be explored is sampled, the likeliest mistakes first.
      let whole = configuration.budget
      explore(Exhaustive(), until: whole / 2)
      if tally.stop == .budget {
        explore(PreemptionBounded(), until: whole * 3 / 4, isFirst: false)
      }
      // To draw schedules asks for none of their steps again.
      if tally.stop == .budget || tally.stop == .polling {
        tally.polls = tally.stop == .polling
        explore(RandomWalk(seed: 1), until: whole, isFirst: false)
      }
    case .exhaustive:
      explore(Exhaustive(), until: configuration.budget)
    case .bounded(let preemptions):
      explore(PreemptionBounded(limit: preemptions), until: configuration.budget)
    case .random(let seed):
      explore(RandomWalk(seed: seed), until: configuration.budget)
    case .replay:
      break
    }
    if tally.allStopped { confirmLivelock() }
    if tally.stop != nil { tally.recallFindings() }
    finish(after: clock.now - start)
  }

  /// Tells a body that never ends from one that takes many steps.
  private mutating func confirmLivelock() {
    let stopped = execution
    guard neverEnds(after: stopped) else { return }
    tally.noteLivelock(in: stopped)
    lookForRound(Plan(prefix: Array(stopped.threads)))
  }

  /// Whether an execution that reached the step limit shows that the body never ends: the default schedule
  /// is fair, and if it may take more steps it comes to an end, or to something new.
  mutating func neverEnds(after stopped: borrowing Execution) -> Bool {
    guard stopped.ending == .stepLimit else { return false }
    // Who writes line after line gets somewhere.
    guard !stopped.trace.suffix(1000).contains(where: { $0.kind == .output }) else { return false }
    let limit = max(configuration.stepLimit * Self.longerLimit, Self.leastLongerLimit)
    let (_, ending) = run(Plan(), stepLimit: limit, isDetailed: true)
    let isNew = execution.comesToNewValues
    _ = body.collect(counting: false)
    native.finish()
    return ending == LKS_STEP_LIMIT && !isNew
  }

  private mutating func finish(after elapsed: Duration) {
    tally.elapsed = elapsed
    tally.uncontrolled = native.uncontrolled(body, configuration)
    tally.inputs = native.inputs
    tally.leftLocks = native.leftLocks
    if tally.idleWaiters > 0 {
      tally.uncontrolled.append("threads that still waited to be woken when the body had returned")
    }
    tally.instrumentedCalls = lks_instrumentedCalls(native.handle)
    tally.abandonedThreads = lks_abandonedThreads(native.handle)
  }

  /// Runs the default schedule until nothing is initialised on first use any more.
  ///
  /// What was learned meanwhile of shared memory is learned anew: it goes by the places of
  /// allocations, and a cache that was filled on first use had moved them.
  ///
  /// If the same schedule keeps giving other steps although nothing is, the body is not the same
  /// from run to run, and there is nothing to explore.
  private mutating func warmUp() {
    // Children begin with what this process had not initialised either.
    defer { if !native.isolatesExecutions { lks_forgetShared(native.handle) } }
    var former: [Event] = []
    var changes = 0
    for _ in 0..<10 {
      let (isWarmUp, ending) = run(Plan())
      let result = body.collect(counting: false)
      if ending == LKS_HELD_UP {
        native.finish()
        return tally.end(Interruption.isRequested ? .interrupted : .heldUp)
      }
      let endsAll = ending == LKS_CRASHED && native.isDisturbed(by: execution)
      if endsAll { tally.record(execution, result: result, native: native) }
      native.finish()
      if endsAll { return }
      tally.warmUps += 1
      if Interruption.isRequested { return }
      if !isWarmUp, former == execution.trace { return }
      let change = isWarmUp ? nil : Exhaustive.Mismatch(between: former, and: execution.trace)
      changes = change == nil ? 0 : changes + 1
      if let change, changes == Self.maximumMismatches {
        tally.noteNondeterminism(change, in: execution)
        return tally.end(.changes)
      }
      former = execution.trace
    }
  }

  /// Carries out a plan into `execution`, for the caller to finish.
  mutating func run(
    _ plan: Plan, stepLimit: Int? = nil, isDetailed: Bool = false, repeats: Bool = false,
    learnsNothing: Bool = false
  ) -> (isWarmUp: Bool, ending: LKSEnding) {
    let limit = UInt32(clamping: stepLimit ?? configuration.stepLimit)
    let ending = native.run(
      NativePlan(
        plan: plan, stepLimit: limit, isDetailed: isDetailed, repeats: repeats,
        learnsNothing: learnsNothing), runner)
    native.read(ending, into: &execution)
    return (native.isWarmUp, ending)
  }

  /// Forgets a finding that has turned out to be none.
  mutating func drop(_ candidate: Candidate) { tally.drop(candidate) }

  /// Carries out a plan that is none of a strategy's, and has it looked at if it can be trusted.
  mutating func probe(
    _ plan: Plan, isDetailed: Bool = false,
    look: (borrowing Execution, BodyResult, inout Tally, NativeExploration) -> Void
  ) {
    let latest = execution
    let (isWarmUp, ending) = run(plan, isDetailed: isDetailed, learnsNothing: true)
    let result = body.collect(counting: false)
    if !isWarmUp, ending != LKS_OUT_OF_MEMORY { look(execution, result, &tally, native) }
    native.finish()
    execution = latest
  }

  /// Carries out a strategy's schedules until there are none left, something ends the exploration, or
  /// so much time of the budget is used up.
  private mutating func explore<Chosen: RepeatableStrategy & ~Copyable>(
    _ fresh: @autoclosure () -> Chosen, until share: Duration, isFirst: Bool = true
  ) {
    tally.stop = nil
    var strategy = fresh()
    var mismatches = 0
    // The runtime keeps events of the run before.
    var hasProbed = false
    let stepLimit = UInt32(clamping: configuration.stepLimit)
    var nextProgress = start + .milliseconds(200)
    while true {
      // Long executions are rare, and one may take longer than what is left of the budget.
      if tally.executions & 15 == 0 || execution.trace.count > Self.longTrace {
        let now = clock.now
        if Interruption.isRequested { return tally.end(.interrupted) }
        if now - start >= share {
          tally.leftOut = strategy.leftOut
          return tally.end(.budget)
        }
        if let onProgress = configuration.onProgress, now >= nextProgress {
          nextProgress = now + .milliseconds(200)
          onProgress(tally.progress(after: now - start))
        }
        if isTimeForRounds(after: now - start) {
          probeForRounds()
          hasProbed = true
        }
      }
      guard let plan = strategy.next() else {
        tally.leftOut = strategy.leftOut
        return tally.isComplete = tally.leftOut == nil && tally.crashes == 0
      }
      if lks_isMemoryUsedUp(native.handle) { return tally.end(.memoryLeftBehind) }
      let ending = native.run(
        NativePlan(
          plan: plan, stepLimit: stepLimit, repeats: plan.branch > 0 && !hasProbed), runner)
      hasProbed = false
      var collected: BodyResult?
      if case .random = plan.continuation, tally.hasSeen(ending, native) {
        let result = body.collect(counting: true)
        if result == BodyResult() {
          tally.recordRepetition(native)
          native.finish()
          if tally.shouldStop { return }
          continue
        }
        collected = result
      }
      native.read(ending, into: &execution)
      let isWarmUp = native.isWarmUp
      if ending == LKS_TOO_MANY_THREADS || ending == LKS_OUT_OF_MEMORY {
        _ = body.collect(counting: false)
        native.finish()
        guard ending == LKS_OUT_OF_MEMORY else { return tally.end(.tooManyThreads) }
        return tally.end(lks_isMemoryUsedUp(native.handle) ? .memoryLeftBehind : .memory)
      }
      if ending == LKS_HELD_UP {
        _ = body.collect(counting: false)
        native.finish()
        return tally.end(Interruption.isRequested ? .interrupted : .heldUp)
      }
      if isWarmUp, ending != LKS_CRASHED || !native.isDisturbed(by: execution) {
        _ = body.collect(counting: false)
        native.finish()
        if tally.restarts >= Self.maximumRestarts { return tally.end(.unsettled) }
        restart(keepingFindings: !isFirst)
        strategy = fresh()
        continue
      }
      strategy.record(execution)
      if let mismatch = strategy.mismatch {
        _ = body.collect(counting: false)
        native.finish()
        mismatches += 1
        if mismatches > Self.maximumMismatches {
          // A thread that polls what is not seen may do so more often in one schedule than in another.
          if execution.trace.contains(where: { $0.kind == .yield }) { return tally.end(.polling) }
          tally.noteNondeterminism(mismatch, in: execution)
          return tally.end(.changes)
        }
        restart(keepingFindings: !isFirst)
        strategy = fresh()
        continue
      }
      let isRedundant = execution.ending == .redundant
      let result = collected ?? body.collect(counting: !isRedundant)
      tally.record(execution, result: result, native: native)
      native.finish()
      if ending == LKS_LIVELOCKED {
        lookForRound(Plan(prefix: Array(execution.threads)))
        hasProbed = true
      }
      if let onFinding = configuration.onFinding { tell(onFinding) }
      if tally.shouldStop { return }
    }
  }

  /// Tells of the findings that have not been told of, and are no longer in doubt.
  private mutating func tell(_ onFinding: (_ kind: String, _ schedule: String) -> Void) {
    guard tally.findingCount > toldFindings else { return }
    for candidate in tally.findings where !told.contains(candidate.key) {
      told.append(candidate.key)
      guard candidate.atExecution == tally.executions, !configuration.ignores(candidate) else {
        continue
      }
      let schedule = Schedule(
        of: execution, build: BuildIdentity.current, test: configuration.identity)
      onFinding(candidate.finding.kind.rawValue, schedule.token)
    }
    toldFindings = tally.findingCount
  }

  private mutating func restart(keepingFindings: Bool) {
    body.restart()
    tally.restart(keepingFindings: keepingFindings)
  }
}

extension Explorer {
  /// How long a replay learns before each of its attempts, at least.
  static let learningTimes = [Duration.milliseconds(20), .seconds(2), .seconds(10)]

  /// Runs a body until what it shares is known: a token's steps are those of when all of it was.
  ///
  /// First that is some schedules at random, and before later attempts every schedule, for longer. Gives what
  /// running showed.
  static func learning(
    _ configuration: Configuration, native: NativeExploration, body: any ExploredBody,
    attempt: Int, within least: Duration = .zero
  ) -> Tally {
    var configuration = configuration
    configuration.strategy = attempt > 0 ? .exhaustive : .random(seed: 1)
    configuration.budget = max(learningTimes[attempt], least)
    configuration.onProgress = nil
    configuration.minimises = false
    var explorer = Explorer(configuration, native: native, body: body)
    explorer.explore()
    body.restart()
    return explorer.tally
  }
}
