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
  /// The task may go on on another thread, which does not hold the lock.
  static let heldLock = CorpusProgram(
    "held-lock", "a task is suspended while it holds a lock", finding: "heldAcrossSuspension",
    classes: 4
  ) {
    let lock = OldLock()
    let task = Task.detached {
      lock.lock()
      await Task.yield()
      lock.unlock()
    }
    await task.value
    return 0
  }
}
