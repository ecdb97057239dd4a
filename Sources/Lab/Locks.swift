import Foundation
import Synchronization

/// Cell `fine`: a lock taken and given back around each increment.
public func fine(threads: Int, increments: Int) -> Int32 {
  let counter = Counter()
  let lock = NSLock()
  inParallel(threads) { _ in
    for _ in 0..<increments {
      lock.lock()
      increment(counter)
      lock.unlock()
    }
  }
  return counter.total
}

/// Cell `coarse`: the lock taken once, around the whole loop.
public func coarse(threads: Int, increments: Int) -> Int32 {
  let counter = Counter()
  let lock = NSLock()
  inParallel(threads) { _ in
    lock.lock()
    for _ in 0..<increments { increment(counter) }
    lock.unlock()
  }
  return counter.total
}

/// A counter and the mutex that guards it.
private final class GuardedCounter: Sendable {
  let mutex = Mutex(())
  let counter = Counter()
}

/// `fine` on the standard library's `Mutex`.
public func fineOnMutex(threads: Int, increments: Int) -> Int32 {
  let guarded = GuardedCounter()
  inParallel(threads) { _ in
    for _ in 0..<increments { guarded.mutex.withLock { _ in increment(guarded.counter) } }
  }
  return guarded.counter.total
}

/// `coarse` on the standard library's `Mutex`.
public func coarseOnMutex(threads: Int, increments: Int) -> Int32 {
  let guarded = GuardedCounter()
  inParallel(threads) { _ in
    guarded.mutex.withLock { _ in
      for _ in 0..<increments { increment(guarded.counter) }
    }
  }
  return guarded.counter.total
}

private final class AtomicCounter: Sendable {
  let total = Atomic<Int32>(0)
}

@inline(never)
private func increment(_ counter: AtomicCounter) {
  counter.total.wrappingAdd(1, ordering: .relaxed)
}

/// No lock at all: one indivisible addition.
public func atomic(threads: Int, increments: Int) -> Int32 {
  let counter = AtomicCounter()
  inParallel(threads) { _ in
    for _ in 0..<increments { increment(counter) }
  }
  return counter.total.load(ordering: .relaxed)
}
