import CCount
import Foundation

package final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  package private(set) var total = 0

  package init() {}

  package func increment() { total += 1 }
  package func incrementLocked() { lock.withLock { total += 1 } }
}

package func countInC() { countUp() }
package func countedInC() -> Int { Int(countedUp()) }

/// Runs a body on two threads, and waits for both.
package func twice(_ body: @escaping @Sendable () -> Void) {
  let done = DispatchSemaphore(value: 0)
  for _ in 0..<2 {
    Thread.detachNewThread {
      body()
      done.signal()
    }
  }
  for _ in 0..<2 { done.wait() }
}
