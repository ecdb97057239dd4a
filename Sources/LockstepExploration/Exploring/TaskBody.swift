internal import CLockstepRuntime

/// An asynchronous closure whose result is an outcome: run as a task of its own.
///
/// The task's first job is kept back, and is what the exploration's thread 0 runs.
final class TaskBody<Outcome: Hashable & Sendable>: ExploredBody {
  /// What a run leaves behind.
  ///
  /// Written on controlled threads, one at a time, and read on the exploring thread when they rest. A
  /// lock would be a step of the program that is explored.
  private final class Run: @unchecked Sendable {
    var outcome: Outcome?
    var error: String?
  }

  private let body: @Sendable () async throws -> Outcome
  private var current: Run?
  private(set) var outcomes: [Outcome: Int] = [:]
  let isTask = true
  var isShown = false

  init(_ body: @escaping @Sendable () async throws -> Outcome) { self.body = body }

  func prepare() {
    let run = Run()
    current = run
    let body = body
    lks_captureNextJob()
    // Never awaited: its jobs run to their ends before the execution does, or are abandoned with it.
    Task {
      do {
        run.outcome = try await body()
      } catch {
        run.error = "\(error)"
      }
    }
  }

  func run() { lks_runCapturedJob() }

  func collect(counting: Bool) -> BodyResult {
    defer { current = nil }
    guard let current else { return BodyResult() }
    var result = BodyResult(
      thrownError: current.error, isUnfinished: current.outcome == nil && current.error == nil)
    if let outcome = current.outcome {
      if counting { outcomes[outcome, default: 0] += 1 } else { result.outcome = outcome.hashValue }
    }
    return result
  }

  func restart() { outcomes = [:] }
}
