import CZ
import CxxCount
import Foundation
import Seven

package func versionOfZ() -> String { String(cString: zlibVersion()) }
package func sevenOfBinary() -> Int { Int(seven()) }
package func countInCxx() { countUp() }
package func countLockedInCxx() { countUpLocked() }
package func countedInCxx() -> Int { Int(countedUp()) }

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
