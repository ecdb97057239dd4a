/// Looks for locks that threads take in opposite orders: a deadlock that none of them met.
///
/// A blocking acquisition by a thread that holds other locks is an edge from each of them to the new
/// one. A cycle of edges of different threads is a potential deadlock, unless two of the threads held
/// one lock at the time, or the creation and joining of threads alone puts them one after the other.
/// What else keeps them apart, such as a semaphore, does so only in this version of the program.
/// (Havelund: Using Runtime Analysis to Guide Model Checking of Java Programs, SPIN 2000.)
package struct LockOrder: ~Copyable, Sendable {
  /// A lock that a thread holds; locks go by their slots in `table`.
  private struct Holding {
    var thread: ThreadID
    var lock: Int32
    /// Others may hold it at the same time.
    var isShared: Bool
    /// Index in the trace of the acquisition.
    var step: Int
    /// Acquisitions less releases.
    var depth = 1
  }

  /// A lock that is held, alone or with others.
  struct Hold: Equatable, Sendable {
    var lock: Int32
    var isShared: Bool

    /// Whether no two threads can have these holds at the same time.
    func excludes(_ other: Hold) -> Bool { lock == other.lock && !(isShared && other.isShared) }
  }

  /// That one thread took a lock while it held another.
  struct Edge: Sendable {
    var thread: ThreadID
    var outer: Int32
    var inner: Int32
    var outerIsShared: Bool
    var innerIsShared: Bool
    /// Indices in the trace of the two acquisitions.
    var outerStep: Int
    var innerStep: Int
    /// All holds that the thread had at the inner acquisition, in `held`.
    var heldRange: Range<Int>
    /// Creations and joins of threads before.
    var segment: Int
  }

  /// What one thread did until here, all that another does from here on comes after.
  struct Kinship {
    var step: Int
    var first: ThreadID
    var second: ThreadID
  }

  private var edges: [Edge] = []
  private var held: [Hold] = []
  private var holdings: [Holding] = []
  private var kinships: [Kinship] = []
  private var table = AccessChains()
  /// By slot of a lock.
  private var locks: [ObjectID] = []
  private var incoming: [Int] = []
  private var outgoing: [Int] = []

  package init() {}

  /// The potential deadlocks of an execution, one for each set of locks.
  ///
  /// - Complexity: O(*n*) in the length of the trace, where lock orders make no cycle.
  package mutating func record(_ execution: borrowing Execution) -> [Finding] {
    guard Self.hasNesting(execution.trace) else { return [] }
    gather(execution.trace)
    trim()
    guard edges.count > 1 else { return [] }
    var search = LockCycleSearch(
      among: edges, held: held, locks: locks, kinships: kinships)
    return search.findings()
  }

  /// Whether some thread takes a lock while it holds another.
  private static func hasNesting(_ trace: [Event]) -> Bool {
    var holding: UInt64 = 0
    for index in trace.indices {
      switch trace[index].kind {
      case .lock, .tryLock, .lockShared, .tryLockShared:
        guard !trace[index].flags.contains(.library) else { continue }
        let bit = ThreadSet(trace[index].thread).rawValue
        if holding & bit != 0 { return true }
        holding |= bit
      case .unlock, .unlockShared: holding &= ~ThreadSet(trace[index].thread).rawValue
      case .wait where trace[index].other != ObjectID(0):
        holding &= ~ThreadSet(trace[index].thread).rawValue
      default: break
      }
    }
    return false
  }

  // MARK: Edges

  private mutating func gather(_ trace: [Event]) {
    edges.removeAll(keepingCapacity: true)
    held.removeAll(keepingCapacity: true)
    holdings.removeAll(keepingCapacity: true)
    kinships.removeAll(keepingCapacity: true)
    for index in trace.indices {
      let event = trace[index]
      switch event.kind {
      case .lock, .tryLock, .lockShared, .tryLockShared:
        if !event.flags.contains(.library) { take(event, index) }
      case .unlock, .unlockShared: giveUp(event.object, event.thread)
      case .wait: giveUp(event.other, event.thread)
      case .spawn:
        guard event.value < UInt64(maximumThreadCount) else { continue }
        let child = ThreadID(UInt8(event.value))
        kinships.append(Kinship(step: index, first: event.thread, second: child))
      case .join:
        guard let child = event.object.thread else { continue }
        kinships.append(Kinship(step: index, first: child, second: event.thread))
      case .awaitCompletion:
        for former in trace[..<index]
        where former.kind == .complete && former.object == event.object
          && former.other == event.other
        {
          kinships.append(Kinship(step: index, first: former.thread, second: event.thread))
        }
      default: break
      }
    }
  }

  private mutating func take(_ event: Event, _ index: Int) {
    let lock = slot(of: event.object)
    for place in holdings.indices
    where holdings[place].thread == event.thread && holdings[place].lock == lock {
      holdings[place].depth += 1
      return
    }
    let isShared = event.kind.isSharedAcquisition
    if event.kind == .lock || event.kind == .lockShared {
      let start = held.count
      for holding in holdings where holding.thread == event.thread {
        held.append(Hold(lock: holding.lock, isShared: holding.isShared))
      }
      let range = start..<held.count
      for holding in holdings where holding.thread == event.thread {
        edges.append(
          Edge(
            thread: event.thread, outer: holding.lock, inner: lock,
            outerIsShared: holding.isShared, innerIsShared: isShared, outerStep: holding.step,
            innerStep: index, heldRange: range, segment: kinships.count))
      }
    }
    holdings.append(Holding(thread: event.thread, lock: lock, isShared: isShared, step: index))
  }

  /// Not always by the thread that took it: some locks may be given up by another.
  private mutating func giveUp(_ object: ObjectID, _ thread: ThreadID) {
    let lock = slot(of: object)
    guard
      let place = holdings.firstIndex(where: { $0.lock == lock && $0.thread == thread })
        ?? holdings.firstIndex(where: { $0.lock == lock })
    else { return }
    holdings[place].depth -= 1
    if holdings[place].depth == 0 { holdings.remove(at: place) }
  }

  private mutating func slot(of lock: ObjectID) -> Int32 {
    let slot = table.slot(for: AccessChains.key(of: lock))
    if slot == locks.count {
      locks.append(lock)
      incoming.append(0)
      outgoing.append(0)
    }
    return Int32(slot)
  }

  /// Leaves only edges that may be part of a cycle.
  private mutating func trim() {
    for edge in edges {
      outgoing[Int(edge.outer)] += 1
      incoming[Int(edge.inner)] += 1
    }
    var count = -1
    while count != edges.count {
      count = edges.count
      edges.removeAll { edge in
        guard incoming[Int(edge.outer)] == 0 || outgoing[Int(edge.inner)] == 0 else { return false }
        outgoing[Int(edge.outer)] -= 1
        incoming[Int(edge.inner)] -= 1
        return true
      }
    }
    for edge in edges {
      outgoing[Int(edge.outer)] = 0
      incoming[Int(edge.inner)] = 0
    }
  }
}
