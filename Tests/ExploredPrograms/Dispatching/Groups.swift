import Dispatch

/// Waits for a group whose work counts without a lock.
public func groupOfIncrements(_ count: Int) -> Int {
  let ledger = Ledger()
  let group = DispatchGroup()
  for _ in 0..<count { DispatchQueue.global().async(group: group) { ledger.increment() } }
  group.wait()
  return ledger.total
}

/// Waits for a group whose members have nothing in common: there is one order.
public func groupOfStrangers(_ count: Int) -> Int {
  let ledgers = (0..<count).map { _ in Ledger() }
  let group = DispatchGroup()
  for ledger in ledgers {
    group.enter()
    DispatchQueue.global().async {
      ledger.increment()
      group.leave()
    }
  }
  group.wait()
  return ledgers.reduce(0) { $0 + $1.total }
}

/// A classic: the group is entered in the work, which may come after the wait.
public func enteredTooLate() -> Int {
  let ledger = Ledger()
  let group = DispatchGroup()
  let done = DispatchSemaphore(value: 0)
  DispatchQueue.global().async {
    group.enter()
    ledger.total = 1
    group.leave()
    done.signal()
  }
  group.wait()
  let seen = ledger.total
  done.wait()
  return seen
}

/// Is entered while somebody waits: the wait ends before that, or with it.
public func enteredMeanwhile() -> Int {
  let ledger = Ledger()
  let group = DispatchGroup()
  let done = DispatchSemaphore(value: 0)
  group.enter()
  DispatchQueue.global().async { group.leave() }
  DispatchQueue.global().async {
    group.enter()
    ledger.order.append(1)
    group.leave()
    done.signal()
  }
  group.wait()
  let isWithin = ledger.order.count
  done.wait()
  return isWithin
}

/// What is to be told of a group's end is told after all who left it.
public func notifiedAfterGroup() -> Int {
  let ledger = Ledger()
  let group = DispatchGroup()
  let queue = DispatchQueue(label: "ledger")
  let done = DispatchSemaphore(value: 0)
  for _ in 0..<2 { queue.async(group: group) { ledger.increment() } }
  group.notify(queue: queue) {
    ledger.total *= 10
    done.signal()
  }
  done.wait()
  return ledger.total
}

/// A group that was emptied is used again.
public func groupAgain() -> [Int] {
  let ledger = Ledger()
  let group = DispatchGroup()
  var seen: [Int] = []
  for _ in 0..<3 {
    DispatchQueue.global().async(group: group) { ledger.increment() }
    group.wait()
    seen.append(ledger.total)
  }
  return seen
}

/// Waits for a time: the work is done in time, or not.
public func groupInTime() -> [Bool] {
  let group = DispatchGroup()
  DispatchQueue.global().async(group: group) {}
  let isInTime = group.wait(timeout: .now() + .seconds(1)) == .success
  group.wait()
  return [isInTime, group.wait(timeout: .now()) == .success]
}

/// Leaves a group more often than it was entered.
public func leftTooOften() -> Int {
  let group = DispatchGroup()
  group.enter()
  let done = DispatchSemaphore(value: 0)
  DispatchQueue.global().async {
    group.leave()
    done.signal()
  }
  done.wait()
  group.leave()
  return 1
}

/// Waits for a group that nobody leaves.
public func neverLeft() -> Int {
  let group = DispatchGroup()
  group.enter()
  DispatchQueue.global().async {}
  group.wait()
  return 1
}
