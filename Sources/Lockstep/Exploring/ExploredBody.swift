/// What one execution of a body gave, beside its trace.
struct BodyResult {
  /// The error that the body threw, as text.
  var thrownError: String?
  /// The expectation that failed in it, as text.
  var failedExpectation: String?
}

/// A body that is run again and again, and what is kept of each run.
protocol ExploredBody: AnyObject {
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

/// A closure whose result is an outcome.
final class ClosureBody<Outcome: Hashable>: ExploredBody {
  private let body: () throws -> Outcome
  private var result: Result<Outcome, any Error>?
  private(set) var outcomes: [Outcome: Int] = [:]
  var isShown = false

  init(_ body: @escaping () throws -> Outcome) { self.body = body }

  func prepare() {}

  func run() {
    result = Result { try body() }
  }

  func collect(counting: Bool) -> BodyResult {
    defer { result = nil }
    switch result {
    case .success(let outcome):
      if counting { outcomes[outcome, default: 0] += 1 }
      return BodyResult()
    case .failure(let error):
      return BodyResult(thrownError: String(describing: error))
    case nil:
      return BodyResult()
    }
  }

  func restart() { outcomes = [:] }
}
