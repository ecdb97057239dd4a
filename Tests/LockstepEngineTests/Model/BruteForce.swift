import LockstepEngine

/// Everything that a small program can do, found without the engine.
enum BruteForce {
  /// Every outcome, by going through every state.
  ///
  /// Knows nothing of independence.
  static func outcomes(of program: Program, limit: Int) -> Set<Machine.Outcome>? {
    var machine = Machine(program)
    _ = machine.start()
    var seen: Set<Machine> = [machine]
    var pending = [machine]
    var outcomes: Set<Machine.Outcome> = []
    while let state = pending.popLast() {
      let enabled = state.enabled
      if enabled.isEmpty { outcomes.insert(state.outcome) }
      for thread in enabled {
        var next = state
        _ = next.step(Int(thread.rawValue))
        if seen.insert(next).inserted { pending.append(next) }
      }
      if seen.count > limit { return nil }
    }
    return outcomes
  }

  /// Every Mazurkiewicz trace of complete executions, in a normal form.
  ///
  /// Goes through the prefixes, one of each class.
  static func classes(of program: Program, limit: Int) -> Set<[UInt8]>? {
    var machine = Machine(program)
    var trace = TraceOrder(threadCount: program.threads.count)
    for event in machine.start() { trace.append(event) }
    var seen: Set<[UInt8]> = [trace.normalForm]
    var pending = [(machine, trace)]
    var classes: Set<[UInt8]> = []
    while let (state, order) = pending.popLast() {
      let enabled = state.enabled
      if enabled.isEmpty { classes.insert(order.normalForm) }
      for thread in enabled {
        var next = state
        var longer = order
        for event in next.step(Int(thread.rawValue)) { longer.append(event) }
        if seen.insert(longer.normalForm).inserted { pending.append((next, longer)) }
      }
      if seen.count > limit { return nil }
    }
    return classes
  }
}

/// The order of a trace, in the plainest way: each event looks at all before it.
///
/// Written without the engine's relation, so that the two cannot agree on one mistake.
struct TraceOrder {
  private var events: [(event: Event, before: UInt64)] = []
  private var latest: [Int?]
  private var origin: [Int?]
  /// What was completed, and the step that this belongs to.
  private var parts: [(object: ObjectID, step: Int?)] = []

  init(threadCount: Int) {
    latest = Array(repeating: nil, count: threadCount)
    origin = Array(repeating: nil, count: threadCount)
  }

  mutating func append(_ event: Event) {
    let thread = Int(event.thread.rawValue)
    if event.kind == .spawn { origin[Int(event.value)] = latest[thread] ?? origin[thread] }
    if event.kind == .complete {
      parts.append((event.object, latest[thread] ?? origin[thread]))
    }
    guard event.kind.rawValue < 32 || (40...42).contains(event.kind.rawValue) else { return }
    var before: UInt64 = 0
    func add(_ index: Int) { before |= events[index].before | 1 << UInt64(index) }
    /// What a thread does next also comes after who let it go on from a barrier.
    func addAll(_ index: Int) {
      add(index)
      let earlier = events[index].event
      guard earlier.kind == .arrive, earlier.value == 0 else { return }
      let number = Int(earlier.thread.rawValue)
      let waker = events.indices.first { $0 > index && Self.wakes(events[$0].event, number) }
      if let waker { add(waker) }
    }
    if let index = latest[thread] ?? origin[thread] { addAll(index) }
    for (index, earlier) in events.enumerated() where Self.conflict(earlier.event, event) {
      add(index)
    }
    if event.kind == .join {
      let other = Int(event.object.rawValue & 63)
      if let index = latest[other] ?? origin[other] { addAll(index) }
    }
    if event.kind == .awaitCompletion {
      for (object, source) in parts where object == event.object {
        if let source { add(source) }
      }
    }
    if event.kind == .lock, let index = latest[thread], events[index].event.kind == .wait {
      let waker = events.indices.first { $0 > index && Self.wakes(events[$0].event, thread) }
      if let waker { add(waker) }
    }
    latest[thread] = events.count
    events.append((event, before))
  }

  private static func wakes(_ event: Event, _ thread: Int) -> Bool {
    event.kind == .signal && event.value == UInt64(thread)
      || (event.kind == .broadcast || event.kind == .arrive)
        && event.value >> UInt64(thread) & 1 == 1
  }

  private static func overlaps(_ first: Event, _ second: Event) -> Bool {
    let left = first.object.rawValue..<first.object.rawValue + UInt64(first.size)
    let right = second.object.rawValue..<second.object.rawValue + UInt64(second.size)
    return left.overlaps(right)
  }

  /// Whether an awaiting look watched, besides its own object, what a store stores to.
  private static func watches(_ look: Event, _ store: Event) -> Bool {
    // A compare-and-swap that failed counts as one that did not.
    guard look.otherSize > 0, store.kind.isStore || store.flags.rawValue & 16 != 0
    else { return false }
    let left = look.other.rawValue..<look.other.rawValue + UInt64(look.otherSize)
    return left.overlaps(store.object.rawValue..<store.object.rawValue + UInt64(store.size))
  }

  static func conflict(_ first: Event, _ second: Event) -> Bool {
    if watches(first, second) || watches(second, first) { return true }
    // A compare-and-swap that failed counts as one that did not.
    let isSwap = first.flags.rawValue & 16 != 0 || second.flags.rawValue & 16 != 0
    switch (first.kind.rawValue, second.kind.rawValue) {
    case (1, 1) where isSwap: return overlaps(first, second)
    case (1, 1), (7, 7): return false
    // Shared holds of a lock, and attempts at them, leave each other as they are.
    case (20...23, 20...23), (22, 7), (7, 22): return false
    case (20...23, 5...8), (5...8, 20...23): return first.object == second.object
    // The end of a wait takes its own thread out of the queue, and nobody else.
    case (19, 10...11), (10...11, 19): return first.object == second.object
    // Whom a signal wakes of several: those compete, and it is all the same to who comes later.
    case (28...29, 10...11), (10...11, 28...29), (28...29, 28...29), (28...29, 19), (19, 28...29):
      return first.object == second.object
    case (18, 18), (18, 42), (42, 18), (42, 42): return false
    case (12...13, 42), (42, 12...13), (17, 42), (42, 17): return first.object == second.object
    case (12...13, 17...18), (17...18, 12...13), (17...18, 17...18):
      return first.object == second.object
    case (24, 24), (40, 41), (41, 40): return first.object == second.object
    case (1...4, 1...4):
      return overlaps(first, second)
    case (5...9, 5...9):
      let left = first.kind == .wait ? first.other : first.object
      let right = second.kind == .wait ? second.other : second.object
      return left == right
        || first.kind == .wait && second.kind == .wait
          && first.object == second.object
    case (9...11, 9...11), (12...13, 12...13), (15, 15), (16, 16), (25, 25), (25, 27),
      (27, 25):
      return first.object == second.object
    default: return false
    }
  }

  /// For each thread in turn its events: what each is, and which of each thread come before it.
  var normalForm: [UInt8] {
    var form: [UInt8] = []
    for thread in latest.indices {
      for (event, before) in events where Int(event.thread.rawValue) == thread {
        form.append(event.kind.rawValue)
        var counts = [UInt8](repeating: 0, count: latest.count)
        for index in events.indices where before >> UInt64(index) & 1 == 1 {
          counts[Int(events[index].event.thread.rawValue)] += 1
        }
        form += counts
      }
      form.append(255)
    }
    return form
  }
}
