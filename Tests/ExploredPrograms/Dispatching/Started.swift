import Dispatch
import Foundation

extension Thread {
  /// Starts a thread; `wait()` on what comes back waits for its end.
  static func started(_ body: @escaping @Sendable () -> Void) -> DispatchSemaphore {
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      body()
      done.signal()
    }
    return done
  }
}
