import LockstepEngine

/// What happens before what in a trace, and its races, in the plainest way: each event looks at all.
///
/// Written from C11 (5.1.2.4, 7.17.3, 7.17.4; release sequences as since C++20) and without the
/// engine's clocks, so that the two cannot agree on one mistake.
struct PlainOrder {
  let trace: [Event]
  /// By event, all that happen before it, a bit each.
  private(set) var before: [UInt128] = []

  init(_ trace: [Event]) {
    precondition(trace.count <= 128, "a plain order is of at most 128 events")
    self.trace = trace
    for index in trace.indices {
      var all: UInt128 = 0
      for source in sources(of: index) { all |= before[source] | 1 << UInt128(source) }
      before.append(all)
    }
  }

  func precedes(_ first: Int, _ second: Int) -> Bool { before[second] >> UInt128(first) & 1 == 1 }

  /// All pairs of accesses by different threads to the same bytes, one a store, not both atomic.
  ///
  /// A data race is one that is not ordered.
  var conflicts: [(first: Int, second: Int)] {
    let accesses = trace.indices.filter { trace[$0].kind.rawValue <= 4 }
    var conflicts: [(first: Int, second: Int)] = []
    for second in accesses {
      for first in accesses where first < second {
        let (earlier, later) = (trace[first], trace[second])
        guard earlier.thread != later.thread, earlier.kind != .read || later.kind != .read,
          earlier.order == .none || later.order == .none, Self.overlap(earlier, later)
        else { continue }
        conflicts.append((first, second))
      }
    }
    return conflicts
  }

  /// Objects of writes that overwrite another thread's store after the value that they rest on was
  /// read, where the three are not in critical sections of one lock.
  var lostUpdates: Set<ObjectID> {
    var objects: Set<ObjectID> = []
    for (last, write) in trace.enumerated() where write.kind == .write {
      let own = trace[..<last].lastIndex {
        $0.kind.rawValue <= 4 && $0.thread == write.thread && Self.overlap($0, write)
      }
      guard let own, trace[own].kind == .read, trace[own].object == write.object,
        trace[own].size == write.size
      else { continue }
      for between in own..<last {
        let store = trace[between]
        guard (2...4).contains(store.kind.rawValue), store.thread != write.thread,
          Self.overlap(store, write),
          !areApart(own, between, last),
          !isChild(store.thread, of: write.thread, after: own, before: last)
        else { continue }
        objects.insert(write.object)
      }
    }
    return objects
  }

  /// Whether one lock keeps a store out of what another thread does before and after it: held by all,
  /// and alone by the storing thread or by the other one both times.
  private func areApart(_ own: Int, _ between: Int, _ last: Int) -> Bool {
    locks(at: between).contains { lock, isAlone in
      guard let before = locks(at: own)[lock], let after = locks(at: last)[lock] else {
        return false
      }
      return isAlone || before && after
    }
  }

  /// Whether a thread was created by another and joined by it between two steps.
  private func isChild(
    _ child: ThreadID, of parent: ThreadID, after first: Int, before last: Int
  ) -> Bool {
    let own = trace[first..<last].filter { $0.thread == parent }
    return own.contains { $0.kind == .spawn && $0.value == UInt64(child.rawValue) }
      && own.contains { $0.kind == .join && $0.object == ObjectID(thread: child) }
  }

  private static func overlap(_ first: Event, _ second: Event) -> Bool {
    let left = first.object.rawValue..<first.object.rawValue + UInt64(first.size)
    return left.overlaps(second.object.rawValue..<second.object.rawValue + UInt64(second.size))
  }

  /// The locks that the thread of an event holds there, and whether alone.
  private func locks(at index: Int) -> [ObjectID: Bool] {
    var held: [ObjectID: Bool] = [:]
    var shared: [ObjectID: Int] = [:]
    for event in trace[..<index] where event.thread == trace[index].thread {
      switch event.kind {
      case .lock, .tryLock: held[event.object] = true
      case .unlock: held[event.object] = nil
      case .wait: held[event.other] = nil
      case .lockShared, .tryLockShared: shared[event.object, default: 0] += 1
      case .unlockShared: shared[event.object, default: 0] -= 1
      default: break
      }
    }
    for (lock, count) in shared where count > 0 && held[lock] == nil { held[lock] = false }
    return held
  }

  /// The earlier events that an event is directly ordered after.
  private func sources(of index: Int) -> [Int] {
    let event = trace[index]
    var sources = trace[..<index].indices.filter { orders(trace[$0], before: event) }
    if let releasing = releasing(index) { sources.append(releasing) }
    if event.kind == .arrive, event.value != 0 { sources += arrivals(releasedBy: index) }
    switch event.kind {
    case .lock:
      if let waker = waker(of: index) { sources.append(waker) }
    case .read, .readModifyWrite:
      if Self.acquires(event.order) { sources += releases(readBy: index) }
    case .fence where Self.acquires(event.order):
      for load in trace[..<index].indices where trace[load].thread == event.thread {
        guard trace[load].order != .none else { continue }
        sources += releases(readBy: load)
      }
    default: break
    }
    return sources
  }

  /// Whether one event is directly ordered before a later one by what they are alone.
  private func orders(_ first: Event, before second: Event) -> Bool {
    if first.thread == second.thread { return true }
    if first.kind == .spawn { return first.value == UInt64(second.thread.rawValue) }
    switch second.kind {
    case .lock, .tryLock:
      return (first.kind == .unlock || first.kind == .unlockShared)
        && first.object == second.object
        || first.kind == .wait && first.other == second.object
    case .call: return first.kind == .call && first.object == second.object
    case .lockShared, .tryLockShared:
      return first.kind == .unlock && first.object == second.object
    case .wake, .timedWake:
      return first.kind == .signal && first.value == 254 && first.object == second.object
    case .semaphoreWait, .semaphoreTryWait:
      return first.kind == .semaphoreSignal && first.object == second.object
    case .awaitCompletion: return first.kind == .complete && first.object == second.object
    case .join: return second.object == ObjectID(thread: first.thread)
    default: return false
    }
  }

  /// The last arrival at a barrier at which an event's thread had waited just before.
  private func releasing(_ index: Int) -> Int? {
    let thread = trace[index].thread
    guard let own = trace[..<index].lastIndex(where: { $0.thread == thread }),
      trace[own].kind == .arrive, trace[own].value == 0
    else { return nil }
    return (own..<index).first {
      trace[$0].kind == .arrive && ThreadSet(rawValue: trace[$0].value).contains(thread)
    }
  }

  /// The arrivals at a barrier of the threads that the last one lets go on.
  private func arrivals(releasedBy last: Int) -> [Int] {
    ThreadSet(rawValue: trace[last].value).compactMap { thread in
      trace[..<last].lastIndex { $0.thread == thread && $0.object == trace[last].object }
    }
  }

  /// The signal that let a thread go on to take its lock again.
  private func waker(of index: Int) -> Int? {
    let thread = trace[index].thread
    guard
      let wait = trace[..<index].lastIndex(where: {
        $0.thread == thread && $0.kind != .waitEnd
      }),
      trace[wait].kind == .wait
    else { return nil }
    return (wait..<index).first {
      let event = trace[$0]
      return event.kind == .signal && event.value == UInt64(thread.rawValue)
        || event.kind == .broadcast && event.value >> UInt64(thread.rawValue) & 1 == 1
    }
  }

  /// Release stores and release fences that an atomic load synchronises with.
  ///
  /// It reads the last atomic store. That, and what read-modify-writes in between go on with, is
  /// headed by a store that releases, or that stands after a release fence in its thread. An
  /// ordinary store does not count: where it matters it races itself.
  private func releases(readBy load: Int) -> [Int] {
    guard trace[load].kind == .read || trace[load].kind == .readModifyWrite else { return [] }
    var releases: [Int] = []
    for index in trace[..<load].indices.reversed() {
      let store = trace[index]
      guard store.order != .none, store.object == trace[load].object,
        store.kind == .write || store.kind == .readModifyWrite
      else { continue }
      if Self.releases(store.order) { releases.append(index) }
      for fence in trace[..<index].indices where trace[fence].thread == store.thread {
        if trace[fence].kind == .fence, Self.releases(trace[fence].order) { releases.append(fence) }
      }
      if store.kind == .write { break }
    }
    return releases
  }

  private static func acquires(_ order: Event.Order) -> Bool {
    [.consume, .acquire, .acquireRelease, .sequentiallyConsistent].contains(order)
  }

  private static func releases(_ order: Event.Order) -> Bool {
    [.release, .acquireRelease, .sequentiallyConsistent].contains(order)
  }
}
