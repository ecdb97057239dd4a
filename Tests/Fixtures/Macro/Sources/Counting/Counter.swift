import Foundation

@freestanding(expression) macro stringify<Value>(_ value: Value) -> (Value, String) =
  #externalMacro(module: "Macros", type: "Stringify")

package final class Counter: @unchecked Sendable {
  package private(set) var total = 0

  package init() {}

  package func increment() { total = #stringify(total + 1).0 }
}

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
