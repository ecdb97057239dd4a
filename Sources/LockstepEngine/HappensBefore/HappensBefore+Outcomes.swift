/// How attempts turn out elsewhere in a schedule than where they were met.
extension HappensBefore {
  /// How an operation turns out when it comes before a step that it depends on and came after.
  ///
  /// What is before it there is what is before that step, and what does not happen after that step.
  /// This must be exact: a sequence in a wakeup tree stands for all that can follow it, which holds
  /// as long as each of its operations will be what it was taken for.
  func outcome(of operation: Operation, before first: Int) -> Operation {
    if operation.kind == .lock { return outcome(ofLock: operation, before: first) }
    var operation = operation
    operation.kind = outcome(ofAttempt: operation, before: first)
    return operation
  }

  private func outcome(ofAttempt operation: Operation, before first: Int) -> Event.Kind {
    let (kind, object) = (operation.kind, operation.object)
    return switch kind {
    case .tryLock, .tryLockFailed:
      switch steps[first].operation.kind {
      case .lock, .tryLock: .tryLock
      case .unlock, .wait, .unlockShared: .tryLockFailed
      case .lockShared, .tryLockShared:
        isFree(object, without: first) ? .tryLock : .tryLockFailed
      default: kind
      }
    case .tryLockShared, .tryLockSharedFailed:
      switch steps[first].operation.kind {
      case .lock, .tryLock: .tryLockShared
      case .unlock: .tryLockSharedFailed
      default: kind
      }
    case .semaphoreTryWait, .semaphoreTryWaitFailed:
      steps[first].value > 0 ? .semaphoreTryWait : .semaphoreTryWaitFailed
    case .waitEnd, .timedWake:
      waiters(for: object, without: first).canWake(operation.thread) ? .timedWake : .waitEnd
    default: kind
    }
  }

  /// Whether nobody holds a lock after the steps before one, and those that do not happen after it;
  /// after all steps, where that is nil.
  func isFree(_ lock: ObjectID, without first: Int?) -> Bool {
    var holders = 0
    forEachStep(on: lock) { step in
      if let first, step == first || (step > first && precedes(first, step)) { return true }
      switch steps[step].operation.kind {
      case .lockShared, .tryLockShared: holders += 1
      case .unlockShared: holders -= 1
      case .lock, .tryLock:
        holders += 1
        return false
      // Nobody holds it after that, and all steps on it are ordered before or after.
      case .unlock, .wait: return false
      default: break
      }
      return true
    }
    return holders <= 0
  }

  /// The steps, besides `first`, that have to come later for an operation to come before `first`.
  func deferredSteps(with first: Int, for operation: Operation) -> ArraySlice<Int32> {
    guard operation.kind == .lock, steps[first].operation.kind.isSharedAcquisition,
      let deferred = deferredHolds(of: operation.object, without: first)
    else { return [] }
    return deferred.dropFirst()
  }

  /// The shared acquisitions of a lock that have to come later, with `first`, for the lock to be free
  /// before them; nil where it is not, however many of those after `first` do.
  ///
  /// What is before is all that comes before `first`, and what does not happen after any of them.
  func deferredHolds(of lock: ObjectID, without first: Int) -> [Int32]? {
    var deferred = [Int32(first)]
    while true {
      var holders: [(thread: ThreadID, step: Int)] = []
      var releases = ThreadBag()
      forEachStep(on: lock) { step in
        if step >= first, deferred.contains(where: { isAfter(Int($0), step) }) { return true }
        let operation = steps[step].operation
        switch operation.kind {
        case .lockShared, .tryLockShared:
          if !releases.remove(operation.thread) { holders.append((operation.thread, step)) }
        case .unlockShared: releases.insert(operation.thread)
        default: return !Independence.isExclusive(operation.kind)
        }
        return true
      }
      let later = holders.filter { $0.step > first }
      guard later.count == holders.count else { return nil }
      if later.isEmpty { return deferred }
      deferred += later.map { Int32($0.step) }
    }
  }

  /// Whether a step is another one or happens after it.
  private func isAfter(_ first: Int, _ step: Int) -> Bool {
    step == first || step > first && precedes(first, step)
  }

  /// Visits the steps on an object that is not memory, latest first, until told to stop.
  func forEachStep(on object: ObjectID, _ visit: (_ step: Int) -> Bool) {
    var next = chains.head(of: AccessChains.key(of: object))
    while next >= 0 {
      let entry = chains.entries[Int(next)]
      guard visit(Int(entry.step)) else { return }
      next = entry.previous
    }
  }

  /// What a thread's operation, as it turned out later in a trace, would be as the next step; nil
  /// where that cannot be told.
  func turnedOutNext(_ event: Event) -> Event? {
    if let wait = wait(of: event.thread) { return nextAfter(wait, event) }
    guard event.kind.isAttempt else { return event }
    var next = event
    switch event.kind {
    case .tryLock, .tryLockFailed:
      next.kind = isFree(event.object, without: nil) ? .tryLock : .tryLockFailed
    case .tryLockShared, .tryLockSharedFailed:
      next.kind = isHeldExclusively(event.object) ? .tryLockSharedFailed : .tryLockShared
    default:
      guard let count = count(of: event.object) else { return nil }
      next.kind = count > 0 ? .semaphoreTryWait : .semaphoreTryWaitFailed
      next.value = count
    }
    return next
  }

  private func isHeldExclusively(_ lock: ObjectID) -> Bool {
    var isHeld = false
    forEachStep(on: lock) { step in
      let kind = steps[step].operation.kind
      isHeld = kind == .lock || kind == .tryLock
      return kind == .tryLockFailed || kind == .tryLockSharedFailed
    }
    return isHeld
  }

  /// A semaphore's count after all steps; nil before the first step on it.
  private func count(of semaphore: ObjectID) -> UInt64? {
    let head = chains.head(of: AccessChains.key(of: semaphore))
    guard head >= 0 else { return nil }
    let latest = steps[Int(chains.entries[Int(head)].step)]
    switch latest.operation.kind {
    case .semaphoreSignal: return latest.value &+ 1
    case .semaphoreTryWaitFailed, .semaphoreRead: return latest.value
    default: return latest.value &- 1
    }
  }
}
