/// Looks for stale reads in one execution after another, and gathers what tells which are mistakes.
///
/// A value to be kept: what it needs is allocated once.
package struct StaleReads: Sendable {
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

  /// By slot of `locks`, who took the lock in this execution, and who did last.
  private var takers: [(threads: UInt64, last: ThreadID, generation: UInt32)] = []
  private var locks = AccessChains()
  private var generation: UInt32 = 0
  /// By thread, a hash of the accesses that it made.
  private var sequences: [UInt64] = Array(repeating: 0, count: maximumThreadCount)

  struct Recheck: Hashable, Sendable {
    var read: UInt64
    var again: UInt64
  }

  package init() {}

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

  /// Takes note of what each thread did; whether one came back to a lock that another had since.
  private mutating func survey(_ trace: [Event], from start: Int, isCompleted: Bool) -> Bool {
    generation &+= 1
    var isReturned = false
    var met = ThreadSet.none
    var ended = ThreadSet.none
    for index in start..<trace.count {
      let thread = trace[index].thread
      switch trace[index].kind {
      case .read, .write, .readModifyWrite, .opaqueReadWrite:
        if !met.contains(thread) {
          met.insert(thread)
          sequences[Int(thread.rawValue)] = 0
        }
        let place = trace[index].programCounter << 3 | UInt64(trace[index].kind.rawValue)
        let hash = sequences[Int(thread.rawValue)]
        sequences[Int(thread.rawValue)] =
          ((hash << 5 | hash >> 59) ^ place) &* 0x517C_C1B7_2722_0A95
      case .lock, .tryLock: if isReturn(to: trace[index].object, thread) { isReturned = true }
      case .exit: ended.insert(thread)
      default: break
      }
    }
    for thread in met {
      let hasEnded = isCompleted || ended.contains(thread)
      if consequences.isNew(sequences[Int(thread.rawValue)] ^ (hasEnded ? 1 : 0)) {
        consequences.add(thread, in: trace, from: start, hasEnded: hasEnded)
      }
    }
    return isReturned
  }

  /// Takes note of an acquisition; whether the thread had the lock before, and another in between.
  private mutating func isReturn(to lock: ObjectID, _ thread: ThreadID) -> Bool {
    let slot = locks.slot(for: AccessChains.key(of: lock))
    if slot == takers.count { takers.append((0, thread, generation)) }
    let bit = ThreadSet(thread).rawValue
    guard takers[slot].generation == generation else {
      takers[slot] = (bit, thread, generation)
      return false
    }
    let isReturn = takers[slot].threads & bit != 0 && takers[slot].last != thread
    takers[slot].threads |= bit
    takers[slot].last = thread
    return isReturn
  }
}
