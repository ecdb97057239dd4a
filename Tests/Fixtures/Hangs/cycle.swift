import Foundation

final class Table: @unchecked Sendable {
  let forks = [NSLock(), NSLock(), NSLock()]
  let isReady = DispatchSemaphore(value: 0)
  let mayGoOn = DispatchSemaphore(value: 0)

  func eat(_ number: Int) {
    forks[number].lock()
    isReady.signal()
    mayGoOn.wait()
    forks[(number + 1) % 3].withLock {}
    forks[number].unlock()
  }
}

let table = Table()
let ended = DispatchSemaphore(value: 0)
for number in 0..<3 {
  Thread.detachNewThread {
    table.eat(number)
    ended.signal()
  }
}
for _ in 0..<3 { table.isReady.wait() }
for _ in 0..<3 { table.mayGoOn.signal() }
for _ in 0..<3 { ended.wait() }
