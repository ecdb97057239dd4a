import Foundation
import Lockstep
import NIOConcurrencyHelpers
import NIOPosix
import Testing

@Suite struct `swift-nio` {
  @Test(.everySchedule) func `a locked value box loses no increment`() {
    let box = NIOLockedValueBox(0)
    inParallel(2) { box.withLockedValue { $0 += 1 } }
    #expect(box.withLockedValue { $0 } == 2)
  }

  @Test(.everySchedule) func `a thread pool runs what it is given`() {
    let pool = NIOThreadPool(numberOfThreads: 1)
    pool.start()
    let done = DispatchSemaphore(value: 0)
    let count = NIOLockedValueBox(0)
    for _ in 0..<2 {
      pool.submit { _ in
        count.withLockedValue { $0 += 1 }
        done.signal()
      }
    }
    for _ in 0..<2 { done.wait() }
    try? pool.syncShutdownGracefully()
    #expect(count.withLockedValue { $0 } == 2)
  }
}
