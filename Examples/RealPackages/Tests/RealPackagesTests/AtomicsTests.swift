import Atomics
import Foundation
import Lockstep
import Testing

@Suite struct `swift-atomics` {
  @Test(.everySchedule) func `a managed atomic loses no increment`() {
    let count = ManagedAtomic(0)
    inParallel(2) { count.wrappingIncrement(ordering: .relaxed) }
    #expect(count.load(ordering: .relaxed) == 2)
  }

  @Test(.everySchedule) func `an unsafe atomic hands over what was written before`() {
    let isReady = UnsafeAtomic<Bool>.create(false)
    let value = Box(0)
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      value.content = 1
      isReady.store(true, ordering: .releasing)
      done.signal()
    }
    if isReady.load(ordering: .acquiring) { #expect(value.content == 1) }
    done.wait()
    isReady.destroy()
  }
}

/// Memory that nobody guards.
final class Box: @unchecked Sendable {
  var content: Int
  init(_ content: Int) { self.content = content }
}

/// Runs a closure on so many threads, and waits for them.
func inParallel(_ count: Int, _ body: @escaping @Sendable () -> Void) {
  let done = DispatchSemaphore(value: 0)
  for _ in 0..<count {
    Thread.detachNewThread {
      body()
      done.signal()
    }
  }
  for _ in 0..<count { done.wait() }
}
