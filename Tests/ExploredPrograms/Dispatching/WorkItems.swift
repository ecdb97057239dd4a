import Dispatch

/// Waits for a work item, and sees what it did.
public func waitedWorkItem() -> Int {
  let ledger = Ledger()
  let item = DispatchWorkItem { ledger.increment() }
  DispatchQueue.global().async(execute: item)
  item.wait()
  return ledger.total
}

/// Cancels a work item, which may have begun.
public func cancelledWorkItem() -> [Int] {
  let ledger = Ledger()
  let item = DispatchWorkItem { ledger.increment() }
  DispatchQueue.global().async(execute: item)
  item.cancel()
  item.wait()
  return [ledger.total, item.isCancelled ? 1 : 0]
}

/// Is told of a work item's end in a queue.
public func notifiedAfterWorkItem() -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger")
  let done = DispatchSemaphore(value: 0)
  let item = DispatchWorkItem { ledger.increment() }
  item.notify(queue: queue) {
    ledger.total *= 10
    done.signal()
  }
  queue.async(execute: item)
  done.wait()
  return ledger.total
}

/// Performs a work item on its own thread.
public func performedWorkItem() -> Int {
  let ledger = Ledger()
  let item = DispatchWorkItem(flags: .barrier) { ledger.increment() }
  item.perform()
  item.wait()
  let other = DispatchQueue(label: "ledger", attributes: .concurrent)
  other.async { ledger.increment() }
  other.async(execute: DispatchWorkItem(flags: .barrier) { ledger.total *= 10 })
  return other.sync { ledger.total }
}

/// Iterations run at the same time.
public func concurrentIterations(_ count: Int) -> Int {
  let ledger = Ledger()
  DispatchQueue.concurrentPerform(iterations: count) { _ in ledger.increment() }
  return ledger.total
}

/// Iterations that have nothing in common: there is one order.
public func separateIterations(_ count: Int) -> [Int] {
  let ledgers = (0..<count).map { _ in Ledger() }
  DispatchQueue.concurrentPerform(iterations: count) { ledgers[$0].total = $0 }
  return ledgers.map(\.total)
}

/// What is due later comes later; beside it everything goes on.
public func dueInOrder() -> [Int] {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "ledger")
  let done = DispatchSemaphore(value: 0)
  queue.asyncAfter(deadline: .now() + .milliseconds(20)) {
    ledger.order.append(2)
    done.signal()
  }
  queue.asyncAfter(deadline: .now() + .milliseconds(10)) { ledger.order.append(1) }
  done.wait()
  return queue.sync { ledger.order }
}

/// A timer that repeats, until its handler cancels it.
public func cancelledTimer() -> [Int] {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "timer")
  let done = DispatchSemaphore(value: 0)
  let timer = DispatchSource.makeTimerSource(queue: queue)
  timer.schedule(deadline: .now() + .seconds(1), repeating: .seconds(1))
  timer.setEventHandler {
    ledger.increment()
    if ledger.total == 2 { timer.cancel() }
  }
  timer.setCancelHandler { done.signal() }
  timer.resume()
  done.wait()
  return queue.sync { [ledger.total, timer.isCancelled ? 1 : 0] }
}

/// A timer that nobody cancels.
public func endlessTimer() -> Int {
  let ledger = Ledger()
  let queue = DispatchQueue(label: "timer")
  let done = DispatchSemaphore(value: 0)
  let timer = DispatchSource.makeTimerSource(queue: queue)
  timer.schedule(deadline: .now(), repeating: .seconds(1))
  timer.setEventHandler {
    ledger.increment()
    if ledger.total == 1 { done.signal() }
  }
  timer.activate()
  done.wait()
  withExtendedLifetime(timer) {}
  return 1
}
