import Synchronization

/// Tells one listener that something has happened, whenever it comes.
private final class Announcement: Sendable {
  private enum State {
    case quiet
    case listened(CheckedContinuation<Int, Never>)
    case happened
  }

  private let state = Mutex(State.quiet)

  func happen() {
    let listener = state.withLock { state -> CheckedContinuation<Int, Never>? in
      defer { state = .happened }
      if case .listened(let listener) = state { return listener }
      return nil
    }
    listener?.resume(returning: 1)
  }

  func listen(_ continuation: CheckedContinuation<Int, Never>) {
    let isLate = state.withLock { state in
      if case .happened = state { return true }
      state = .listened(continuation)
      return false
    }
    if isLate { continuation.resume(returning: 1) }
  }
}

extension CorpusProgram {
  /// What has happened is remembered.
  static let keptEvent = CorpusProgram(
    "continuation-fixed", "an event is kept for a continuation that comes after it", classes: 9
  ) {
    let announcement = Announcement()
    Task.detached { announcement.happen() }
    return await withCheckedContinuation { announcement.listen($0) }
  }
}
