/// What one execution of a body gave, beside its trace.
package struct BodyResult: Equatable {
  /// The error that the body threw, as text.
  package var thrownError: String?
  /// The expectation that failed in it, as text.
  package var failedExpectation: String?
  /// Whether the body is a task that had not come to its end, or a program that had not.
  package var isUnfinished = false
  /// What a program ended with that it was not to end with.
  package var exitStatus: Int32?
  /// A hash of the outcome, where it was not to be counted.
  var outcome: Int?

  package init(
    thrownError: String? = nil, failedExpectation: String? = nil, isUnfinished: Bool = false,
    exitStatus: Int32? = nil
  ) {
    self.thrownError = thrownError
    self.failedExpectation = failedExpectation
    self.isUnfinished = isUnfinished
    self.exitStatus = exitStatus
  }
}

/// A body that is run again and again, and what is kept of each run.
package protocol ExploredBody: AnyObject {
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
  package var isTask: Bool { false }
}

/// A closure whose result is an outcome.
///
/// Outcomes lie in memory of their own: nobody can specialise code for the type that a test chose, and
/// an `Optional` of it would be asked for its metadata several times in each execution.
final class ClosureBody<Outcome: Hashable>: ExploredBody {
  private let body: () throws -> Outcome
  private let outcome = UnsafeMutablePointer<Outcome>.allocate(capacity: 1)
  private var hasOutcome = false
  private var error: (any Error)?
  private var counts: [Outcome: Int] = [:]
  /// The outcome counted last and how often in a row: most executions give what the one before gave.
  private let latest = UnsafeMutablePointer<Outcome>.allocate(capacity: 1)
  private var latestCount = 0
  var isShown = false

  init(_ body: @escaping () throws -> Outcome) { self.body = body }

  deinit {
    dropOutcome()
    if latestCount > 0 { latest.deinitialize(count: 1) }
    outcome.deallocate()
    latest.deallocate()
  }

  /// How many executions gave each outcome.
  var outcomes: [Outcome: Int] {
    var outcomes = counts
    if latestCount > 0 { outcomes[latest.pointee, default: 0] += latestCount }
    return outcomes
  }

  func prepare() {}

  func run() {
    do {
      outcome.initialize(to: try body())
      hasOutcome = true
    } catch {
      self.error = error
    }
  }

  func collect(counting: Bool) -> BodyResult {
    defer { dropOutcome() }
    if let error {
      self.error = nil
      return BodyResult(thrownError: String(describing: error))
    }
    var result = BodyResult()
    if hasOutcome {
      if counting { count() } else { result.outcome = outcome.pointee.hashValue }
    }
    return result
  }

  private func dropOutcome() {
    if hasOutcome { outcome.deinitialize(count: 1) }
    hasOutcome = false
  }

  private func count() {
    if latestCount > 0 {
      if outcome.pointee == latest.pointee {
        latestCount += 1
        return
      }
      counts[latest.pointee, default: 0] += latestCount
      latest.deinitialize(count: 1)
    }
    latest.moveInitialize(from: outcome, count: 1)
    hasOutcome = false
    latestCount = 1
  }

  func restart() {
    counts = [:]
    if latestCount > 0 { latest.deinitialize(count: 1) }
    latestCount = 0
  }
}
