import Foundation

/// A lock from before there were tasks.
private final class OldLock: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

  init() { pthread_mutex_init(mutex, nil) }
  deinit { mutex.deallocate() }

  func lock() { pthread_mutex_lock(mutex) }
  func unlock() { pthread_mutex_unlock(mutex) }
}

extension CorpusProgram {
  /// The lock is given up before the suspension.
  static let releasedLock = CorpusProgram(
    "held-lock-fixed", "a task gives up its lock before it is suspended", classes: 4
  ) {
    let lock = OldLock()
    let task = Task.detached {
      lock.lock()
      lock.unlock()
      await Task.yield()
    }
    await task.value
    return 0
  }
}
