/// Looks for stale reads in one execution after another, and gathers what tells which are mistakes.
///
/// A value to be kept: what it needs is allocated once.
package struct StaleReads: ~Copyable, Sendable {
  var consequences = ReadConsequences()
  /// Where threads that looked again left it as it was: the place of the read, and of the second.
  var rechecked: Set<Recheck> = []
  var sections = LockSections()
  /// Accesses by words of memory, where a step is an index in the trace.
  var accesses = AccessChains()
  /// By index of an entry in `accesses`, what its thread held.
  var holdings: [Int32] = []
  var openings: [Opening] = []
  /// What earlier critical sections read, as indices in the trace, for `openings`.
  var reads: [Int] = []
  var found: [StaleRead] = []

  /// By slot of `locks`, who took the lock in this execution.
  private var takers: [(threads: UInt64, generation: UInt32)] = []
  private var locks = AccessChains()
  private var generation: UInt32 = 0
  private var progress = Array(repeating: Progress(), count: maximumThreadCount)

  /// What a thread has done so far.
  fileprivate struct Progress {
    /// A hash of its accesses.
    var sequence: UInt64 = 0
    /// What it read last and has not stored to since; 0 for nothing.
    var open: UInt64 = 0
    /// Whether it may have given up a lock after a read without a store to the same object.
    var hasReadOnly = false
  }

  struct Recheck: Hashable, Sendable {
    private var read: UInt64
    private var again: UInt64

    /// Of two places of one function, whoever called it does not matter.
    init(read: UInt64, again: UInt64) {
      let isOneFunction = read >> 48 == again >> 48 && read != again
      self.read = isOneFunction ? read << 16 : read
      self.again = isOneFunction ? again << 16 : again
    }
  }

  package init() {}

  /// Takes over what tells which stale reads are mistakes.
  package mutating func learn(from other: borrowing StaleReads) {
    consequences = other.consequences
    rechecked = other.rechecked
  }

  /// The stale reads of an execution: each object once, and once for each pattern.
  ///
  /// - Complexity: O(*n*) in the length of the trace, times the number of threads.
  package mutating func record(_ execution: borrowing Execution) -> [StaleRead] {
    let trace = execution.trace
    guard let start = trace.firstIndex(where: { $0.kind.isAcquisition }) else { return [] }
    let isCompleted = execution.ending == .completed
    guard survey(trace, from: start, isCompleted: isCompleted) else { return [] }
    scan(trace, from: start)
    return found
  }

  /// Whether what was seen so far says that the pattern is a mistake.
  ///
  /// Not if a thread that looked again ever left the object as it was: it decides anew. And only if
  /// the store was left out after some read: it depends on what was read.
  package func isConfirmed(_ pattern: StaleRead.Pattern) -> Bool {
    consequences.depends(store: pattern.store, onRead: pattern.read)
      && !rechecked.contains(Recheck(read: pattern.read, again: pattern.again))
  }

  /// Takes note of what each thread did; whether one came back to a lock under which it may only have read
  /// something.
  private mutating func survey(_ trace: [Event], from start: Int, isCompleted: Bool) -> Bool {
    generation &+= 1
    var isReturned = false
    var met = ThreadSet.none
    var ended = ThreadSet.none
    // That of the thread whose turn it is, as most events are of the same thread as the one before.
    var current = Progress()
    var turn = trace[start].thread
    met.insert(turn)
    for index in start..<trace.count {
      let thread = trace[index].thread
      if thread != turn {
        progress[Int(turn.rawValue)] = current
        current = met.contains(thread) ? progress[Int(thread.rawValue)] : Progress()
        met.insert(thread)
        turn = thread
      }
      switch trace[index].kind {
      case .read:
        current.meet(trace[index].place, trace[index].kind)
        let object = trace[index].object.rawValue
        if current.open != 0, current.open != object { current.hasReadOnly = true }
        current.open = object
      case .write, .readModifyWrite, .opaqueReadWrite:
        current.meet(trace[index].place, trace[index].kind)
        if current.open == trace[index].object.rawValue { current.open = 0 }
      case .lock, .tryLock, .lockShared, .tryLockShared:
        if current.open != 0 { current.hasReadOnly = true }
        if isReturn(to: trace[index].object, thread), current.hasReadOnly { isReturned = true }
      case .unlock, .unlockShared, .wait:
        if current.open != 0 { current.hasReadOnly = true }
        current.open = 0
      case .exit: ended.insert(thread)
      default: break
      }
    }
    progress[Int(turn.rawValue)] = current
    for thread in met {
      let hasEnded = isCompleted || ended.contains(thread)
      let sequence = progress[Int(thread.rawValue)].sequence
      if consequences.isNew(sequence ^ (hasEnded ? 1 : 0)) {
        consequences.add(thread, in: trace, from: start, hasEnded: hasEnded)
      }
    }
    return isReturned
  }

  /// Takes note of an acquisition; whether the thread had the lock before.
  private mutating func isReturn(to lock: ObjectID, _ thread: ThreadID) -> Bool {
    let slot = locks.slot(for: AccessChains.key(of: lock))
    if slot == takers.count { takers.append((0, generation)) }
    let bit = ThreadSet(thread).rawValue
    guard takers[slot].generation == generation else {
      takers[slot] = (bit, generation)
      return false
    }
    let isReturn = takers[slot].threads & bit != 0
    takers[slot].threads |= bit
    return isReturn
  }
}

extension StaleReads.Progress {
  @inline(__always)
  fileprivate mutating func meet(_ programCounter: UInt64, _ kind: Event.Kind) {
    let place = programCounter << 3 | UInt64(kind.rawValue)
    sequence = ((sequence << 5 | sequence >> 59) ^ place) &* 0x517C_C1B7_2722_0A95
  }
}
