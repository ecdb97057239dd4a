extension Exhaustive {
  /// Sees to it that the schedules are explored in which the latest step comes before `first`.
  mutating func reverse(_ first: Int, _ second: Event) {
    var operation = second.operation
    operation.kind = reversedKind(of: second, before: history.steps[first].operation.kind)
    reverse(first, operation, end: history.steps.count - 1)
  }

  /// Sees to it that an operation that is blocked at the end comes before `first` too.
  mutating func reverse(_ first: Int, _ second: Operation) {
    reverse(first, second, end: history.steps.count)
  }

  /// Puts what does not depend on `first`, and then `second`, into the wakeup tree before `first`.
  ///
  /// Nothing is to be done if a sleeping thread could take the first step of that: then it is
  /// explored already. (JACM 2017, algorithm 2, lines 5 and 6.)
  private mutating func reverse(_ first: Int, _ second: Operation, end: Int) {
    sequence.removeAll(keepingCapacity: true)
    for step in (first + 1)..<max(end, first + 1) where !history.precedes(first, step) {
      sequence.append(history.steps[step].operation)
    }
    sequence.append(second)
    var sleeping = states[first].sleeping.rawValue
    while sleeping != 0 {
      let thread = ThreadID(UInt8(sleeping.trailingZeroBitCount))
      sleeping &= sleeping &- 1
      guard let operation = sleepingOperation(of: thread, at: first) else { continue }
      switch WakeupTree.relation(of: operation, to: sequence) {
      case .initial, .independent: return
      case .dependent: continue
      }
    }
    tree.insert(&sequence, into: &states[first].firstPending)
  }

  /// What a sleeping thread would do: the step that put it to sleep, here or in a state before.
  private func sleepingOperation(of thread: ThreadID, at state: Int) -> Operation? {
    var depth = state
    while depth >= 0 {
      if states[depth].finished.contains(thread) {
        var node = states[depth].firstFinished
        while node >= 0 {
          let finished = tree.nodes[Int(node)]
          if finished.operation.thread == thread { return finished.operation }
          node = finished.nextSibling
        }
      }
      depth -= 1
    }
    return nil
  }

  /// How the operation will turn out when it comes first, as far as that can be told.
  ///
  /// A compare-and-swap may succeed there or fail: as a store it depends on all that matters.
  private func reversedKind(of event: Event, before first: Event.Kind) -> Event.Kind {
    switch (event.kind, first) {
    case (.tryLockFailed, .lock), (.tryLockFailed, .tryLock): .tryLock
    case (.tryLock, .unlock), (.tryLock, .wait): .tryLockFailed
    case (.read, _) where event.flags.contains(.compareAndSwap): .readModifyWrite
    default: event.kind
    }
  }
}
