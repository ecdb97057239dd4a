/// Looks for threads that wait for a condition once, and go on without looking again at what they had
/// waited for.
///
/// Whoever was woken may find that another thread has used up what it was woken for, and a wait may end
/// though nobody ended it (POSIX, pthread_cond_wait: "the return does not imply anything about the value
/// of this predicate"). That no schedule of this program goes wrong is luck.
///
/// A thread is told to have waited for what it read under the lock before it waited, and what the thread
/// that woke it stored to meanwhile. It did not look again if it gives up the lock without having read
/// any of what it had read before. Where it ever does look again after the same check, there is a loop.
package struct WaitWithoutLoop: Sendable {
  /// Places of checks after whose waits some thread looked again.
  private var loops: Set<UInt64> = []

  package init() {}

  /// Whether no execution so far has shown a loop around the wait that followed checks at these places.
  package func isConfirmed(_ places: [UInt64]) -> Bool { loops.isDisjoint(with: places) }

  /// The waits of an execution after which nobody looked again.
  ///
  /// - Complexity: O(*n*) in the length of the trace, for each wait in it.
  package mutating func record(_ execution: borrowing Execution) -> [Finding] {
    let trace = execution.trace
    var found: [Finding] = []
    for wait in trace.indices where trace[wait].kind == .wait {
      guard let section = WaitSection(around: wait, in: trace) else { continue }
      if section.looksAgain {
        for check in section.checks { loops.insert(trace[check].place) }
      } else if let (check, store) = section.awaited {
        guard isConfirmed([trace[check].place]) else { continue }
        found.append(
          Finding(
            kind: .waitWithoutLoop, object: trace[check].object,
            steps: [check, wait, store, section.reacquisition].sorted()))
      }
    }
    return found
  }
}

/// A critical section that is left for a wait, and goes on after it.
private struct WaitSection {
  private let trace: [Event]
  private let wait: Int
  /// Where the lock is taken again.
  let reacquisition: Int
  /// Where it is given up after that.
  private let end: Int
  /// What the thread read under the lock before it waited.
  let checks: [Int]

  /// Nil where the wait is a library's own, ended in vain, or did not end, or the section did not.
  init?(around wait: Int, in trace: [Event]) {
    let (thread, lock) = (trace[wait].thread, trace[wait].other)
    guard lock != ObjectID(0), !trace[wait].flags.contains(.library) else { return nil }
    let start = trace[..<wait].lastIndex {
      $0.thread == thread && $0.object == lock && ($0.kind == .lock || $0.kind == .tryLock)
    }
    let reacquisition = trace[wait...].firstIndex {
      $0.thread == thread && $0.object == lock && $0.kind == .lock
    }
    guard let start, let reacquisition else { return nil }
    let isInVain = trace[wait..<reacquisition].contains {
      $0.thread == thread && $0.kind == .waitEnd && $0.value == 0
    }
    let end = trace[reacquisition...].firstIndex {
      $0.thread == thread
        && ($0.kind == .unlock && $0.object == lock || $0.kind == .wait && $0.other == lock)
    }
    guard !isInVain, let end else { return nil }
    self.trace = trace
    self.wait = wait
    self.reacquisition = reacquisition
    let outer = Self.outer(from: start, to: wait, until: end, in: trace)
    self.end = outer?.end ?? end
    checks = ((outer?.start ?? start)..<wait).filter {
      trace[$0].thread == thread && trace[$0].reads
    }
  }

  /// The critical section of the lock that `std::condition_variable_any` gives up for its waits, which it
  /// makes with a lock of its own: the program's is given up inside of that one's section, and taken
  /// again after it.
  private static func outer(
    from start: Int, to wait: Int, until end: Int, in trace: [Event]
  ) -> (start: Int, end: Int)? {
    let thread = trace[wait].thread
    let next = trace[(end + 1)...].first { $0.thread == thread }
    guard let next, trace[end].kind == .unlock, next.kind == .lock || next.kind == .lockShared,
      trace[start..<wait].contains(where: { $0.gives(up: next.object, thread) }),
      let first = trace[..<start].lastIndex(where: { $0.takes(next.object, thread) }),
      let last = trace[(end + 1)...].firstIndex(where: { $0.gives(up: next.object, thread) })
    else { return nil }
    return (first, last)
  }

  /// Whether the thread reads again what it read before, or waits once more.
  var looksAgain: Bool {
    guard trace[end].kind != .wait else { return true }
    return trace[reacquisition..<end].contains { event in
      event.thread == trace[wait].thread && event.reads
        && checks.contains { trace[$0].overlaps(event) }
    }
  }

  /// What was waited for: the latest check of something that whoever ended the wait stored to, and the
  /// store.
  var awaited: (check: Int, store: Int)? {
    guard let waker else { return nil }
    for check in checks.reversed() {
      let store = (wait..<reacquisition).last {
        trace[$0].thread == waker && trace[$0].kind.isStore && trace[$0].overlaps(trace[check])
      }
      if let store { return (check, store) }
    }
    return nil
  }

  /// Who ended the wait: the latest to signal of those that may have.
  private var waker: ThreadID? {
    let thread = trace[wait].thread
    let signal = trace[wait..<reacquisition].last { event in
      guard event.object == trace[wait].object else { return false }
      switch event.kind {
      case .signal:
        return event.value == UInt64(thread.rawValue) || event.value == Event.several
      case .broadcast: return ThreadSet(rawValue: event.value).contains(thread)
      default: return false
      }
    }
    return signal?.thread
  }
}

extension Event {
  fileprivate func takes(_ lock: ObjectID, _ taker: ThreadID) -> Bool {
    thread == taker && object == lock && kind.isAcquisition
  }

  fileprivate func gives(up lock: ObjectID, _ holder: ThreadID) -> Bool {
    guard thread == holder else { return false }
    switch kind {
    case .unlock, .unlockShared: return object == lock
    case .wait: return other == lock
    default: return false
    }
  }

  fileprivate var reads: Bool {
    kind == .read || kind == .readModifyWrite || kind == .opaqueReadWrite
  }
}
