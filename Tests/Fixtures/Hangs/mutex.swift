import Foundation
import Synchronization

final class Accounts: Sendable {
  let first = Mutex(0)
  let second = Mutex(0)
  let third = Mutex(0)

  func moveOn() {
    first.withLock { amount in
      usleep(200_000)
      second.withLock { $0 += amount }
    }
  }

  func moveFurther() {
    second.withLock { amount in
      usleep(200_000)
      third.withLock { $0 += amount }
    }
  }

  func moveBack() {
    third.withLock { amount in
      usleep(200_000)
      first.withLock { $0 += amount }
    }
  }
}

let accounts = Accounts()
Thread.detachNewThread { accounts.moveOn() }
Thread.detachNewThread { accounts.moveFurther() }
Thread.detachNewThread { accounts.moveBack() }
while true { sleep(1) }
