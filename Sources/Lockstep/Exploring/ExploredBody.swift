/// What one execution of a body gave, beside its trace.
struct BodyResult {
  /// The error that the body threw, as text.
  var thrownError: String?
  /// The expectation that failed in it, as text.
  var failedExpectation: String?
  /// Whether the body is a task that had not come to its end, or a program that had not.
  var isUnfinished = false
  /// What a program ended with that it was not to end with.
  var exitStatus: Int32?
}

/// A body that is run again and again, and what is kept of each run.
protocol ExploredBody: AnyObject {
  /// Whether it is run as a task.
  var isTask: Bool { get }
  /// Whether the next run is the one that people are shown.
  var isShown: Bool { get set }

  /// Makes ready for a run, on the exploring thread.
  func prepare()

  /// Runs the body once, on the controlled thread 0.
  func run()

  /// Takes what the last run left, on the exploring thread, and counts it if it is to be counted.
  func collect(counting: Bool) -> BodyResult

  /// Forgets all that was counted: the exploration begins anew.
  func restart()
}

extension ExploredBody {
  var isTask: Bool { false }
}

/// A closure whose result is an outcome.
final class ClosureBody<Outcome: Hashable>: ExploredBody {
  private let body: () throws -> Outcome
  private var outcome: Outcome?
  private var error: (any Error)?
  private var counts: [Outcome: Int] = [:]
  /// The outcome counted last and how often in a row: most executions give what the one before gave.
  private var latest: Outcome?
  private var latestCount = 0
  var isShown = false

  init(_ body: @escaping () throws -> Outcome) { self.body = body }

  /// How many executions gave each outcome.
  var outcomes: [Outcome: Int] {
    var outcomes = counts
    if let latest { outcomes[latest, default: 0] += latestCount }
    return outcomes
  }

  func prepare() {}

  func run() {
    do {
      outcome = try body()
    } catch {
      self.error = error
    }
  }

  func collect(counting: Bool) -> BodyResult {
    defer { outcome = nil }
    if let error {
      self.error = nil
      return BodyResult(thrownError: String(describing: error))
    }
    if counting, outcome != nil { count() }
    return BodyResult()
  }

  private func count() {
    if outcome == latest {
      latestCount += 1
      return
    }
    if let latest { counts[latest, default: 0] += latestCount }
    latest = outcome
    latestCount = 1
  }

  func restart() {
    counts = [:]
    latest = nil
  }
}
