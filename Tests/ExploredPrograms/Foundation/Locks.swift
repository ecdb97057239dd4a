import Foundation

/// Threads of Foundation's that count on a lock that they may take twice.
public func recursiveLockIncrements() -> Int {
  let ledger = Ledger()
  let lock = NSRecursiveLock()
  let others = (0..<2).map { _ in
    Thread.started { lock.withLock { lock.withLock { ledger.increment() } } }
  }
  for other in others { other.wait() }
  return ledger.total
}

/// One thread waits on a condition until another has done something.
public func conditionHandover() -> Int {
  let ledger = Ledger()
  let condition = NSCondition()
  let other = Thread.started {
    condition.lock()
    ledger.total = 7
    condition.signal()
    condition.unlock()
  }
  condition.lock()
  while ledger.total == 0 { condition.wait() }
  let seen = ledger.total
  condition.unlock()
  other.wait()
  return seen
}

/// A lock that is taken when what it guards is in a certain state.
public func conditionLockTurns() -> [Int] {
  let ledger = Ledger()
  let lock = NSConditionLock(condition: 0)
  lock.lock(whenCondition: 0)
  ledger.order.append(1)
  lock.unlock(withCondition: 1)
  // One after another: where it has to wait, Foundation itself traps on Linux, as it asks for a time that
  // is too far off to be counted in nanoseconds.
  for _ in 0..<2 {
    Thread.started {
      lock.lock()
      ledger.order.append(lock.condition)
      lock.unlock(withCondition: lock.condition + 1)
    }.wait()
  }
  lock.lock(whenCondition: 3)
  let order = ledger.order
  lock.unlock()
  return order
}

/// A thread of Foundation's with a name, so that lanes are called after them.
public func namedThreads() -> Int {
  let ledger = Ledger()
  let done = DispatchSemaphore(value: 0)
  for name in ["left", "right"] {
    let thread = Thread {
      // By then Foundation knows the thread.
      NSLock().withLock {}
      Thread.current.name = name
      ledger.increment()
      done.signal()
    }
    thread.start()
  }
  done.wait()
  done.wait()
  return ledger.total
}
