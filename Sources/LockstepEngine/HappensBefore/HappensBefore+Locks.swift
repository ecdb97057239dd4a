/// Locks that may be held by one thread alone or by several together.
extension HappensBefore {
  /// Adds an exclusive acquisition: possible since the lock's holder gave it up, or all of them did.
  mutating func appendLock(_ operation: Operation, _ index: Int) {
    if let wake = lastWakeMissed(by: operation.thread) { races.append(Int32(wake)) }
    let acquisition = lastAcquisition(of: operation.object)
    guard let acquisition, steps[acquisition].operation.kind.isSharedAcquisition else {
      appendBlocking(operation, index, reversing: acquisition)
      return
    }
    races.append(contentsOf: sharedHolds(of: operation.object, notIn: index))
    appendBlocking(operation, index, reversing: nil)
  }

  /// The shared acquisitions of a lock since it was last held exclusively, before each of which an
  /// exclusive one would have been possible: latest first.
  ///
  /// Where others hold it at the same time, they have to come later too: see `deferredHolds`.
  func sharedHolds(of lock: ObjectID, notIn row: Int) -> [Int32] {
    var holds: [Int32] = []
    forEachStep(on: lock) { step in
      let kind = steps[step].operation.kind
      if kind.isSharedAcquisition, let deferred = deferredHolds(of: lock, without: step),
        !deferred.contains(where: { contains(Int($0), inRow: row) })
      {
        holds.append(Int32(step))
      }
      return kind != .wait && !Independence.isExclusive(kind)
    }
    return holds
  }

  /// Adds a shared acquisition: possible since nobody holds the lock exclusively.
  mutating func appendLockShared(_ operation: Operation, _ index: Int) {
    candidates.removeAll()
    let reversible = collectAttempts(before: operation, index)
    settle(index)
    if let reversible { races.append(reversible) }
    chains.append(
      step: index, slot: chains.slot(for: AccessChains.key(of: operation.object)),
      isExclusive: false)
  }

  /// Collects the attempts that failed since a lock was given up, which can come after a shared
  /// acquisition too, and joins what gave it up and made that possible.
  ///
  /// - Returns: who held the lock exclusively, where the acquisition can come before.
  mutating func collectAttempts(before operation: Operation, _ index: Int) -> Int32? {
    let exclusive = lastExclusiveAcquisition(of: operation.object)
    let isReversible = exclusive.map { !contains($0, inRow: index) } ?? false
    collect(
      chains.slot(for: AccessChains.key(of: operation.object)), dependingOn: operation.kind)
    if let last = candidates.last, Independence.isExclusive(steps[Int(last)].operation.kind) {
      candidates.removeLast()
      join(Int(last), into: index)
    }
    return isReversible ? exclusive.map { Int32($0) } : nil
  }

  /// The latest step after which the lock was held; it was free just before.
  private func acquisition(from head: Int32) -> Int? {
    var next = head
    while next >= 0 {
      let entry = chains.entries[Int(next)]
      if steps[Int(entry.step)].operation.kind.isAcquisition { return Int(entry.step) }
      next = entry.previous
    }
    return nil
  }

  func lastAcquisition(of lock: ObjectID) -> Int? {
    acquisition(from: chains.head(of: AccessChains.key(of: lock)))
  }

  func lastExclusiveAcquisition(of lock: ObjectID) -> Int? {
    var acquisition: Int?
    forEachStep(on: lock) { step in
      let kind = steps[step].operation.kind
      if kind == .lock || kind == .tryLock { acquisition = step }
      return acquisition == nil
    }
    return acquisition
  }
}
