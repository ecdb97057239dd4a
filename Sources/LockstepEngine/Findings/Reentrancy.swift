/// Looks for what a task read before it was suspended and relied upon after, although another task
/// changed it in between: the reentrancy of actors.
///
/// Between two suspensions a task is alone with what its actor isolates, as in a critical section; at
/// an `await` it gives the actor up. So this is a stale read (see `StaleReads`) with the stretches of
/// tasks in the place of critical sections, and with tasks in the place of threads.
package struct Reentrancy: ~Copyable, Sendable {
  /// Whether there was an execution of too many tasks to be looked at.
  package private(set) var leavesOut = false
  private var reads = StaleReads()
  private var runners = Runners()
  /// The trace as a program of critical sections.
  private var sections = Execution(ending: .completed, trace: [])
  /// By runner, its number among those that access memory.
  private var numbers: [ThreadID?] = []
  /// By such a number, the thread on which the runner was last.
  private var latest = [ThreadID?](repeating: nil, count: maximumThreadCount)
  /// By event of `sections`, its index in the trace.
  private var indices: [Int] = []

  /// What a task holds while it runs.
  private static let isolation = ObjectID(0xF << 60)

  package init() {}

  /// The stale reads of an execution: each object once, and once for each pattern.
  ///
  /// - Complexity: O(*n*) in the length of the trace, times the number of tasks.
  package mutating func record(_ execution: borrowing Execution) -> [StaleRead] {
    guard execution.trace.contains(where: { $0.kind == .resume }) else { return [] }
    runners.update(execution.trace)
    // More are told apart by nothing that is fast.
    guard !runners.isFull, number(execution.trace) else {
      leavesOut = true
      return []
    }
    cut(execution.trace)
    sections.ending = execution.ending
    return reads.record(sections).filter { $0.finding.locks == [Self.isolation] }.map { read in
      var read = read
      read.finding.kind = .reentrancy
      read.finding.locks = []
      read.finding.steps = read.finding.steps.map { indices[$0] }
      return read
    }
  }

  /// Takes over what tells which of them are mistakes.
  package mutating func learn(from other: borrowing Reentrancy) {
    leavesOut = other.leavesOut
    reads.learn(from: other.reads)
  }

  /// Whether what was seen so far says that the pattern is a mistake.
  package func isConfirmed(_ pattern: StaleRead.Pattern) -> Bool { reads.isConfirmed(pattern) }

  /// Numbers the runners that access memory: a task that only sleeps is one of Swift's own.
  ///
  /// - Returns: false if there are too many.
  private mutating func number(_ trace: [Event]) -> Bool {
    numbers.removeAll(keepingCapacity: true)
    numbers.append(contentsOf: repeatElement(nil, count: runners.firstThreads.count))
    var count = 0
    for (event, runner) in zip(trace, runners.ofEvents)
    where event.kind.isMemory && numbers[Int(runner.rawValue)] == nil {
      guard count < maximumThreadCount else { return false }
      numbers[Int(runner.rawValue)] = ThreadID(UInt8(count))
      count += 1
    }
    return true
  }

  /// Cuts a trace at the suspensions of its tasks.
  private mutating func cut(_ trace: [Event]) {
    sections.trace.removeAll(keepingCapacity: true)
    indices.removeAll(keepingCapacity: true)
    var running = ThreadSet.none
    for runner in latest.indices { latest[runner] = nil }
    for (index, event) in trace.enumerated() {
      let number = numbers[Int(runners.ofEvents[index].rawValue)]
      if event.kind == .resume {
        // Whoever was on this thread, unless it has gone on on another since: a thread's number is
        // given again.
        for former in running where former != number && isOn(event.thread, former) {
          end(former, &running, at: index)
        }
      }
      guard let runner = number else { continue }
      switch event.kind {
      case .resume:
        end(runner, &running, at: index)
        begin(runner, &running, at: index)
        latest[Int(runner.rawValue)] = event.thread
      case .call where event.isSuspension:
        guard running.contains(runner) else { continue }
        end(runner, &running, at: index)
        begin(runner, &running, at: index)
      case .suspend:
        end(runner, &running, at: index)
      case .exit where isOn(event.thread, runner):
        end(runner, &running, at: index)
      case .call: break
      default:
        // It had not been suspended: what it waited for had come.
        if event.kind.isMemory, isOn(event.thread, runner), !running.contains(runner) {
          begin(runner, &running, at: index)
        }
        var event = event
        event.thread = runner
        sections.trace.append(event)
        indices.append(index)
      }
    }
  }

  private func isOn(_ thread: ThreadID, _ runner: ThreadID) -> Bool {
    latest[Int(runner.rawValue)] == thread
  }

  private mutating func begin(_ runner: ThreadID, _ running: inout ThreadSet, at index: Int) {
    running.insert(runner)
    append(.lock, runner, at: index)
  }

  private mutating func end(_ runner: ThreadID, _ running: inout ThreadSet, at index: Int) {
    guard running.contains(runner) else { return }
    running.remove(runner)
    append(.unlock, runner, at: index)
  }

  private mutating func append(_ kind: Event.Kind, _ runner: ThreadID, at index: Int) {
    sections.trace.append(Event(thread: runner, kind: kind, object: Self.isolation))
    indices.append(index)
  }
}
