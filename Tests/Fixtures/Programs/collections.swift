// Collections under a lock that is given up between a look and a change.
import Foundation
import Synchronization

final class Table: Sendable {
  private let entries = Mutex<[Int: Int]>([:])
  private let list = Mutex<[Int]>([])

  /// Loads what is not there, which others may do as well meanwhile.
  func load(_ key: Int) -> Int {
    if let known = entries.withLock({ $0[key] }) { return known }
    print("loads")
    entries.withLock { $0[key] = 7 }
    return 7
  }

  /// The same by a look of its own under the lock.
  func loadOnce(_ key: Int) -> Int {
    if let known = entries.withLock({ $0[key] }) { return known }
    return entries.withLock { entries in
      if let known = entries[key] { return known }
      print("loads")
      entries[key] = 7
      return 7
    }
  }

  /// Adds to what there is room for.
  func add(_ value: Int) {
    guard list.withLock({ $0.count }) < 1 else { return }
    list.withLock { $0.append(value) }
  }
}

let table = Table()
let done = DispatchSemaphore(value: 0)
let how = CommandLine.arguments.dropFirst().first
for value in 0..<2 {
  Thread.detachNewThread {
    switch how {
    case "loads": _ = table.load(1)
    case "loadsOnce": _ = table.loadOnce(1)
    default: table.add(value)
    }
    done.signal()
  }
}
for _ in 0..<2 { done.wait() }
