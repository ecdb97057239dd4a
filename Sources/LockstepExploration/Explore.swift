internal import CLockstepRuntime
internal import LockstepEngine
package import LockstepReport

/// What an exploration of a closure gave.
public struct Exploration<Outcome: Hashable> {
  /// How many executions gave each result of the closure.
  public let outcomes: [Outcome: Int]
  /// Everything else that is known.
  public let report: ExplorationReport

  /// Whether something failed, nothing did, or too little was seen to say.
  public var verdict: ExplorationReport.Verdict { report.verdict }
  /// Why the verdict is no pass although nothing failed.
  public var reasons: [ExplorationReport.Reason] { report.reasons }
  /// What the schedules broke.
  public var findings: [ExplorationReport.Finding] { report.findings }
  /// Whether every schedule that the strategy stands for was carried out.
  public var isComplete: Bool { report.isComplete }
  /// Executions that counted.
  public var executions: Int { report.executions }
}

extension Exploration: Sendable where Outcome: Sendable {}

extension Exploration: CustomStringConvertible {
  /// The report as plain text.
  public var description: String { report.description }
}

/// Runs a closure in every schedule of the threads that it starts, and says what can happen.
///
/// The closure is run again and again on threads of the exploration's own, one step at a time. It
/// must begin afresh each time: what it shares with its threads it makes itself.
///
/// - Parameters:
///   - strategy: which schedules; all that can be told apart, unless said otherwise.
///   - budget: time after which the exploration ends, complete or not.
///   - expectation: whether differing results are a finding, or which finding there must be.
///   - stepLimit: steps after which one execution is stopped.
///   - spuriousWakeups: whether the first wait of each thread for a condition may also end although
///     nobody woke it, as POSIX allows: it multiplies schedules.
///   - name: of the unit in reports and tokens.
///   - probe: a function compiled as the closure is, that reads and writes what it is given once;
///     by default, one of Lockstep's own, which `lockstep test` compiles as it does the tests.
///   - body: what is explored. Its result is an outcome; an error that it throws is a finding.
/// - Returns: the outcomes with their counts, and the report.
/// - Throws: `ExplorationError`, when nothing could be explored at all.
public func explore<Outcome: Hashable>(
  _ strategy: Strategy = .automatic, budget: Duration = .seconds(10),
  expecting expectation: ExplorationExpectation = .anyOutcomes, stepLimit: Int = 20_000,
  spuriousWakeups: Bool = false,
  named name: String = #function, probe: ((UnsafeMutablePointer<Int>) -> Void)? = nil,
  _ body: @escaping () throws -> Outcome
) throws -> Exploration<Outcome> {
  try explore(
    configuration(strategy, budget, expectation, stepLimit, spuriousWakeups, name, probe), body)
}

/// The outcome of a closure that returns nothing: that it came to its end.
public struct Completion: Hashable, Sendable, CustomStringConvertible {
  /// `completed`.
  public var description: String { "completed" }
}

/// Runs a closure without a result in every schedule of the threads that it starts.
///
/// - Parameters:
///   - strategy: which schedules; all that can be told apart, unless said otherwise.
///   - budget: time after which the exploration ends, complete or not.
///   - expectation: which finding there must be, if something is known to be wrong.
///   - stepLimit: steps after which one execution is stopped.
///   - spuriousWakeups: whether the first wait of each thread for a condition may also end although
///     nobody woke it, as POSIX allows: it multiplies schedules.
///   - name: of the unit in reports and tokens.
///   - probe: a function compiled as the closure is; see `explore` with a result.
///   - body: what is explored. An error that it throws is a finding.
/// - Returns: the report, with one outcome.
/// - Throws: `ExplorationError`, when nothing could be explored at all.
public func explore(
  _ strategy: Strategy = .automatic, budget: Duration = .seconds(10),
  expecting expectation: ExplorationExpectation = .anyOutcomes, stepLimit: Int = 20_000,
  spuriousWakeups: Bool = false,
  named name: String = #function, probe: ((UnsafeMutablePointer<Int>) -> Void)? = nil,
  _ body: @escaping () throws -> Void
) throws -> Exploration<Completion> {
  try explore(
    strategy, budget: budget, expecting: expectation, stepLimit: stepLimit,
    spuriousWakeups: spuriousWakeups, named: name, probe: probe
  ) {
    try body()
    return Completion()
  }
}

/// Runs an asynchronous closure in every schedule of the tasks and threads that it starts.
///
/// The closure is the body of a task, which is run again and again. It must begin afresh each time.
///
/// - Parameters:
///   - strategy: which schedules; all that can be told apart, unless said otherwise.
///   - budget: time after which the exploration ends, complete or not.
///   - expectation: whether differing results are a finding, or which finding there must be.
///   - stepLimit: steps after which one execution is stopped.
///   - spuriousWakeups: whether the first wait of each thread for a condition may also end although
///     nobody woke it, as POSIX allows: it multiplies schedules.
///   - name: of the unit in reports and tokens.
///   - probe: a function compiled as the closure is; see the synchronous `explore`.
///   - body: what is explored. Its result is an outcome; an error that it throws, and that it never
///     comes to its end, are findings.
/// - Returns: the outcomes with their counts, and the report.
/// - Throws: `ExplorationError`, when nothing could be explored at all.
public func explore<Outcome: Hashable & Sendable>(
  _ strategy: Strategy = .automatic, budget: Duration = .seconds(10),
  expecting expectation: ExplorationExpectation = .anyOutcomes, stepLimit: Int = 20_000,
  spuriousWakeups: Bool = false,
  named name: String = #function, probe: ((UnsafeMutablePointer<Int>) -> Void)? = nil,
  _ body: @escaping @Sendable () async throws -> Outcome
) throws -> Exploration<Outcome> {
  try explore(
    configuration(strategy, budget, expectation, stepLimit, spuriousWakeups, name, probe), body)
}

/// The same with everything said in a configuration.
package func explore<Outcome: Hashable & Sendable>(
  _ configuration: Configuration, _ body: @escaping @Sendable () async throws -> Outcome
) throws -> Exploration<Outcome> {
  let explored = TaskBody(body)
  let report = try report(of: explored, configuration) { counts(of: explored.outcomes) }
  return Exploration(outcomes: explored.outcomes, report: report)
}

private func configuration(
  _ strategy: Strategy, _ budget: Duration, _ expectation: ExplorationExpectation, _ stepLimit: Int,
  _ spuriousWakeups: Bool,
  _ name: String, _ probe: ((UnsafeMutablePointer<Int>) -> Void)?
) -> Configuration {
  var configuration = Configuration()
  configuration.strategy = strategy
  configuration.budget = budget
  configuration.stepLimit = stepLimit
  configuration.spuriousWakeups = spuriousWakeups
  configuration.name = name
  configuration.expectsOneOutcome = expectation.wantsOneOutcome
  configuration.expectedFindings = expectation.findings
  configuration.probe = probe
  return configuration
}

func counts<Outcome: Hashable>(of outcomes: [Outcome: Int]) -> OutcomeCounts {
  outcomes.reduce(into: OutcomeCounts()) { counts, outcome in
    counts.add("\(outcome.key)", count: outcome.value)
  }
}

/// The same with everything said in a configuration.
package func explore<Outcome: Hashable>(
  _ configuration: Configuration, _ body: @escaping () throws -> Outcome
) throws -> Exploration<Outcome> {
  let explored = ClosureBody(body)
  let report = try report(of: explored, configuration) { counts(of: explored.outcomes) }
  return Exploration(outcomes: explored.outcomes, report: report)
}

/// Explores a body and judges what was found.
package func report(
  of body: any ExploredBody, _ configuration: Configuration,
  outcomes: () -> OutcomeCounts = { OutcomeCounts() }
) throws -> ExplorationReport {
  if lks_isControlled() {
    lks_leaveToTest()
    throw ExplorationError.nested
  }
  let proof = InstrumentationProof.run(configuration.probe)
  LastWords.install()
  let native = try NativeExploration(
    mode: NativeExploration.mode, wakesForNothing: configuration.spuriousWakeups)
  return try LastWords.remembering(configuration, of: native) {
    let report = try report(of: body, configuration, native, proof, outcomes: outcomes)
    ResultsFolder.write(report)
    return report
  }
}

/// The same with an exploration that is there already.
func report(
  of body: any ExploredBody, _ configuration: Configuration, _ native: NativeExploration,
  _ proof: InstrumentationProof, outcomes: () -> OutcomeCounts
) throws -> ExplorationReport {
  if case .replay = configuration.strategy.choice {
    return try TokenReplay(configuration, native: native, body: body).report(proof: proof)
  }
  var explorer = Explorer(configuration, native: native, body: body)
  explorer.explore()
  let counts = outcomes()
  explorer.dropBlindStores()
  explorer.dropDecisions()
  let findings = explorer.tally.shownFindings.filter { !configuration.ignores($0) }
  let shown = explorer.leastSchedules(of: explorer.refitted(findings))
  let describer = FindingDescriber(configuration: configuration, native: native, body: body)
  let described = shown.map { describer.describe($0) }
  return ExplorationReport(
    explorer.tally, described, configuration: configuration, proof: proof, outcomes: counts,
    otherRaces: OtherRaces(than: shown, in: explorer.tally).note)
}
