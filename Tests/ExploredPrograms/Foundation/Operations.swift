import Foundation

/// Operations of a queue that does one at a time.
public func oneOperationAtATime() -> Int {
  let ledger = Ledger()
  let queue = OperationQueue()
  queue.maxConcurrentOperationCount = 1
  for _ in 0..<2 { queue.addOperation { ledger.increment() } }
  queue.waitUntilAllOperationsAreFinished()
  return ledger.total
}

/// Operations of a queue that does as many as there are.
public func operationsAtOnce() -> Int {
  let ledger = Ledger()
  let queue = OperationQueue()
  queue.maxConcurrentOperationCount = 2
  for _ in 0..<2 { queue.addOperation { ledger.increment() } }
  queue.waitUntilAllOperationsAreFinished()
  return ledger.total
}

/// One operation after another, as it depends on it.
public func dependentOperations() -> [Int] {
  let ledger = Ledger()
  let queue = OperationQueue()
  queue.maxConcurrentOperationCount = 2
  let first = BlockOperation { ledger.order.append(1) }
  let second = BlockOperation { ledger.order.append(2) }
  second.addDependency(first)
  queue.addOperations([second, first], waitUntilFinished: true)
  return ledger.order
}

/// A barrier comes after all operations before it.
public func barrierOperation() -> [Int] {
  let ledger = Ledger()
  let queue = OperationQueue()
  queue.maxConcurrentOperationCount = 2
  queue.addOperation { ledger.order.append(1) }
  queue.addBarrierBlock { ledger.order.append(2) }
  queue.waitUntilAllOperationsAreFinished()
  return ledger.order
}
