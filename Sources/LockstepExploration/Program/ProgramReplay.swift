internal import CLockstepRuntime
internal import LockstepEngine
internal import LockstepReport

/// Carries out the schedule of a token again, several times over, in a program that may be another
/// build of the one that it was found in.
struct ProgramReplay {
  let configuration: Configuration
  let native: NativeExploration
  let body: ProgramBody
  let schedule: Schedule
  /// Whether the program was built anew since.
  let isStale: Bool

  /// - Throws: `ExplorationError.token` for one that is corrupt, or of another program.
  init(_ configuration: Configuration, native: NativeExploration, body: ProgramBody) throws {
    guard case .replay(let token) = configuration.strategy.choice else {
      preconditionFailure("a replay has a token")
    }
    do {
      schedule = try Schedule.decode(token)
    } catch {
      throw ExplorationError.token(TokenReplay.message(error, name: configuration.name))
    }
    guard schedule.test == configuration.identity else {
      throw ExplorationError.token(TokenReplay.message(.foreign, name: configuration.name))
    }
    self.configuration = configuration
    self.native = native
    self.body = body
    isStale = schedule.build != BuildIdentity.current
  }

  /// What following the schedule gave.
  struct Result {
    var report: ExplorationReport
    /// Sentences on how the schedule was followed.
    var notes: [String]
    /// Whether the execution of the schedule came about, and each time.
    var isSame: Bool
    /// The schedule, as far as it was followed.
    var plan: Plan
  }

  /// Replays so many times.
  func result(times: Int, proof: InstrumentationProof) -> Result {
    var tally = Tally()
    var (followed, result) = attempt(0, counting: &tally)
    for number in 1..<Explorer.learningTimes.count {
      let isLost = followed.result != .identical && !isStale && number == 1
      guard isLost || tally.isInDoubt, !Interruption.isRequested else { break }
      (followed, result) = attempt(number, counting: &tally)
    }
    var explorer = Explorer(configuration, native: native, body: body)
    if explorer.neverEnds(after: result.execution) { tally.noteLivelock(in: result.execution) }
    let identity = TraceIdentity.hash(of: result.execution)
    var same = identity == schedule.traceHash ? 1 : 0
    var alike = 1
    for _ in 1..<max(1, times) where !Interruption.isRequested {
      let again = TraceIdentity.hash(of: run(followed.plan).execution)
      if again == identity { alike += 1 }
      if again == schedule.traceHash { same += 1 }
    }
    if tally.isInDoubt { tally.stop = .budget }
    tally.isComplete = tally.stop == nil
    tally.uncontrolled = native.uncontrolled(body, configuration)
    tally.inputs = native.inputs
    tally.leftLocks = native.leftLocks
    tally.instrumentedCalls = lks_instrumentedCalls(native.handle)
    let describer = FindingDescriber(configuration: configuration, native: native, body: body)
    let report = ExplorationReport(
      tally,
      tally.shownFindings.filter { !configuration.ignores($0) }.map { describer.describe($0) },
      configuration: configuration, proof: proof, outcomes: counts(of: body.outcomes))
    return Result(
      report: report, notes: notes(followed.result, same: same, alike: alike, of: times),
      isSame: same == times, plan: followed.plan)
  }

  /// Has a debugger look at an execution.
  ///
  /// - Parameters:
  ///   - plan: its schedule.
  ///   - stop: where it is to stop.
  ///   - begin: is told of its process, which waits for the debugger.
  /// - Returns: whether there was one; comes back at its end.
  func debug(_ plan: Plan, stoppingAt stop: DebuggerStop, begin: (Int32) -> Void) -> Bool {
    native.debug(
      NativePlan(
        plan: plan, stepLimit: UInt32(configuration.stepLimit), learnsNothing: true, stop: stop),
      begin: begin)
  }

  private func notes(_ result: Replay.Result, same: Int, alike: Int, of times: Int) -> [String] {
    var notes: [String] = []
    if isStale { notes.append("the program was built anew since the schedule was found") }
    switch result {
    case .identical:
      notes.append("the same execution \(same) of \(times) times")
      return notes
    case .diverged(let step, let expected, let met):
      let met = met.map { "\($0.kind) by thread \($0.thread.rawValue)" } ?? "that it cannot go on"
      notes.append(
        "the schedule was left at step \(step + 1) of \(schedule.stepCount): expected "
          + "\(expected.kind) by thread \(expected.thread.rawValue), met \(met); from there on "
          + "nothing was preempted")
    case .different(let expectedSteps, let steps):
      notes.append(
        "the schedule was followed to its last choice; the execution has \(steps) steps, and had "
          + "\(expectedSteps)")
    case .unfinished:
      notes.append("the schedule could not be followed")
    }
    notes.append("what it led to was the same \(alike) of \(times) times")
    return notes
  }

  /// Follows the schedule after so many attempts that came to nothing, and has a look at where it leads.
  private func attempt(_ number: Int, counting tally: inout Tally) -> (Followed, Ran) {
    let learned = Explorer.learning(
      configuration, native: native, body: body, attempt: number, within: .milliseconds(100))
    let followed = follow()
    tally = Tally()
    tally.learn(from: learned)
    let result = run(followed.plan)
    tally.record(result.execution, result: result.body, native: native)
    return (followed, result)
  }

  private typealias Followed = (result: Replay.Result, plan: Plan)
  private typealias Ran = (execution: Execution, body: BodyResult)

  /// The plan that follows the schedule as far as it can be followed.
  private func follow() -> Followed {
    var strategy = Replay(schedule)
    while let plan = strategy.next() { strategy.record(run(plan).execution) }
    return (strategy.result, strategy.followed)
  }

  private func run(_ plan: Plan) -> Ran {
    var execution = Execution(ending: .completed, trace: [])
    let ending = native.run(
      NativePlan(plan: plan, stepLimit: UInt32(configuration.stepLimit), learnsNothing: true),
      BodyRunner(body))
    native.read(ending, into: &execution)
    let result = body.collect(counting: false)
    native.finish()
    return (execution, result)
  }
}
