/// Races: two steps, the first directly before the second in the order, that could change places.
///
/// Directly: nothing lies between them in happens-before. For an operation that can block there is
/// more to it: the step just before it on its object is often the one that made it possible (an
/// unlock before a lock), and no schedule has them the other way round. Its race is then with the
/// last step before which it would have been possible, the acquisition that shut it out.
/// (Abdulla, Aronis, Jonsson, Sagonas: Source Sets, JACM 2017, definition 3.3 and section 6.)
extension HappensBefore {
  /// The steps before which an operation would have been possible that cannot take place at the end of
  /// the trace; the reversal with each is a schedule too.
  package mutating func races(ofBlocked blocked: Execution.Blocked) -> [Int] {
    // What nobody has changed since it was looked at was not changed earlier either.
    guard Int(blocked.thread.rawValue) < maximumThreadCount, !blocked.awaits else { return [] }
    beginRow(after: blocked.thread, for: blocked.kind)
    defer { clocks.truncate(to: steps.count) }
    let races = races(ofBlocked: blocked, row: steps.count)
    guard blocked.otherSize > 0 else { return races }
    let changes = changes(
      awaitedBy: Operation(
        thread: blocked.thread, kind: blocked.kind, object: blocked.object, other: blocked.other,
        awaits: true, otherSize: blocked.otherSize))
    return races.filter { isPossible(before: Int32($0), changes) }
  }

  /// Whether an operation that awaits one of these changes has one of them before it without a step.
  private func isPossible(before race: Int32, _ changes: [Int32]) -> Bool {
    changes.contains { $0 != race && !precedes(Int(race), Int($0)) }
  }

  private func races(ofBlocked blocked: Execution.Blocked, row: Int) -> [Int] {
    if blocked.kind == .lock {
      let wake = lastWakeMissed(by: blocked.thread).map { [$0] } ?? []
      return wake + acquisitions(of: blocked.object, notIn: row)
    }
    let shutOut: Int? =
      switch blocked.kind {
      case .lockShared: lastExclusiveAcquisition(of: blocked.object)
      case .semaphoreWait: lastStepWithCount(of: blocked.object)
      case .wait:
        lastWake(insteadOf: blocked.thread, on: blocked.object, before: steps.count)
      default: nil
      }
    guard let shutOut, !contains(shutOut, inRow: row) else { return [] }
    return [shutOut]
  }

  /// The acquisitions of a lock that keep out a thread which wants it alone.
  private func acquisitions(of lock: ObjectID, notIn row: Int) -> [Int] {
    guard let shutOut = lastAcquisition(of: lock) else { return [] }
    if steps[shutOut].operation.kind.isSharedAcquisition {
      return sharedHolds(of: lock, notIn: row).map { Int($0) }
    }
    return contains(shutOut, inRow: row) ? [] : [shutOut]
  }

  /// Adds an operation that was possible only since `reversing`, if that is not nil.
  mutating func appendBlocking(_ operation: Operation, _ index: Int, reversing: Int?) {
    if let reversing, !contains(reversing, inRow: index) { races.append(Int32(reversing)) }
    let slot = chains.slot(for: AccessChains.key(of: operation.object))
    joinAll(slot, index)
    chains.append(step: index, slot: slot, isExclusive: true)
  }

  /// Adds an operation that can always take place.
  mutating func appendImmediate(_ operation: Operation, _ index: Int) {
    candidates.removeAll()
    if operation.kind.isMemory {
      let isExclusive = !Independence.isShared(operation.kind)
      let first = operation.object.rawValue
      let last = first &+ UInt64(max(operation.size, 1) - 1)
      var word = AccessChains.key(ofWord: first)
      while word <= AccessChains.key(ofWord: last) {
        let slot = chains.slot(for: word)
        collect(slot, operation, word: word, isExclusive: isExclusive)
        chains.append(step: index, slot: slot, isExclusive: isExclusive)
        word += 1
      }
    } else {
      let slot = chains.slot(for: AccessChains.key(of: operation.object))
      collect(slot, dependingOn: operation.kind)
      chains.append(
        step: index, slot: slot, isExclusive: Independence.isExclusive(operation.kind))
      if operation.kind == .wait {
        let lock = chains.slot(for: AccessChains.key(of: operation.other))
        collect(lock, dependingOn: .unlock)
        chains.append(step: index, slot: lock, isExclusive: true)
      }
    }
    settle(index)
  }

  /// Joins what was collected, latest first, and keeps as races what nothing later led to.
  mutating func settle(_ index: Int) {
    sortCandidates()
    for place in candidates.indices where !contains(Int(candidates[place]), inRow: index) {
      races.append(candidates[place])
      join(Int(candidates[place]), into: index)
    }
  }

  /// Adds an operation that was possible only since another thread changed what its thread had looked
  /// at.
  ///
  /// It depends on all that an operation of its kind depends on, and on the stores to what else it
  /// looked at. Its races are those before which it would have been possible too: where another change
  /// is left that they do not lead to.
  mutating func appendAwaiting(_ operation: Operation, _ index: Int) {
    let changes = changes(awaitedBy: operation)
    candidates.removeAll()
    let key = AccessChains.key(of: operation.object)
    if operation.kind == .lock {
      let acquisition = lastAcquisition(of: operation.object)
      if let acquisition, steps[acquisition].operation.kind.isSharedAcquisition {
        races.append(contentsOf: sharedHolds(of: operation.object, notIn: index))
      } else if let acquisition, !contains(acquisition, inRow: index) {
        races.append(Int32(acquisition))
      }
      joinAll(chains.slot(for: key), index)
    } else if operation.kind == .lockShared {
      if let race = collectAttempts(before: operation, index) { races.append(race) }
    } else if operation.kind.isMemory {
      collectBytes(of: operation)
    } else {
      collect(chains.slot(for: key), dependingOn: operation.kind)
    }
    let look = operation.lookBesides
    if let look { collectBytes(of: look) }
    settle(index)
    for place in races.indices.reversed() {
      if !isPossible(before: races[place], changes) { races.remove(at: place) }
    }
    if operation.kind.isMemory {
      enterBytes(of: operation, index)
    } else {
      chains.append(
        step: index, slot: chains.slot(for: key),
        isExclusive: Independence.isExclusive(operation.kind))
    }
    if let look { enterBytes(of: look, index) }
  }

  private mutating func collectBytes(of operation: Operation) {
    for word in AccessChains.words(of: operation) {
      collect(
        chains.slot(for: word), operation, word: word,
        isExclusive: !Independence.isShared(operation.kind))
    }
  }

  private mutating func enterBytes(of operation: Operation, _ index: Int) {
    for word in AccessChains.words(of: operation) {
      chains.append(
        step: index, slot: chains.slot(for: word),
        isExclusive: !Independence.isShared(operation.kind))
    }
  }

  /// The steps of others that changed what an awaiting operation's thread looked at, since it last did.
  private func changes(awaitedBy operation: Operation) -> [Int32] {
    var changes: [Int32] = []
    if operation.kind.isMemory {
      collectChanges(operation, into: &changes)
    } else if operation.kind != .lock, operation.kind != .lockShared {
      var next = chains.head(of: AccessChains.key(of: operation.object))
      while next >= 0 {
        let entry = chains.entries[Int(next)]
        let other = steps[Int(entry.step)].operation
        if other.thread == operation.thread { break }
        if other.kind.opens(operation.kind) { changes.append(entry.step) }
        next = entry.previous
      }
    }
    if let look = operation.lookBesides { collectChanges(look, into: &changes) }
    return changes
  }

  private func collectChanges(_ look: Operation, into changes: inout [Int32]) {
    for word in AccessChains.words(of: look) {
      var next = chains.head(of: word)
      while next >= 0 {
        let entry = chains.entries[Int(next)]
        let other = steps[Int(entry.step)].operation
        // A step of its own that awaited these bytes did not look at them: its object is elsewhere.
        if Independence.overlap(look, other) {
          if other.thread == look.thread { break }
          if steps[Int(entry.step)].isChange { changes.append(entry.step) }
        }
        next = entry.previous
      }
    }
  }

  /// Collects the steps on bytes of a word that the operation depends on directly.
  private mutating func collect(
    _ slot: Int, _ operation: Operation, word: UInt64, isExclusive: Bool
  ) {
    // The bytes of the operation in this word: what a store must cover to hide all before it.
    let start = max(operation.object.rawValue, word << 3)
    let end = min(operation.object.rawValue &+ UInt64(operation.size), (word << 3) &+ 8)
    var next = chains.heads[slot]
    if !isExclusive, next >= 0, !chains.entries[Int(next)].isExclusive {
      next = chains.entries[Int(next)].previousExclusive
    }
    while next >= 0 {
      let entry = chains.entries[Int(next)]
      let other = steps[Int(entry.step)].operation
      if Independence.overlap(operation, other) || other.watches(operation) {
        candidates.append(entry.step)
        if entry.isExclusive, other.object.rawValue <= start,
          end <= other.object.rawValue &+ UInt64(other.size)
        {
          break
        }
      }
      next = isExclusive ? entry.previous : entry.previousExclusive
    }
  }

  /// Collects the steps on an object that is not memory: back to one on which all depend.
  mutating func collect(_ slot: Int, dependingOn kind: Event.Kind) {
    var next = chains.heads[slot]
    while next >= 0 {
      let entry = chains.entries[Int(next)]
      if entry.isExclusive {
        candidates.append(entry.step)
        break
      }
      if Independence.areDependent(kind, steps[Int(entry.step)].operation.kind) {
        candidates.append(entry.step)
      }
      next = entry.previous
    }
  }

  /// Joins the steps on an object on which an exclusive one depends: back to the latest exclusive one.
  mutating func joinAll(_ slot: Int, _ index: Int) {
    var next = chains.heads[slot]
    while next >= 0 {
      let entry = chains.entries[Int(next)]
      join(Int(entry.step), into: index)
      if entry.isExclusive { break }
      next = entry.previous
    }
  }

  /// The latest step on a semaphore before which its count was above zero.
  func lastStepWithCount(of semaphore: ObjectID) -> Int? {
    var next = chains.head(of: AccessChains.key(of: semaphore))
    while next >= 0 {
      let entry = chains.entries[Int(next)]
      if steps[Int(entry.step)].value > 0 { return Int(entry.step) }
      next = entry.previous
    }
    return nil
  }

  mutating func sortCandidates() {
    guard candidates.count > 1 else { return }
    for index in 1..<candidates.count {
      let candidate = candidates[index]
      var place = index
      while place > 0, candidates[place - 1] < candidate {
        candidates[place] = candidates[place - 1]
        place -= 1
      }
      candidates[place] = candidate
    }
  }
}
