/// The order that synchronisation makes between accesses to memory, as a trace grows and as it is
/// taken back.
///
/// Locks, semaphores, a signal and whom it wakes, creation and joining, once-only initialisers, calls
/// of a library that keeps state of its own, and atomic operations and fences by their memory orders order what comes before one thread's
/// step and after another's. Ordinary accesses order nothing: a race is two of them left without
/// order. By vector clocks, and epochs for accesses.
/// (Flanagan, Freund: FastTrack, PLDI 2009; C11 5.1.2.4 and 7.17.4 for atomics and fences.)
///
/// Clocks are rows that never change once they are made: a thread, an object or a fence refers to
/// one by its number. Executions that begin alike share the rows of their beginning, and to go back
/// is to restore a few numbers. A step costs the number of threads at most.
struct SynchronizationOrder: ~Copyable, Sendable {
  /// Numbers of rows, by thread in each of four groups and then by object; -1 is none.
  private var references = Stack<Int32>(repeating: -1, count: Self.objectBase)
  private var rows = ClockRows()
  private var objects = AccessChains()
  /// What `references` held before each change, the latest last.
  private var changes = Stack<Change>()
  private var marks = Stack<Mark>()

  struct Change {
    var place: Int32
    var former: Int32
  }

  /// What to go back to before an event.
  struct Mark {
    var changes: Int32
    var rows: Int32
  }

  /// What is referred to for each thread.
  private enum Group: Int {
    /// What it knows.
    case current
    /// What a `lock` after a `wait` learns from the signal.
    case wake
    /// What it knew at its last release fence.
    case released
    /// What an acquire fence would learn from the relaxed loads before it.
    case acquirable
  }

  private static let groups = 4
  private static let objectBase = groups * maximumThreadCount

  /// Takes back all events but the first `count`.
  mutating func truncate(to count: Int) {
    guard count < marks.count else { return }
    let mark = marks[count]
    marks.truncate(to: count)
    while changes.count > Int(mark.changes) {
      let change = changes.removeLast()
      references[Int(change.place)] = change.former
    }
    rows.truncate(to: Int(mark.rows))
  }

  /// A thread's own time now.
  func epoch(of thread: ThreadID) -> UInt32 {
    rows.value(Int(references[Int(thread.rawValue)]), Int(thread.rawValue))
  }

  /// Whether what a thread did at a time of its own is ordered before what another does now.
  func isOrdered(_ thread: ThreadID, at epoch: UInt32, before other: ThreadID) -> Bool {
    rows.value(Int(references[Int(other.rawValue)]), Int(thread.rawValue)) >= epoch
  }

  /// Makes ready for the next event, by a thread that may be new.
  mutating func begin(_ event: Event) {
    marks.append(Mark(changes: Int32(changes.count), rows: Int32(rows.count)))
    meet(event.thread)
  }

  /// Takes note of an event; `begin` it before.
  mutating func advance(_ event: Event) {
    let thread = event.thread
    // A futex's: to wait for a word is no part of the memory model.
    if event.order == .relaxed, !event.kind.isMemory { return }
    switch event.kind {
    case .read, .write, .readModifyWrite, .opaqueReadWrite:
      if event.isAtomic { advanceAtomic(event) }
    case .lock, .tryLock:
      learn(thread, published(by: event.object))
      learn(thread, publishedByHolders(of: event.object))
      let wake = references[place(.wake, thread)]
      if wake >= 0 {
        learn(thread, wake)
        set(place(.wake, thread), -1)
      }
    case .lockShared, .tryLockShared: learn(thread, published(by: event.object))
    case .unlock: release(place(of: event.object), thread)
    case .unlockShared: release(sharedPlace(of: event.object), thread)
    case .wait: release(place(of: event.other), thread)
    case .signal:
      if event.value == Event.several { return release(place(of: event.object), thread) }
      if event.value < UInt64(maximumThreadCount) { wake(ThreadID(UInt8(event.value)), thread) }
      tick(thread)
    // It may be woken by each of the signals that came so far.
    case .wake, .timedWake: learn(thread, published(by: event.object))
    case .broadcast:
      for woken in ThreadSet(rawValue: event.value) { wake(woken, thread) }
      tick(thread)
    case .semaphoreWait, .semaphoreTryWait: learn(thread, published(by: event.object))
    case .semaphoreSignal: release(place(of: event.object), thread)
    case .arrive: arrive(event)
    case .join:
      guard let ended = event.object.thread else { return }
      meet(ended)
      learn(thread, current(ended))
    case .call:
      // Dispatch promises no order between two calls, but by what it runs and what one waits for.
      guard event.dispatchCall == nil else { return }
      learn(thread, published(by: event.object))
      release(place(of: event.object), thread)
    case .awaitCompletion: learn(thread, published(by: Self.completion(event)))
    case .complete: release(place(of: Self.completion(event)), thread)
    case .once: advanceOnce(event)
    case .spawn:
      guard event.value < UInt64(maximumThreadCount) else { return }
      let child = ThreadID(UInt8(event.value))
      meet(child)
      learn(child, current(thread))
      tick(thread)
    case .fence: advanceFence(event)
    case .tryLockFailed, .tryLockSharedFailed, .semaphoreTryWaitFailed, .semaphoreRead, .waitEnd,
      .sharedCall,
      .sleep, .readClock, .output, .finish, .exit, .throwError, .yield, .crash, .resume, .suspend:
      break
    }
  }

  /// The name of what is completed; no object has it.
  private static func completion(_ event: Event) -> ObjectID {
    ObjectID(event.object.rawValue | 1 << 56 | (event.other.rawValue & 0xff) << 48)
  }

  // MARK: References

  private func place(_ group: Group, _ thread: ThreadID) -> Int {
    group.rawValue * maximumThreadCount + Int(thread.rawValue)
  }

  private func current(_ thread: ThreadID) -> Int32 { references[Int(thread.rawValue)] }

  private mutating func set(_ place: Int, _ row: Int32) {
    changes.append(Change(place: Int32(place), former: references[place]))
    references[place] = row
  }

  /// Where the row is kept that an acquisition of the object learns.
  private mutating func place(of object: ObjectID) -> Int {
    let place = Self.objectBase + objects.slot(for: AccessChains.key(of: object))
    while references.count <= place { references.append(-1) }
    return place
  }

  /// Where the row is kept that an exclusive acquisition learns of shared holds that were given up.
  private mutating func sharedPlace(of lock: ObjectID) -> Int {
    // A bit that no object's name has.
    let key = AccessChains.key(of: lock) | 1 << 62
    let place = Self.objectBase + objects.slot(for: key)
    while references.count <= place { references.append(-1) }
    return place
  }

  private mutating func publishedByHolders(of lock: ObjectID) -> Int32 {
    references[sharedPlace(of: lock)]
  }

  private mutating func published(by object: ObjectID) -> Int32 { references[place(of: object)] }

  // MARK: Clocks

  /// Starts a thread's clock, if it has none.
  private mutating func meet(_ thread: ThreadID) {
    guard references[Int(thread.rawValue)] < 0 else { return }
    let row = rows.append()
    rows.set(row, Int(thread.rawValue), to: 1)
    set(Int(thread.rawValue), Int32(row))
  }

  private mutating func tick(_ thread: ThreadID) {
    let number = Int(thread.rawValue)
    let row = rows.append(copyOf: Int(current(thread)))
    rows.set(row, number, to: rows.value(row, number) + 1)
    set(number, Int32(row))
  }

  private mutating func learn(_ thread: ThreadID, _ row: Int32) {
    guard row >= 0 else { return }
    set(Int(thread.rawValue), join(current(thread), row))
  }

  /// The row of both, where there are two.
  private mutating func join(_ first: Int32, _ second: Int32) -> Int32 {
    guard first >= 0, second >= 0 else { return max(first, second) }
    let row = rows.append(copyOf: Int(first))
    rows.join(Int(second), into: row)
    return Int32(row)
  }

  private mutating func wake(_ woken: ThreadID, _ thread: ThreadID) {
    let place = place(.wake, woken)
    set(place, join(references[place], current(thread)))
  }

  private mutating func release(_ place: Int, _ thread: ThreadID) {
    set(place, join(references[place], current(thread)))
    tick(thread)
  }

  /// Who comes last to a barrier has learned of all that came, and they of each other through it.
  private mutating func arrive(_ event: Event) {
    let place = place(of: event.object)
    guard event.value != 0 else { return release(place, event.thread) }
    learn(event.thread, references[place])
    set(place, -1)
    for other in ThreadSet(rawValue: event.value) where other != event.thread {
      learn(other, current(event.thread))
    }
    tick(event.thread)
  }

  /// Whoever came first ran the initialiser, and whoever comes later sees all that it did since.
  ///
  /// The end of the initialiser is no event, so this may order a little too much.
  private mutating func advanceOnce(_ event: Event) {
    let place = place(of: event.object)
    guard references[place] >= 0 else { return set(place, Int32(event.thread.rawValue)) }
    let first = ThreadID(UInt8(references[place]))
    learn(event.thread, current(first))
    tick(first)
  }

  private mutating func advanceAtomic(_ event: Event) {
    let thread = event.thread
    let object = place(of: event.object)
    let left = references[object]
    if event.kind != .write, left >= 0 {
      if event.order.isAcquire {
        learn(thread, left)
      } else {
        let acquirable = place(.acquirable, thread)
        set(acquirable, join(references[acquirable], left))
      }
    }
    guard event.storesAnything else { return }
    // A store begins a release sequence of its own; a read-modify-write goes on with the last.
    let own = event.order.isRelease ? current(thread) : references[place(.released, thread)]
    set(object, event.kind == .write ? own : join(left, own))
    if event.order.isRelease { tick(thread) }
  }

  private mutating func advanceFence(_ event: Event) {
    let thread = event.thread
    if event.order.isAcquire { learn(thread, references[place(.acquirable, thread)]) }
    guard event.order.isRelease else { return }
    set(place(.released, thread), current(thread))
    tick(thread)
  }
}

extension Event.Order {
  fileprivate var isAcquire: Bool {
    switch self {
    case .consume, .acquire, .acquireRelease, .sequentiallyConsistent: true
    case .none, .relaxed, .release: false
    }
  }

  fileprivate var isRelease: Bool {
    switch self {
    case .release, .acquireRelease, .sequentiallyConsistent: true
    case .none, .relaxed, .consume, .acquire: false
    }
  }
}
