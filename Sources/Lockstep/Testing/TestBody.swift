internal import CLockstepRuntime
internal import LockstepExploration
internal import Testing

/// A test's body: run again and again as the job of a task, so that what it expects is reported as in
/// any test.
///
/// The task is made on the test's own thread, and so inherits the task locals through which
/// `#expect` finds its test; its job is kept back, and runs on the exploration's thread 0.
final class TestBody: ExploredBody {
  /// Runs the test with its issues handled by a trait.
  typealias Body = @Sendable (IssueHandlingTrait) async throws -> Void

  /// What a run leaves behind.
  ///
  /// Written on controlled threads, one at a time, and read on the test's own when they rest. A lock
  /// would be a step of the program that is explored.
  private final class Run: @unchecked Sendable {
    var issues: [String] = []
    var error: String?
    var isFinished = false
  }

  private let body: Body
  private var current: Run?
  let isTask = true
  var isShown = false

  init(_ body: @escaping Body) { self.body = body }

  func prepare() {
    let run = Run()
    current = run
    let isShown = isShown
    let handling = IssueHandlingTrait.compactMapIssues { issue in
      if issue.isFailure { run.issues.append(Self.text(of: issue)) }
      return isShown ? issue : nil
    }
    let body = body
    lks_captureNextJob()
    // Never awaited: its job runs to its end before the execution does, or is abandoned with it.
    Task {
      do {
        try await body(handling)
      } catch {
        // What `#require` throws was recorded as an issue before.
        let isRecorded = "\(type(of: error))" == "ExpectationFailedError" && !run.issues.isEmpty
        if !isRecorded { run.error = "\(error)" }
      }
      run.isFinished = true
    }
  }

  func run() { lks_runCapturedJob() }

  func collect(counting: Bool) -> BodyResult {
    defer { current = nil }
    guard let current else { return BodyResult() }
    return BodyResult(
      thrownError: current.error, failedExpectation: current.issues.first,
      isUnfinished: !current.isFinished)
  }

  func restart() {}

  /// What an issue says, without the severity that its description ends in.
  private static func text(of issue: Issue) -> String {
    let text = "\(issue)"
    let ending = " (error)"
    return text.hasSuffix(ending) ? String(text.dropLast(ending.count)) : text
  }
}
