/// The order that synchronisation makes between accesses to memory, as an execution goes by.
///
/// Locks, semaphores, a signal and whom it wakes, creation and joining, once-only initialisers,
/// and atomic operations and fences by their memory orders order what comes before one thread's
/// step and after another's. Ordinary accesses order nothing: a race is two of them left without
/// order. By vector clocks, and epochs for accesses.
/// (Flanagan, Freund: FastTrack, PLDI 2009; C11 5.1.2.4 and 7.17.4 for atomics and fences.)
struct SynchronizationOrder: Sendable {
  /// Width of a row: more than any thread's number.
  private var stride = 8
  /// By thread: of every thread, how far it had come when this one last heard of it.
  private var clocks: [UInt32] = []
  /// By thread: what a `lock` after a `wait` learns from the signal.
  private var wakes: [UInt32] = []
  /// By thread: what it had learnt at its last release fence.
  private var released: [UInt32] = []
  /// By thread: what an acquire fence would learn from relaxed loads before it.
  private var acquirable: [UInt32] = []
  private var isWaiting: UInt64 = 0
  /// The highest number of a thread met; rows above are set when theirs is.
  private var highest = 0
  /// Whether anything was written to `released` or `acquirable`.
  private var hasFences = false
  /// By slot of `objects`: what an acquisition learns.
  private var objectClocks: [UInt32] = []
  private var objects = AccessChains()
  /// By slot, the execution in which its row was last set.
  private var generations: [UInt32] = []
  private var generation: UInt32 = 0

  init() { reset() }

  /// Forgets all: another execution begins.
  mutating func reset() {
    let count = maximumThreadCount * stride
    generation &+= 1
    isWaiting = 0
    if clocks.count != count {
      clocks = Array(repeating: 0, count: count)
      wakes = clocks
      released = clocks
      acquirable = clocks
    }
    if hasFences {
      for index in 0..<((highest + 1) * stride) {
        released[index] = 0
        acquirable[index] = 0
      }
      hasFences = false
    }
    for lane in 0..<stride { clocks[lane] = 0 }
    clocks[0] = 1
    highest = 0
  }

  /// A thread's own time now.
  func epoch(of thread: ThreadID) -> UInt32 {
    clocks[Int(thread.rawValue) * stride + Int(thread.rawValue)]
  }

  /// Whether what a thread did at a time of its own is ordered before what another does now.
  func isOrdered(_ thread: ThreadID, at epoch: UInt32, before other: ThreadID) -> Bool {
    clocks[Int(other.rawValue) * stride + Int(thread.rawValue)] >= epoch
  }

  /// Makes room for a thread's number, and starts its clock.
  mutating func meet(_ thread: ThreadID) {
    let number = Int(thread.rawValue)
    guard number > highest else { return }
    if number >= stride { widen() }
    for fresh in (highest + 1)...number {
      for lane in 0..<stride { clocks[fresh * stride + lane] = 0 }
      clocks[fresh * stride + fresh] = 1
    }
    highest = number
  }

  /// Takes note of an event; `meet` its thread before.
  mutating func advance(_ event: Event) {
    let row = Int(event.thread.rawValue) * stride
    switch event.kind {
    case .read, .write, .readModifyWrite, .opaqueReadWrite:
      if event.isAtomic { advanceAtomic(event, row) }
    case .lock, .tryLock:
      acquire(event.object, row)
      let bit = ThreadSet(event.thread).rawValue
      if isWaiting & bit != 0 {
        isWaiting &= ~bit
        for lane in 0..<stride { clocks[row + lane] = max(clocks[row + lane], wakes[row + lane]) }
      }
    case .unlock: release(event.object, row)
    case .wait:
      release(event.other, row)
      isWaiting |= ThreadSet(event.thread).rawValue
      for lane in 0..<stride { wakes[row + lane] = 0 }
    case .signal:
      if event.value < UInt64(maximumThreadCount) { wake(Int(event.value), row) }
      tick(row)
    case .broadcast:
      for thread in ThreadSet(rawValue: event.value) { wake(Int(thread.rawValue), row) }
      tick(row)
    case .semaphoreWait: acquire(event.object, row)
    case .semaphoreSignal: release(event.object, row)
    case .join:
      if let thread = event.object.thread {
        meet(thread)
        learn(Int(thread.rawValue), row: Int(event.thread.rawValue) * stride)
      }
    case .once: advanceOnce(event, row)
    case .spawn:
      guard event.value < UInt64(maximumThreadCount) else { return }
      meet(ThreadID(UInt8(event.value)))
      let parent = Int(event.thread.rawValue) * stride
      learn(Int(event.thread.rawValue), row: Int(event.value) * stride)
      tick(parent)
    case .fence: advanceFence(event.order, row)
    case .tryLockFailed, .output, .exit, .throwError, .yield, .crash: break
    }
  }

  private mutating func tick(_ row: Int) { clocks[row + row / stride] += 1 }

  private mutating func learn(_ thread: Int, row: Int) {
    for lane in 0..<stride {
      clocks[row + lane] = max(clocks[row + lane], clocks[thread * stride + lane])
    }
  }

  private mutating func wake(_ thread: Int, _ row: Int) {
    for lane in 0..<stride {
      wakes[thread * stride + lane] = max(wakes[thread * stride + lane], clocks[row + lane])
    }
  }

  /// The row of an object, and whether anything was ever left there in this execution.
  private mutating func objectRow(_ object: ObjectID) -> (row: Int, isSet: Bool) {
    let slot = objects.slot(for: AccessChains.key(of: object))
    while generations.count <= slot {
      generations.append(0)
      for _ in 0..<stride { objectClocks.append(0) }
    }
    let isSet = generations[slot] == generation
    if !isSet {
      generations[slot] = generation
      for lane in 0..<stride { objectClocks[slot * stride + lane] = 0 }
    }
    return (slot * stride, isSet)
  }

  private mutating func acquire(_ object: ObjectID, _ row: Int) {
    let source = objectRow(object).row
    for lane in 0..<stride {
      clocks[row + lane] = max(clocks[row + lane], objectClocks[source + lane])
    }
  }

  private mutating func release(_ object: ObjectID, _ row: Int) {
    let target = objectRow(object).row
    for lane in 0..<stride {
      objectClocks[target + lane] = max(objectClocks[target + lane], clocks[row + lane])
    }
    tick(row)
  }

  /// Whoever came first ran the initialiser, and whoever comes later sees all that it did since.
  ///
  /// The end of the initialiser is no event, so this may order a little too much.
  private mutating func advanceOnce(_ event: Event, _ row: Int) {
    let (target, isSet) = objectRow(event.object)
    if isSet {
      let first = Int(objectClocks[target])
      learn(first, row: row)
      tick(first * stride)
    } else {
      objectClocks[target] = UInt32(event.thread.rawValue)
    }
  }

  private mutating func advanceAtomic(_ event: Event, _ row: Int) {
    let target = objectRow(event.object).row
    if event.kind != .write {
      for lane in 0..<stride {
        if event.order.isAcquire {
          clocks[row + lane] = max(clocks[row + lane], objectClocks[target + lane])
        } else {
          hasFences = true
          acquirable[row + lane] = max(acquirable[row + lane], objectClocks[target + lane])
        }
      }
    }
    guard event.kind.isStore else { return }
    // A store begins a release sequence of its own; a read-modify-write goes on with the last.
    let isFresh = event.kind == .write
    for lane in 0..<stride {
      let left = event.order.isRelease ? clocks[row + lane] : released[row + lane]
      objectClocks[target + lane] = isFresh ? left : max(objectClocks[target + lane], left)
    }
    if event.order.isRelease { tick(row) }
  }

  private mutating func advanceFence(_ order: Event.Order, _ row: Int) {
    hasFences = true
    if order.isAcquire {
      for lane in 0..<stride {
        clocks[row + lane] = max(clocks[row + lane], acquirable[row + lane])
      }
    }
    guard order.isRelease else { return }
    for lane in 0..<stride { released[row + lane] = clocks[row + lane] }
    tick(row)
  }

  /// Threads beyond the eighth were met: rows get their final width.
  private mutating func widen() {
    let old = stride
    stride = maximumThreadCount
    clocks = Self.widened(clocks, old, stride)
    wakes = Self.widened(wakes, old, stride)
    released = Self.widened(released, old, stride)
    acquirable = Self.widened(acquirable, old, stride)
    objectClocks = Self.widened(objectClocks, old, stride)
  }

  private static func widened(_ rows: [UInt32], _ old: Int, _ new: Int) -> [UInt32] {
    var wide = [UInt32](repeating: 0, count: rows.count / old * new)
    for index in rows.indices { wide[index / old * new + index % old] = rows[index] }
    return wide
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
