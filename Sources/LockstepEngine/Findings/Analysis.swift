/// Looks for what went wrong in one execution after another.
///
/// A value to be kept: what it needs is allocated once, and what an execution has in common with the
/// one before (`Execution.repeated`) is not looked at again.
package struct Analysis: ~Copyable, Sendable {
  /// Something wrong in the latest execution, in few words: most executions show what earlier ones
  /// have shown.
  package struct Sighting: Equatable, Sendable {
    package var kind: Finding.Kind
    package var object: ObjectID
    /// Indices in the trace: the read and the write of a lost update, the two sides of a race.
    package var first: Int
    package var last: Int
    /// Index in the trace of the store between, of a lost update.
    var between = -1
    var size: UInt32

    /// The same as it is reported.
    package var finding: Finding {
      Finding(
        kind: kind, object: object, steps: between < 0 ? [first, last] : [first, between, last])
    }

    func overlaps(_ other: Sighting) -> Bool {
      object.rawValue < other.object.rawValue &+ UInt64(other.size)
        && other.object.rawValue < object.rawValue &+ UInt64(size)
    }
  }

  /// Threads that wait for good in the latest execution although nothing is wrong: workers with
  /// nothing to do, left when thread 0 had ended.
  package private(set) var idle: [Execution.Blocked] = []
  /// What is wrong with accesses to memory in the latest execution, in the order of its trace.
  ///
  /// A data race on bytes of which an update was lost is left out: it is the same mistake.
  package private(set) var sightings: [Sighting] = []
  /// What the end of the latest execution shows.
  package private(set) var endings: [Finding] = []

  /// Whether any lock was taken in the latest execution.
  package var takesLocks: Bool { !acquisitions.isEmpty }

  var order = SynchronizationOrder()
  /// Accesses by words of memory, where a step is an index in the trace.
  var accesses = AccessChains()
  /// By index in the trace, the thread's own time at an access.
  var epochs = Stack<UInt32>()
  /// By index in the trace, how many entries `accesses` had.
  private var entryCounts = Stack<Int32>()
  /// By index of an entry in `accesses`, the entry of an ordinary access before it in its chain.
  var previousOrdinary = Stack<Int32>()
  /// By slot, the latest entry of an ordinary access, or -1.
  var lastOrdinary = Stack<Int32>()
  /// Indices in the trace of the acquisitions of locks.
  private var acquisitions = Stack<Int32>()
  /// By their last steps, ascending.
  var lostUpdates: [Sighting] = []
  var dataRaces: [Sighting] = []

  package init() {}

  /// All findings of an execution, each object at most once for each kind and pair of places.
  ///
  /// - Complexity: O(*n*) in the length of what is new in the trace, as long as no word of memory is
  ///   read very often between two writes.
  package mutating func findings(
    in execution: borrowing Execution, isBodyUnfinished: Bool = false
  ) -> [Finding] {
    record(execution, isBodyUnfinished: isBodyUnfinished)
    return sightings.map(\.finding) + endings
  }

  /// Looks at an execution; what it shows is in `sightings`, `endings` and `idle`.
  ///
  /// - Parameters:
  ///   - execution: what was carried out.
  ///   - isBodyUnfinished: whether the body is a task that did not come to its end.
  package mutating func record(
    _ execution: borrowing Execution, isBodyUnfinished: Bool = false
  ) {
    truncate(to: execution.repeated)
    scan(execution.trace)
    sightings.clear()
    sightings.append(contentsOf: lostUpdates)
    for race in dataRaces where !lostUpdates.contains(where: { $0.overlaps(race) }) {
      sightings.append(race)
    }
    idle.clear()
    endings.clear()
    if execution.ending == .deadlocked {
      let stall = Stall(execution, isBodyUnfinished: isBodyUnfinished)
      endings += stall.findings
      idle = stall.idle
    } else if execution.ending == .completed, !execution.blocked.isEmpty {
      endings += Stall(execution, isAtEnd: true).findings
    } else if execution.ending == .livelocked {
      endings.append(.livelock(of: execution))
    }
  }

  private mutating func scan(_ trace: [Event]) {
    trace.withUnsafeBufferPointer { events in
      for index in epochs.count..<max(events.count, epochs.count) {
        let event = events[index]
        order.begin(event)
        entryCounts.append(Int32(accesses.entries.count))
        if event.kind.isMemory {
          epochs.append(order.epoch(of: event.thread))
          // What an acquire synchronises with is ordered before the acquire itself.
          if event.isAtomic { order.advance(event) }
          access(event, index, trace)
        } else {
          epochs.append(0)
          if event.kind.isAcquisition { acquisitions.append(Int32(index)) }
          order.advance(event)
        }
      }
    }
  }

  /// Goes back to what was known after the first `count` events.
  private mutating func truncate(to count: Int) {
    guard count < epochs.count else { return }
    let entryCount = Int(entryCounts[count])
    var entry = accesses.entries.count
    while entry > entryCount {
      entry -= 1
      lastOrdinary[Int(accesses.entries[entry].slot)] = previousOrdinary[entry]
    }
    accesses.truncate(to: entryCount)
    previousOrdinary.truncate(to: entryCount)
    epochs.truncate(to: count)
    entryCounts.truncate(to: count)
    while let last = acquisitions.last, last >= count { acquisitions.removeLast() }
    order.truncate(to: count)
    while let update = lostUpdates.last, update.last >= count { lostUpdates.removeLast() }
    while let race = dataRaces.last, race.last >= count { dataRaces.removeLast() }
  }

  private mutating func access(_ event: Event, _ index: Int, _ trace: [Event]) {
    let first = event.object.rawValue
    let last = first &+ UInt64(max(event.size, 1) - 1)
    let isStore = event.storesAnything
    var word = AccessChains.key(ofWord: first)
    while word <= AccessChains.key(ofWord: last) {
      let slot = accesses.slot(for: word)
      while lastOrdinary.count <= slot { lastOrdinary.append(-1) }
      if accesses.heads[slot] >= 0 {
        if event.kind == .write, !event.isFree { noteLostUpdate(event, index, slot, trace) }
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
  package func overlaps(_ other: Event) -> Bool {
    object.rawValue < other.object.rawValue &+ UInt64(other.size)
      && other.object.rawValue < object.rawValue &+ UInt64(size)
  }

  /// Whether an access acts on all bytes of another.
  func covers(_ other: Event) -> Bool {
    object.rawValue <= other.object.rawValue
      && other.object.rawValue &+ UInt64(other.size) <= object.rawValue &+ UInt64(size)
  }
}
