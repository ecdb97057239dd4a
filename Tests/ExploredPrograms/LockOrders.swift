import Foundation

final class Pair: @unchecked Sendable {
  let left = NSLock()
  let right = NSLock()
  let gate = NSLock()
  let handOver = DispatchSemaphore(value: 0)
  var total = 0

  func leftFirst() {
    left.lock()
    right.lock()
    total += 1
    right.unlock()
    left.unlock()
  }

  func rightFirst() {
    right.lock()
    left.lock()
    total += 1
    left.unlock()
    right.unlock()
  }
}

/// Two locks in opposite order, which a third one keeps apart.
public func gatedLocks() -> Int {
  let pair = Pair()
  inParallel(
    { pair.gate.withLock { pair.leftFirst() } }, { pair.gate.withLock { pair.rightFirst() } })
  return pair.total
}

/// Two locks in opposite order, by threads of which one is joined before the other is created.
public func locksOneAfterTheOther() -> Int {
  let pair = Pair()
  inParallel({ pair.leftFirst() })
  inParallel({ pair.rightFirst() }, { pair.left.withLock { pair.total += 1 } })
  return pair.total
}

/// Two locks in opposite order, which a semaphore keeps apart.
public func handedOverLocks() -> Int {
  let pair = Pair()
  inParallel(
    {
      pair.leftFirst()
      pair.handOver.signal()
    },
    {
      pair.handOver.wait()
      pair.rightFirst()
    })
  return pair.total
}

/// Two locks in opposite order, with nothing to keep them apart.
public func reversedLocks() -> Int {
  let pair = Pair()
  inParallel({ pair.leftFirst() }, { pair.rightFirst() })
  return pair.total
}
