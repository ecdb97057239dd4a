internal import CLockstepRuntime
internal import Synchronization
internal import Testing

/// A test's body: run again and again as the job of a task, so that what it expects is reported as in
/// any test.
///
/// The task is made on the test's own thread, and so inherits the task locals through which
/// `#expect` finds its test; its job is kept back, and runs on the exploration's thread 0.
final class TestBody: ExploredBody {
  /// Runs the test with its issues handled by a trait.
  typealias Body = @Sendable (IssueHandlingTrait) async throws -> Void

  /// What a run leaves behind; written on the controlled thread, read on the test's own.
  private final class Run: Sendable {
    let issues = Mutex<[String]>([])
    let error = Mutex<String?>(nil)
  }

  private let body: Body
  private var current: Run?
  var isShown = false

  init(_ body: @escaping Body) { self.body = body }

  func prepare() {
    let run = Run()
    current = run
    let isShown = isShown
    let handling = IssueHandlingTrait.compactMapIssues { issue in
      if issue.severity == .error { run.issues.withLock { $0.append("\(issue)") } }
      return isShown ? issue : nil
    }
    let body = body
    lks_captureNextJob()
    // Never awaited: its job runs to its end before the execution does, or is abandoned with it.
    Task {
      do {
        try await body(handling)
      } catch {
        run.error.withLock { $0 = "\(error)" }
      }
    }
  }

  func run() {
    while lks_runNextJob() {}
  }

  func collect(counting: Bool) -> BodyResult {
    defer { current = nil }
    guard let current else { return BodyResult() }
    return BodyResult(
      thrownError: current.error.withLock { $0 },
      failedExpectation: current.issues.withLock { $0.first })
  }

  func restart() {}
}
