/// Looks for what went wrong in one execution after another.
///
/// A value to be kept: what it needs is allocated once. An execution in which nothing is wrong costs
/// one pass over its trace.
package struct Analysis: Sendable {
  /// Threads that wait for good in the latest execution although nothing is wrong: workers with
  /// nothing to do, left when thread 0 had ended.
  package private(set) var idle: [Execution.Blocked] = []

  var order = SynchronizationOrder()
  /// Accesses by words of memory, where a step is an index in the trace.
  var accesses = AccessChains()
  /// By index in the trace, the thread's own time at an access.
  var epochs: [UInt32] = []
  /// By index of an entry in `accesses`, the entry of an ordinary access before it in its chain.
  var previousOrdinary: [Int32] = []
  /// By slot, the latest entry of an ordinary access, or -1.
  var lastOrdinary: [Int32] = []
  var lostUpdates: [LostUpdate] = []
  var dataRaces: [DataRace] = []

  package init() {}

  /// All findings of an execution, each object at most once for each kind.
  ///
  /// A data race on bytes of which an update was lost is left out: it is the same mistake.
  ///
  /// - Complexity: O(*n*) in the length of the trace, as long as no word of memory is read very
  ///   often between two writes.
  package mutating func findings(in execution: borrowing Execution) -> [Finding] {
    scan(execution.trace)
    var findings: [Finding] = []
    for update in lostUpdates { findings.append(update.finding) }
    for race in dataRaces where !lostUpdates.contains(where: { $0.overlaps(race) }) {
      findings.append(race.finding)
    }
    idle.removeAll(keepingCapacity: true)
    if execution.ending == .deadlocked {
      let stall = Stall(execution)
      findings += stall.findings
      idle = stall.idle
    }
    return findings
  }

  private mutating func scan(_ trace: [Event]) {
    reset()
    for index in trace.indices {
      let event = trace[index]
      order.meet(event.thread)
      if event.kind.isMemory {
        epochs.append(order.epoch(of: event.thread))
        access(event, index, trace)
        if event.isAtomic { order.advance(event) }
      } else {
        epochs.append(0)
        order.advance(event)
      }
    }
  }

  private mutating func reset() {
    for entry in accesses.entries { lastOrdinary[Int(entry.slot)] = -1 }
    accesses.truncate(to: 0)
    previousOrdinary.removeAll(keepingCapacity: true)
    epochs.removeAll(keepingCapacity: true)
    lostUpdates.removeAll(keepingCapacity: true)
    dataRaces.removeAll(keepingCapacity: true)
    order.reset()
  }

  private mutating func access(_ event: Event, _ index: Int, _ trace: [Event]) {
    let first = event.object.rawValue
    let last = first &+ UInt64(max(event.size, 1) - 1)
    let isStore = event.kind.isStore
    var word = AccessChains.key(ofWord: first)
    while word <= AccessChains.key(ofWord: last) {
      let slot = accesses.slot(for: word)
      while lastOrdinary.count <= slot { lastOrdinary.append(-1) }
      if accesses.heads[slot] >= 0 {
        if event.kind == .write { noteLostUpdate(event, index, slot, trace) }
        noteDataRace(event, index, slot, trace)
      }
      previousOrdinary.append(lastOrdinary[slot])
      if !event.isAtomic { lastOrdinary[slot] = Int32(accesses.entries.count) }
      accesses.append(step: index, slot: slot, isExclusive: isStore)
      word += 1
    }
  }
}

extension Event {
  /// Whether the bytes that two accesses act on have one in common.
  func overlaps(_ other: Event) -> Bool {
    object.rawValue < other.object.rawValue &+ UInt64(other.size)
      && other.object.rawValue < object.rawValue &+ UInt64(size)
  }

  /// Whether an access acts on all bytes of another.
  func covers(_ other: Event) -> Bool {
    object.rawValue <= other.object.rawValue
      && other.object.rawValue &+ UInt64(other.size) <= object.rawValue &+ UInt64(size)
  }
}
