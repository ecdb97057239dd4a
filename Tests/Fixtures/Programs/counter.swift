// As its first argument says: 'race', two threads and no lock; 'deadlock', two locks in opposite orders;
// or 'right'.
import Foundation

final class Counter: @unchecked Sendable {
  let lock = NSLock()
  var total = 0

  func increment() { total += 1 }

  func incrementLocked() {
    lock.withLock { total += 1 }
  }
}

final class Account: @unchecked Sendable {
  let lock = NSLock()
  var balance = 100
}

func transfer(from source: Account, to target: Account) {
  source.lock.lock()
  target.lock.lock()
  source.balance -= 1
  target.balance += 1
  target.lock.unlock()
  source.lock.unlock()
}

func inParallel(_ bodies: (@Sendable () -> Void)...) {
  let done = DispatchSemaphore(value: 0)
  for body in bodies {
    Thread {
      body()
      done.signal()
    }.start()
  }
  for _ in bodies { done.wait() }
}

let what = CommandLine.arguments.dropFirst().first ?? "right"
let counter = Counter()
switch what {
case "race":
  inParallel({ counter.increment() }, { counter.increment() })
  print(counter.total)
case "deadlock":
  let (one, other) = (Account(), Account())
  inParallel({ transfer(from: one, to: other) }, { transfer(from: other, to: one) })
default:
  inParallel({ counter.incrementLocked() }, { counter.incrementLocked() })
  precondition(counter.total == 2)
  print(counter.total)
}
