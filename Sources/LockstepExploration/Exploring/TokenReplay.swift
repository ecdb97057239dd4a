internal import CLockstepRuntime
internal import LockstepEngine
internal import LockstepReport

/// Carries out the schedule of a token again, and says whether it is the same execution.
struct TokenReplay {
  let configuration: Configuration
  let native: NativeExploration
  let body: any ExploredBody
  private let schedule: Schedule

  /// - Throws: `ExplorationError.token` for one that is corrupt, foreign, or of another build.
  init(_ configuration: Configuration, native: NativeExploration, body: any ExploredBody) throws {
    self.configuration = configuration
    self.native = native
    self.body = body
    guard case .replay(let token) = configuration.strategy.choice else {
      preconditionFailure("a replay has a token")
    }
    do {
      schedule = try Schedule(
        token: token, build: BuildIdentity.current, test: configuration.identity)
    } catch {
      throw ExplorationError.token(Self.message(error, name: configuration.name))
    }
  }

  static func message(_ error: Schedule.TokenError, name: String) -> String {
    switch error {
    case .truncated: "the token is cut short; copy all of it"
    case .corrupt: "the token is damaged; copy it again from where it was printed"
    case .foreign: "the token belongs to another test than '\(name)'"
    case .stale: "the token belongs to another build of this program; explore again for a new one"
    case .unsupportedVersion(let version):
      "the token is of version \(version), which this version of Lockstep cannot read"
    }
  }

  /// Replays the schedule and reports what it shows.
  ///
  /// - Throws: `ExplorationError.token` when the program does not follow the schedule any more.
  func report(proof: InstrumentationProof) throws -> ExplorationReport {
    var result = Replay.Result.unfinished
    for attempt in Explorer.learningTimes.indices {
      var tally = Tally()
      tally.learn(
        from: Explorer.learning(configuration, native: native, body: body, attempt: attempt))
      let ending = replay(counting: &tally, &result)
      guard result == .identical else { continue }
      // One execution cannot tell whether it is a finding, and a few may not have. What came to a state
      // again may be a look that others are known to have a part in, once all that is shared is known.
      if attempt == 0, tally.isProvisional || ending == .livelocked { continue }
      if tally.isInDoubt {
        if attempt + 1 < Explorer.learningTimes.count { continue }
        tally.stop = .budget
      }
      tally.isComplete = tally.stop == nil
      tally.uncontrolled = native.uncontrolled(body, configuration)
      tally.inputs = native.inputs
      tally.leftLocks = native.leftLocks
      tally.instrumentedCalls = lks_instrumentedCalls(native.handle)
      let describer = FindingDescriber(configuration: configuration, native: native, body: body)
      return ExplorationReport(
        tally, tally.shownFindings.map { describer.describe($0) }, configuration: configuration,
        proof: proof, outcomes: OutcomeCounts())
    }
    throw ExplorationError.token(divergence(result))
  }

  private func divergence(_ result: Replay.Result) -> String {
    switch result {
    case .diverged(let step, let expected, let met):
      let met = met.map { "\($0.kind) by thread \($0.thread.rawValue)" } ?? "that it cannot go on"
      return "diverged at step \(step): expected \(expected.kind) by thread "
        + "\(expected.thread.rawValue), met \(met)"
    case .different(let expectedSteps, let steps):
      return "diverged after the last choice: expected the same \(expectedSteps) steps, "
        + "met other ones, \(steps) in number"
    case .identical, .unfinished:
      return "the schedule could not be followed"
    }
  }

  /// Carries out the schedule; gives how its last execution ended.
  private func replay(
    counting tally: inout Tally, _ outcome: inout Replay.Result
  ) -> Execution.Ending {
    var strategy = Replay(schedule)
    var execution = Execution(ending: .completed, trace: [])
    let runner = BodyRunner(body)
    while let plan = strategy.next() {
      let ending = native.run(
        NativePlan(plan: plan, stepLimit: UInt32(configuration.stepLimit)), runner)
      native.read(ending, into: &execution)
      strategy.record(execution)
      let isLast = strategy.result == .identical
      let result = body.collect(counting: isLast)
      if isLast { tally.record(execution, result: result, native: native) }
      native.finish()
    }
    var explorer = Explorer(configuration, native: native, body: body)
    if explorer.neverEnds(after: execution) { tally.noteLivelock(in: execution) }
    outcome = strategy.result
    return execution.ending
  }
}
