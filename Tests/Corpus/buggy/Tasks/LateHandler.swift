import Synchronization

/// Tells one listener that something has happened, unless it comes too late.
private final class Announcement: Sendable {
  private let listener = Mutex<CheckedContinuation<Int, Never>?>(nil)

  func happen() { listener.withLock { $0.take() }?.resume(returning: 1) }

  func listen(_ continuation: CheckedContinuation<Int, Never>) {
    listener.withLock { $0 = continuation }
  }
}

extension CorpusProgram {
  /// Who listens after it has happened is never told.
  static let lateHandler = CorpusProgram(
    "continuation", "a continuation is kept after the event that should resume it",
    finding: "neverResumed", classes: 7
  ) {
    let announcement = Announcement()
    Task.detached { announcement.happen() }
    return await withCheckedContinuation { announcement.listen($0) }
  }
}
