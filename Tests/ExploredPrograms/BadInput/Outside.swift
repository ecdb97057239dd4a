import Foundation
import Synchronization

/// A thread that no exploration controls, and that resumes what it finds.
public enum Outside {
  private static let waiting = Mutex<UnsafeContinuation<Int, Never>?>(nil)

  /// Starts the thread, for a few seconds.
  public static func start() {
    Thread.detachNewThread {
      for _ in 0..<3000 {
        waiting.withLock { $0.take() }?.resume(returning: 1)
        usleep(1000)
      }
    }
  }

  /// Waits until the thread has come by.
  public static func wait() async -> Int {
    await withUnsafeContinuation { continuation in waiting.withLock { $0 = continuation } }
  }
}
