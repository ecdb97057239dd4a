import Foundation
import Synchronization

final class Account: @unchecked Sendable {
  let lock = NSLock()
  var balance: Int

  init(_ balance: Int) { self.balance = balance }

  /// Looks and takes in two critical sections: another may have taken in between.
  func withdraw(_ amount: Int) {
    guard lock.withLock({ balance >= amount }) else { return }
    lock.withLock { balance -= amount }
  }

  /// Looks in one critical section and stores what follows from it in another.
  func deposit(_ amount: Int) {
    let old = lock.withLock { balance }
    lock.withLock { balance = old + amount }
  }
}

/// Two withdrawals of what is there for one, each in two critical sections.
public func checkThenWithdraw() -> Int {
  let account = Account(10)
  inParallel({ account.withdraw(10) }, { account.withdraw(10) })
  return account.balance
}

/// Two deposits, each of which reads and stores in critical sections of their own.
public func readThenDeposit() -> Int {
  let account = Account(0)
  inParallel({ account.deposit(1) }, { account.deposit(1) })
  return account.balance
}

final class Purse: Sendable {
  let coins = Mutex(1)

  func take() {
    guard coins.withLock({ $0 > 0 }) else { return }
    coins.withLock { $0 -= 1 }
  }
}

/// The same as `checkThenWithdraw` with a `Mutex`.
public func checkThenTake() -> Int {
  let purse = Purse()
  inParallel({ purse.take() }, { purse.take() })
  return purse.coins.withLock { $0 }
}

final class Cache: @unchecked Sendable {
  private let lock = NSLock()
  private var value = 0
  private var invalidations = 0

  /// Looks again before it stores what it computed.
  func load() -> Int {
    let known = lock.withLock { value }
    guard known == 0 else { return known }
    let computed = 7
    return lock.withLock {
      if value == 0 { value = computed }
      return value
    }
  }

  func invalidate() {
    lock.withLock { value = 0 }
  }
}

/// Two that fill a cache unless it is filled, and one that empties it.
public func doubleCheckedCache() -> Int {
  let cache = Cache()
  inParallel({ _ = cache.load() }, { _ = cache.load() }, { cache.invalidate() })
  return cache.load()
}

final class Stage: @unchecked Sendable {
  private let lock = NSLock()
  private var number = 0
  private var polls = 0

  func open() { lock.withLock { number = 1 } }

  /// Looks a few times whether it is open, and takes it in the critical section in which it is.
  func poll() -> Bool {
    for _ in 0..<3 {
      lock.lock()
      if number == 1 {
        number = 2
        lock.unlock()
        return true
      }
      lock.unlock()
    }
    return false
  }
}

/// One that polls under the lock for what the other does.
public func polledStage() -> Int {
  let stage = Stage()
  nonisolated(unsafe) var isTaken = false
  inParallel({ isTaken = stage.poll() }, { stage.open() })
  return isTaken ? 1 : 0
}

final class LoggedCounter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0

  /// Looks only for the log, and adds whatever it saw.
  func increment(_ log: inout [Int]) {
    let seen = lock.withLock { count }
    log.append(seen)
    lock.withLock { count += 1 }
  }

  var total: Int { lock.withLock { count } }
}

/// Two additions, each after a look that nothing depends on.
public func loggedIncrements() -> Int {
  let counter = LoggedCounter()
  let add: @Sendable () -> Void = {
    var log: [Int] = []
    counter.increment(&log)
  }
  inParallel(add, add)
  return counter.total
}
