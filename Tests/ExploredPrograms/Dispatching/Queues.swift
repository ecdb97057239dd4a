import Dispatch
import Foundation

/// A value that work in queues shares.
final class Ledger: @unchecked Sendable {
  var total = 0
  var order: [Int] = []

  func increment() { total += 1 }
}

/// One thread hands work to a serial queue, and waits for it: there is one order.
public func serialIncrements(_ count: Int) -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger")
  for _ in 0..<count { queue.async { ledger.increment() } }
  return queue.sync { ledger.total }
}

/// Two threads hand work to one serial queue: what is in it comes in the order of the calls.
public func serialFromTwoThreads() -> [Int] {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger")
  let other = Thread.started {
    queue.async { ledger.order.append(1) }
    queue.async { ledger.order.append(2) }
  }
  queue.async { ledger.order.append(3) }
  other.wait()
  return queue.sync { ledger.order }
}

/// A serial queue as a lock: several threads do something on it synchronously.
public func serialAsLock(_ threads: Int, times: Int) -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger")
  let others = (0..<threads).map { _ in
    Thread.started { for _ in 0..<times { queue.sync { ledger.increment() } } }
  }
  for other in others { other.wait() }
  return ledger.total
}

/// Work in a concurrent queue runs at the same time.
public func concurrentIncrements(_ count: Int) -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger", attributes: .concurrent)
  for _ in 0..<count { queue.async { ledger.increment() } }
  return queue.sync(flags: .barrier) { ledger.total }
}

/// As a barrier, nothing else runs beside it.
public func barrierIncrements(_ count: Int) -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger", attributes: .concurrent)
  for _ in 0..<count { queue.async(flags: .barrier) { ledger.increment() } }
  return queue.sync { ledger.total }
}

/// Readers beside each other, a writer between them as a barrier.
public func readersAndWriter() -> [Int] {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger", attributes: .concurrent)
  let read = Ledger()
  let first = Thread.started {
    let value = queue.sync { ledger.total }
    queue.sync(flags: .barrier) { read.order.append(value) }
  }
  queue.async(flags: .barrier) { ledger.increment() }
  first.wait()
  return queue.sync { read.order + [ledger.total] }
}

/// Global queues have no order.
public func globalIncrements() -> Int {
  let ledger = Ledger()
  let done = DispatchSemaphore(value: 0)
  for _ in 0..<2 {
    DispatchQueue.global().async {
      ledger.increment()
      done.signal()
    }
  }
  done.wait()
  done.wait()
  return ledger.total
}

/// Two serial queues whose work is done in a third, one after another.
public func commonTarget() -> Int {
  let ledger = Ledger()
  let target = DispatchQueue(label: "target")
  let queues = (0..<2).map { DispatchQueue(label: "queue \($0)", target: target) }
  for queue in queues { queue.async { ledger.increment() } }
  for queue in queues { queue.sync {} }
  return target.sync { ledger.total }
}

/// A queue with a target keeps its place there while it has work: what comes to the target meanwhile
/// comes after or, where the queue was empty in between, before the rest.
public func placeInTarget() -> [Int] {
  let ledger = Ledger()
  let target = DispatchQueue(label: "target")
  let queue = DispatchQueue(label: "queue", target: target)
  queue.async { ledger.order.append(1) }
  target.async { ledger.order.append(2) }
  queue.async { ledger.order.append(3) }
  queue.sync {}
  return target.sync { ledger.order }
}

/// What is in a queue that is made inactive waits for its activation.
public func inactiveUntilActivated() -> [Int] {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "later", attributes: .initiallyInactive)
  queue.async { ledger.order.append(2) }
  ledger.order.append(1)
  queue.activate()
  return queue.sync { ledger.order }
}

/// A suspended queue begins nothing.
public func suspendedUntilResumed() -> [Int] {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "later")
  queue.suspend()
  queue.async { ledger.order.append(2) }
  ledger.order.append(1)
  queue.resume()
  return queue.sync { ledger.order }
}

/// The work begins before the queue is suspended, or waits for good.
public func suspendedAfterwards() -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "stopped")
  let done = DispatchSemaphore(value: 0)
  queue.async {
    ledger.increment()
    done.signal()
  }
  queue.suspend()
  done.wait()
  queue.resume()
  return ledger.total
}

/// Work of the main queue comes one after another.
public func mainQueueIncrements() -> Int {
  let ledger = Ledger()
  let done = DispatchGroup()
  for _ in 0..<2 {
    DispatchQueue.main.async(group: done) { ledger.increment() }
  }
  done.wait()
  return ledger.total
}

private let place = DispatchSpecificKey<String>()

/// What is kept with queues is found in their work, and in that of queues whose targets they are.
public func specificsInWork() -> [String?] {
  let target = DispatchQueue(label: "target")
  target.setSpecific(key: place, value: "target")
  let queue = DispatchQueue(label: "queue", target: target)
  let own = DispatchQueue(label: "own", target: target)
  own.setSpecific(key: place, value: "own")
  return [
    DispatchQueue.getSpecific(key: place), target.sync { DispatchQueue.getSpecific(key: place) },
    queue.sync { DispatchQueue.getSpecific(key: place) },
    own.sync { DispatchQueue.getSpecific(key: place) }, own.getSpecific(key: place),
    queue.getSpecific(key: place),
  ]
}

/// Preconditions on queues hold inside, and outside not.
public func preconditionsInWork() -> Int {
  let target = DispatchQueue(label: "target")
  let queue = DispatchQueue(label: "queue", target: target)
  dispatchPrecondition(condition: .notOnQueue(queue))
  return queue.sync {
    dispatchPrecondition(condition: .onQueue(queue))
    dispatchPrecondition(condition: .onQueue(target))
    dispatchPrecondition(condition: .onQueueAsBarrier(queue))
    return 1
  }
}

/// Ends the process, as it is not on the queue.
public func brokenPrecondition() -> Int {
  let queue = DispatchQueue(label: "queue")
  queue.async {}
  dispatchPrecondition(condition: .onQueue(queue))
  return 1
}
