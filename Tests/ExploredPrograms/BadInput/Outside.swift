import Foundation
import Synchronization

/// A thread that no exploration controls, and that resumes what it finds.
public enum Outside {
  private static let waiting = Mutex<UnsafeContinuation<Int, Never>?>(nil)

  private static let isOver = Mutex(false)

  /// Starts the thread, which goes on until it is told to stop: an exploration may have to await its turn.
  public static func start() {
    isOver.withLock { $0 = false }
    Thread.detachNewThread {
      while !isOver.withLock({ $0 }) {
        waiting.withLock { $0.take() }?.resume(returning: 1)
        usleep(1000)
      }
    }
  }

  /// Has the thread end.
  public static func stop() { isOver.withLock { $0 = true } }

  /// Waits until the thread has come by.
  public static func wait() async -> Int {
    await withUnsafeContinuation { continuation in waiting.withLock { $0 = continuation } }
  }
}
