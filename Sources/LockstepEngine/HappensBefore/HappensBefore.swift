/// The happens-before order of a trace, by vector clocks, as it grows and as it is taken back.
///
/// One step happens before another if a thread takes both in this order, if they are dependent (see
/// `Independence`), if the first created the thread of the second, ended the thread that the second
/// joins, completed what it waits for, or woke the thread that takes its lock again; and what follows from these. Two traces with
/// the same order are one Mazurkiewicz trace. Annotations belong to the step of their thread before.
///
/// A step costs the number of threads for each step that it directly depends on.
package struct HappensBefore: ~Copyable, Sendable {
  package struct Step: Sendable, BitwiseCopyable {
    package var operation: Operation
    package var value: UInt64
    /// Whether it changed the bytes that it acted on: a compare-and-swap that failed did not.
    var isChange: Bool
    /// Its number among its thread's steps, from 1 on.
    package var ordinal: UInt32
    /// The step of its thread before it, or -1.
    package var previous: Int32
    /// The latest step that happens before it, or -1.
    package var latestPredecessor: Int32
    /// Entries in `chains` before its own.
    var firstEntry: Int32

    /// Whether its thread goes on only after a step of another that wakes it.
    var waits: Bool {
      operation.kind == .wait || operation.kind == .arrive && value == 0
    }
  }

  package private(set) var steps = Stack<Step>()
  /// By step and thread, the ordinal of that thread's latest step that happens before, or is it.
  var clocks = ClockRows()
  var chains = AccessChains()
  /// By thread, its latest step, or -1.
  var lastStep = Stack<Int32>(repeating: -1, count: maximumThreadCount)
  /// By thread, the step that it was created in, or -1 where that was before the first.
  var spawnStep = Stack<Int32>(repeating: -1, count: maximumThreadCount)
  /// What `spawnStep` held before each creation, and how many steps there were then; the latest last.
  private var spawns: [(count: Int32, child: Int32, former: Int32)] = []
  /// What was completed, by which step, and how many steps there were then; the latest last.
  private var completions: [(count: Int32, object: ObjectID, other: ObjectID, step: Int32)] = []
  /// What the latest step directly depends on, latest first.
  var candidates = Stack<Int32>()
  /// The latest step that was joined into the row begun last, or -1.
  private var latestJoined: Int32 = -1
  /// Steps whose race with the latest one can be reversed.
  package var races = Stack<Int32>()

  package init() {}

  /// Whether one step happens before a later one.
  package func precedes(_ first: Int, _ second: Int) -> Bool {
    let step = steps[first]
    return clocks.value(second, Int(step.operation.thread.rawValue)) >= step.ordinal
  }

  /// Adds a step at the end, and sets `races`.
  package mutating func append(_ event: Event) {
    let operation = event.operation
    let thread = Int(operation.thread.rawValue)
    let index = steps.count
    let previous = lastStep[thread]
    beginRow(after: operation.thread, for: operation.kind)
    let ordinal = previous < 0 ? 1 : steps[Int(previous)].ordinal + 1

    races.removeAll()
    let firstEntry = Int32(chains.entries.count)
    if operation.awaits {
      appendAwaiting(operation, index)
    } else {
      appendOrdinary(operation, index)
    }

    clocks.set(index, thread, to: ordinal)
    lastStep[thread] = Int32(index)
    steps.append(
      Step(
        operation: operation, value: event.value, isChange: event.kind.isStore, ordinal: ordinal,
        previous: previous, latestPredecessor: latestJoined, firstEntry: firstEntry))
  }

  private mutating func appendOrdinary(_ operation: Operation, _ index: Int) {
    switch operation.kind {
    case .join: joinEnd(of: operation.object, into: index)
    case .awaitCompletion: joinCompletions(of: operation, into: index)
    case .finish: joinEverything(into: index)
    case .lock: appendLock(operation, index)
    case .lockShared: appendLockShared(operation, index)
    case .wake: appendWake(operation, index)
    case .semaphoreWait:
      appendBlocking(operation, index, reversing: lastStepWithCount(of: operation.object))
    default: appendImmediate(operation, index)
    }
  }

  /// Visits the steps after one, up to another, before which it does not happen, in order.
  func forEachStep(notAfter first: Int, upTo end: Int, _ visit: (_ step: Int) -> Void) {
    let thread = Int(steps[first].operation.thread.rawValue)
    let ordinal = steps[first].ordinal
    for step in (first + 1)..<max(end, first + 1) where clocks.value(step, thread) < ordinal {
      visit(step)
    }
  }

  /// Takes note of an annotation of the latest steps.
  package mutating func annotate(_ event: Event) {
    if event.kind == .complete {
      let number = Int(event.thread.rawValue)
      let step = max(lastStep[number], spawnStep[number])
      completions.append((Int32(steps.count), event.object, event.other, step))
    }
    guard event.kind == .spawn, event.value < UInt64(maximumThreadCount) else { return }
    let parent = Int(event.thread.rawValue)
    let child = Int(event.value)
    let step = lastStep[parent] >= 0 ? lastStep[parent] : spawnStep[parent]
    spawns.append((Int32(steps.count), Int32(child), spawnStep[child]))
    spawnStep[child] = step
  }

  /// Takes back all steps but the first `count`.
  package mutating func truncate(to count: Int) {
    while steps.count > count {
      let step = steps.removeLast()
      lastStep[Int(step.operation.thread.rawValue)] = step.previous
      chains.truncate(to: Int(step.firstEntry))
    }
    clocks.truncate(to: steps.count)
    while let spawn = spawns.last, Int(spawn.count) > count {
      spawnStep[Int(spawn.child)] = spawn.former
      spawns.removeLast()
    }
    while let completion = completions.last, Int(completion.count) > count {
      completions.removeLast()
    }
  }

  /// Adds a row, after those of all steps, with what happens before whatever the thread does next.
  ///
  /// The kind is that of what it does next: the end of a wait can come before what woke the thread.
  mutating func beginRow(after thread: ThreadID, for kind: Event.Kind) {
    let number = Int(thread.rawValue)
    let previous = lastStep[number]
    let source = Int(previous >= 0 ? previous : spawnStep[number])
    let row = source >= 0 ? clocks.append(copyOf: source) : clocks.append()
    latestJoined = Int32(source)
    // A thread that runs one job after another is created anew for each.
    if previous >= 0, spawnStep[number] > previous { join(Int(spawnStep[number]), into: row) }
    let endsWait = previous >= 0 && (kind == .waitEnd || kind == .timedWake)
    if source >= 0, !endsWait { joinWaking(source, into: row) }
  }

  /// Adds to a row all that happens before a step, and the step.
  mutating func join(_ source: Int, into index: Int) {
    clocks.join(source, into: index)
    latestJoined = max(latestJoined, Int32(source))
  }

  /// Whether a step happens before what a row stands for, even if that row is no step yet.
  func contains(_ step: Int, inRow index: Int) -> Bool {
    let first = steps[step]
    return clocks.value(index, Int(first.operation.thread.rawValue)) >= first.ordinal
  }

  private mutating func joinEnd(of object: ObjectID, into index: Int) {
    guard let thread = object.thread, Int(thread.rawValue) < maximumThreadCount else { return }
    let number = Int(thread.rawValue)
    let end = Int(lastStep[number] >= 0 ? lastStep[number] : spawnStep[number])
    if end >= 0 {
      join(end, into: index)
      joinWaking(end, into: index)
    }
  }

  /// Adds all steps: none of them could have come later.
  private mutating func joinEverything(into index: Int) {
    for thread in lastStep.indices where lastStep[thread] >= 0 {
      join(Int(lastStep[thread]), into: index)
    }
  }

  /// Adds the step that let a thread go on after one in which it waited, if it was one.
  private mutating func joinWaking(_ wait: Int, into row: Int) {
    guard steps[wait].waits,
      let waking = wakingStep(of: steps[wait].operation.thread, since: wait)
    else { return }
    join(waking, into: row)
  }

  /// All threads that had a part in what is waited for have done it.
  private mutating func joinCompletions(of operation: Operation, into index: Int) {
    for completion in completions
    where completion.object == operation.object && completion.other == operation.other
      && completion.step >= 0
    {
      join(Int(completion.step), into: index)
    }
  }

  /// The step that woke a thread from its wait: the first signal since that chose it, or the last
  /// thread to come to the barrier.
  func wakingStep(of thread: ThreadID, since wait: Int) -> Int? {
    let condition = steps[wait].operation.object
    var waking: Int?
    var entry = chains.head(of: AccessChains.key(of: condition))
    while entry >= 0 {
      let index = Int(chains.entries[Int(entry)].step)
      guard index > wait else { break }
      let step = steps[index]
      switch step.operation.kind {
      case .signal where step.value == UInt64(thread.rawValue): waking = index
      case .broadcast, .arrive:
        if ThreadSet(rawValue: step.value).contains(thread) { waking = index }
      default: break
      }
      entry = chains.entries[Int(entry)].previous
    }
    return waking
  }
}
