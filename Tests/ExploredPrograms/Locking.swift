import Foundation
import Synchronization

final class Guarded: Sendable {
  let total = Mutex(0)
}

/// Two threads that add under a `Mutex`.
public func mutexIncrements() -> Int {
  let guarded = Guarded()
  inParallel({ guarded.total.withLock { $0 += 1 } }, { guarded.total.withLock { $0 += 1 } })
  return guarded.total.withLock { $0 }
}

/// Two threads that each add if the `Mutex` is free just then.
public func mutexTries() -> Int {
  let guarded = Guarded()
  inParallel(
    { _ = guarded.total.withLockIfAvailable { $0 += 1 } },
    { _ = guarded.total.withLockIfAvailable { $0 += 1 } })
  return guarded.total.withLock { $0 }
}

final class Locked: @unchecked Sendable {
  let lock = NSLock()
  let recursive = NSRecursiveLock()
  let condition = NSCondition()
  let semaphore = DispatchSemaphore(value: 0)
  var total = 0
  var isReady = false
}

/// Two additions under an `NSLock`.
public func lockIncrements() -> Int {
  let locked = Locked()
  inParallel(
    { locked.lock.withLock { locked.total += 1 } }, { locked.lock.withLock { locked.total += 1 } })
  return locked.total
}

/// Two additions under an `NSRecursiveLock` taken twice.
public func recursiveIncrements() -> Int {
  let locked = Locked()
  let add: @Sendable () -> Void = {
    locked.recursive.lock()
    locked.recursive.lock()
    locked.total += 1
    locked.recursive.unlock()
    locked.recursive.unlock()
  }
  inParallel(add, add)
  return locked.total
}

/// One thread waits, in a loop, for what the other announces.
public func conditionHandOver() -> Int {
  let locked = Locked()
  inParallel(
    {
      locked.condition.lock()
      while !locked.isReady { locked.condition.wait() }
      locked.total += 1
      locked.condition.unlock()
    },
    {
      locked.condition.lock()
      locked.isReady = true
      locked.condition.signal()
      locked.condition.unlock()
    })
  return locked.total
}

/// The same without a loop: what it finds when the wait is over.
public func conditionWaitedForOnce() -> Bool {
  let locked = Locked()
  let found = Locked()
  inParallel(
    {
      locked.condition.lock()
      if !locked.isReady { locked.condition.wait() }
      found.isReady = locked.isReady
      locked.condition.unlock()
    },
    {
      locked.condition.lock()
      locked.isReady = true
      locked.condition.signal()
      locked.condition.unlock()
    })
  return found.isReady
}

/// The same without looking first: a signal sent before the wait is lost.
public func lostWakeUp() -> Int {
  let locked = Locked()
  inParallel(
    {
      locked.condition.lock()
      locked.condition.wait()
      locked.condition.unlock()
    },
    {
      locked.condition.lock()
      locked.condition.signal()
      locked.condition.unlock()
    })
  return 0
}

/// An addition that waits for the other by a semaphore.
public func semaphoreHandOver() -> Int {
  let locked = Locked()
  inParallel(
    {
      locked.semaphore.wait()
      locked.total += 1
    },
    {
      locked.total += 1
      locked.semaphore.signal()
    })
  return locked.total
}

/// Foundation's threads, waited for by a semaphore.
public func threadsAndSemaphores() -> Int {
  let locked = Locked()
  for _ in 0..<2 {
    Thread {
      locked.lock.lock()
      locked.total += 1
      locked.lock.unlock()
      locked.semaphore.signal()
    }.start()
  }
  locked.semaphore.wait()
  locked.semaphore.wait()
  return locked.lock.withLock { locked.total }
}

/// Two locks in opposite order.
public func oppositeLocks() -> Int {
  let one = Locked()
  let other = Locked()
  inParallel(
    { one.lock.withLock { other.lock.withLock { one.total += 1 } } },
    { other.lock.withLock { one.lock.withLock { one.total += 1 } } })
  return one.total
}

struct Refusal: Error {}

/// A lock taken, and an error thrown before it is given back.
public func leakedLock() -> Int {
  let locked = Locked()
  let refuse: @Sendable () throws -> Void = {
    locked.lock.lock()
    throw Refusal()
  }
  inParallel({ try? refuse() }, { locked.lock.withLock { locked.total += 1 } })
  return locked.total
}

/// Two indivisible additions.
public func atomicIncrements() -> Int {
  let total = AtomicTotal()
  inParallel(
    { total.value.wrappingAdd(1, ordering: .relaxed) },
    { total.value.wrappingAdd(1, ordering: .relaxed) })
  return total.value.load(ordering: .relaxed)
}

/// A load and a store, each atomic, and together not.
public func atomicLoadsAndStores() -> Int {
  let total = AtomicTotal()
  let add: @Sendable () -> Void = {
    let value = total.value.load(ordering: .sequentiallyConsistent)
    total.value.store(value + 1, ordering: .sequentiallyConsistent)
  }
  inParallel(add, add)
  return total.value.load(ordering: .relaxed)
}

final class AtomicTotal: Sendable {
  let value = Atomic<Int>(0)
}
