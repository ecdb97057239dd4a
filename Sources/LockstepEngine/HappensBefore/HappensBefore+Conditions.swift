/// Conditions: who waits, and whom a signal may wake.
extension HappensBefore {
  /// Adds that a thread is the one that a signal wakes: possible since that signal, as long as no other
  /// thread is.
  ///
  /// The step just before it is the signal that made it possible, or one without which it would have
  /// been possible too. In the first case its race is with the latest thread before that was woken in
  /// its place, if there is one.
  mutating func appendWake(_ operation: Operation, _ index: Int) {
    let thread = operation.thread
    let slot = chains.slot(for: AccessChains.key(of: operation.object))
    candidates.removeAll()
    collect(slot, dependingOn: operation.kind)
    sortCandidates()
    var reversible: Int?
    if candidates.count == 1, let signal = candidates.last.map({ Int($0) }),
      !waiters(for: operation.object, without: signal).canWake(thread)
    {
      reversible = lastWake(insteadOf: thread, on: operation.object, before: signal)
      if let wake = reversible, contains(wake, inRow: index) { reversible = nil }
      join(signal, into: index)
    }
    for place in candidates.indices where !contains(Int(candidates[place]), inRow: index) {
      let candidate = candidates[place]
      if waiters(for: operation.object, without: Int(candidate)).canWake(thread) {
        races.append(candidate)
      }
      join(Int(candidate), into: index)
    }
    if let reversible { races.append(Int32(reversible)) }
    chains.append(step: index, slot: slot, isExclusive: false)
  }

  /// The latest step before one in which another thread was woken although this one could have been.
  func lastWake(insteadOf thread: ThreadID, on condition: ObjectID, before end: Int) -> Int? {
    var wake: Int?
    forEachStep(on: condition) { step in
      guard step < end, steps[step].operation.kind.isWake,
        waiters(for: condition, without: step).canWake(thread)
      else { return true }
      wake = step
      return false
    }
    return wake
  }

  /// The latest step before which a thread could have been the one that a signal wakes, although it went
  /// on later, by a step that woke all that were left: that step, or the one in which another thread was
  /// woken in its place.
  func lastWakeMissed(by thread: ThreadID) -> Int? {
    guard let wait = wait(of: thread), let waking = wakingStep(of: thread, since: wait)
    else { return nil }
    let condition = steps[wait].operation.object
    if waiters(for: condition, without: waking).canWake(thread) { return waking }
    return lastWake(insteadOf: thread, on: condition, before: waking)
  }

  /// What a thread that is to take its lock again after a wait would do before a step: be woken, where it
  /// was not yet, and a signal had come; the same anywhere else.
  func outcome(ofLock lock: Operation, before first: Int) -> Operation {
    var own = Int(lastStep[Int(lock.thread.rawValue)])
    // It may be the latest step itself.
    if own >= 0, own == steps.count - 1, steps[own].operation == lock {
      own = Int(steps[own].previous)
    }
    guard own >= 0, steps[own].operation.kind == .wait else { return lock }
    let condition = steps[own].operation.object
    guard waiters(for: condition, without: first).canWake(lock.thread) else { return lock }
    return Operation(thread: lock.thread, kind: .wake, object: condition)
  }

  /// Who waits for a condition after the steps before one, and those that do not happen after it; after
  /// all steps, where that is nil.
  func waiters(for condition: ObjectID, without first: Int?) -> Waiters {
    var known: [Int] = []
    forEachStep(on: condition) { step in
      if let first, step == first || (step > first && precedes(first, step)) { return true }
      known.append(step)
      return true
    }
    var waiters = Waiters()
    for step in known.reversed() { waiters.take(steps[step].operation) }
    return waiters
  }

  /// The step in which a thread began to wait for a condition, if it did nothing since.
  func wait(of thread: ThreadID) -> Int? {
    let number = Int(thread.rawValue)
    let latest = Int(lastStep[number])
    guard latest >= 0, steps[latest].operation.kind == .wait, spawnStep[number] <= latest
    else { return nil }
    return latest
  }

  /// What a thread that began to wait would do next, where it did `event` later or stood there at last.
  func nextAfter(_ wait: Int, _ event: Event) -> Event? {
    let operation = steps[wait].operation
    let waiters = waiters(for: operation.object, without: nil)
    var next = event
    next.object = operation.object
    if event.kind == .waitEnd || event.kind == .timedWake {
      next.kind = waiters.canWake(operation.thread) ? .timedWake : .waitEnd
    } else if waiters.canWake(operation.thread) {
      next.kind = .wake
    } else {
      guard !waiters.threads.contains(operation.thread) else { return nil }
      next.kind = .lock
      next.object = operation.other
    }
    return next
  }
}

/// The threads that wait for a condition, and the signals that have woken none of them yet.
struct Waiters {
  /// Who has waited longest first.
  private(set) var threads: [ThreadID] = []
  /// Of each signal that one of several is to take, how many of `threads` were there then; ascending.
  ///
  /// There are always fewer of them than threads, or as many.
  private(set) var signals: [Int] = []

  /// Whether a thread may be the one that a signal wakes.
  func canWake(_ thread: ThreadID) -> Bool {
    guard let latest = signals.last, let place = threads.firstIndex(of: thread)
    else { return false }
    return place < latest
  }

  /// Goes on by a step on the condition.
  mutating func take(_ operation: Operation) {
    switch operation.kind {
    case .wait: threads.append(operation.thread)
    case .signal:
      guard threads.count > signals.count else { break }
      if threads.count == 1 { threads.removeLast() } else { signals.append(threads.count) }
    case .broadcast:
      threads.removeAll()
      signals.removeAll()
    case .wake, .timedWake, .waitEnd: leave(operation.thread)
    default: break
    }
  }

  /// A thread waits no more: it takes the signal that the fewest others could, if there is one.
  private mutating func leave(_ thread: ThreadID) {
    guard let place = threads.firstIndex(of: thread) else { return }
    threads.remove(at: place)
    if let taken = signals.firstIndex(where: { $0 > place }) { signals.remove(at: taken) }
    for index in signals.indices where signals[index] > place { signals[index] -= 1 }
  }
}
