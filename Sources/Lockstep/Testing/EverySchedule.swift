internal import CLockstepRuntime
public import LockstepExploration
public import Testing

/// Runs a test's body in every schedule of the threads that it starts.
///
/// What fails in some schedule is recorded on the test with the schedule that shows it. A test that
/// was explored only in part, that nothing could be seen of, or that started no thread is not passed
/// over in silence: it records an error, or a warning where only the budget ended.
public struct EveryScheduleTrait: TestTrait, SuiteTrait, TestScoping {
  /// What of the test's code must be seen.
  public enum Granularity: Sendable {
    /// Calls and every access to memory: the code must be instrumented, as by `lockstep test`.
    case accesses
    /// Calls are enough: locks, conditions, semaphores, threads. Works in a plain `swift test`.
    case calls
  }

  let strategy: Strategy
  let budget: Duration
  let stepLimit: Int
  let spuriousWakeups: Bool
  let expectation: ExplorationExpectation
  let granularity: Granularity

  /// On a suite, the trait is for all of its tests.
  public var isRecursive: Bool { true }

  /// Explores each test case by itself.
  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    testCase == nil ? nil : self
  }

  /// Runs a test case's body in every schedule, and records what is no pass.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    var configuration = Configuration()
    configuration.strategy = Environment.replayToken.map { .replay($0) } ?? strategy
    configuration.budget = budget
    configuration.stepLimit = stepLimit
    configuration.spuriousWakeups = spuriousWakeups
    configuration.expectedFindings = expectation.findings
    configuration.acceptsCallsOnly = granularity == .calls
    configuration.name = test.displayName ?? test.name
    let filter = test.name.prefix { $0 != "(" }
    let command = Environment.resultsFolder == nil ? "swift test" : "lockstep test"
    configuration.replayCommand = { "LOCKSTEP_REPLAY=\($0) \(command) --filter '\(filter)'" }
    try withoutActuallyEscaping(function) { function in
      let body = TestBody { handling in
        try await handling.provideScope(for: test, testCase: testCase, performing: function)
      }
      // Executions that did not end keep the closure, on stacks that nobody runs again.
      defer { lks_permitEscape() }
      do {
        record(try report(of: body, configuration), on: test)
      } catch let error as ExplorationError {
        Issue.record("Lockstep: \(error)", sourceLocation: test.sourceLocation)
      }
    }
  }

  /// Records what is no pass.
  private func record(_ report: ExplorationReport, on test: Test) {
    let notes = report.notes.map { "note: \($0)" }
    var shown: Set<String> = []
    for finding in report.findings where !report.isExpected(finding) {
      // Two findings of one schedule have one table.
      let isNew = finding.schedule.isEmpty || shown.insert(finding.schedule).inserted
      let text = isNew ? finding.text : "\(finding.summary)\n(the schedule is the one above)"
      Issue.record(
        Comment(rawValue: ([text] + notes).joined(separator: "\n")),
        sourceLocation: test.sourceLocation)
    }
    guard report.verdict == .inconclusive else { return }
    let isOnlyBudget = report.reasons == [.budget]
    let text = report.headline + report.notes.map { "note: \($0)" }.joined(separator: "\n")
    Issue.record(
      Comment(rawValue: text), severity: isOnlyBudget ? .warning : .error,
      sourceLocation: test.sourceLocation)
  }
}

extension Trait where Self == EveryScheduleTrait {
  /// Every schedule, within ten seconds.
  public static var everySchedule: Self { .everySchedule() }

  /// The schedules of a strategy.
  ///
  /// - Parameters:
  ///   - strategy: which schedules; all that can be told apart, unless said otherwise.
  ///   - budget: time after which the exploration of one test ends, complete or not.
  ///   - stepLimit: steps after which one execution is stopped.
  ///   - spuriousWakeups: whether the first wait of each thread for a condition may also end although
  ///     nobody woke it.
  ///   - expectation: which finding there must be, if something is known to be wrong: that it comes is
  ///     no issue, and that it does not is one.
  ///   - granularity: what must be seen for a pass.
  /// - Returns: the trait.
  public static func everySchedule(
    _ strategy: Strategy = .automatic, budget: Duration = .seconds(10), stepLimit: Int = 20_000,
    spuriousWakeups: Bool = false, expecting expectation: ExplorationExpectation = .anyOutcomes,
    granularity: EveryScheduleTrait.Granularity = .accesses
  ) -> Self {
    EveryScheduleTrait(
      strategy: strategy, budget: budget, stepLimit: stepLimit, spuriousWakeups: spuriousWakeups,
      expectation: expectation, granularity: granularity)
  }
}
