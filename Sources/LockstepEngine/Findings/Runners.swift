/// Who takes each step of a trace in the program's own terms: tasks, and threads that run none.
///
/// A task goes on on one thread after another, and a thread runs the jobs of one task after another. What a
/// thread does before the first of them is done for that one; and a thread's number is given again, so that
/// nothing after its exit is its own.
package struct Runners: Sendable {
  /// By event, its runner, numbered in the order of their first events.
  package private(set) var ofEvents: [ThreadID] = []
  /// By runner, the thread on which it was first.
  package private(set) var firstThreads: [ThreadID] = []
  /// By thread, its runner at the end of the trace, or -1.
  private var current = Array(repeating: Int16(-1), count: maximumThreadCount)
  /// By thread, the runner for what it does in no task, or -1.
  private var plain = Array(repeating: Int16(-1), count: maximumThreadCount)
  private var tasks: [(task: ObjectID, runner: Int16)] = []
  /// By event, that by which its thread goes on with its next task, or -1.
  private var upcoming: [Int32] = []
  /// By thread, the same while the trace is gone through from its end.
  private var next = Array(repeating: Int32(-1), count: maximumThreadCount)

  /// Runners that have a number of their own: later ones share the last.
  private static let maximum = 256

  /// Whether there may have been more runners than numbers.
  var isFull: Bool { firstThreads.count == Self.maximum }

  package init() {}

  /// The runners of an execution; nil where no task runs in it.
  package init?(_ execution: Execution) {
    guard execution.trace.contains(where: { $0.kind == .resume }) else { return nil }
    update(execution.trace)
    for blocked in execution.blocked where current[Int(blocked.thread.rawValue)] < 0 {
      current[Int(blocked.thread.rawValue)] = plainRunner(on: blocked.thread)
    }
  }

  /// Looks at another trace.
  package mutating func update(_ trace: [Event]) {
    ofEvents.removeAll(keepingCapacity: true)
    firstThreads.removeAll(keepingCapacity: true)
    tasks.removeAll(keepingCapacity: true)
    lookAhead(trace)
    for thread in current.indices { (current[thread], plain[thread]) = (-1, -1) }
    for (index, event) in trace.enumerated() {
      let thread = Int(event.thread.rawValue)
      if event.kind == .resume {
        current[thread] = runner(of: event.object, on: event.thread)
      } else if current[thread] < 0 {
        let next = Int(upcoming[index])
        current[thread] =
          next < 0
          ? plainRunner(on: event.thread) : runner(of: trace[next].object, on: event.thread)
      }
      ofEvents.append(ThreadID(UInt8(current[thread])))
      if event.kind == .exit { current[thread] = -1 }
    }
  }

  /// Who runs on a thread at the end of the trace.
  package func runner(on thread: ThreadID) -> ThreadID {
    let runner = current[Int(thread.rawValue)]
    return ThreadID(runner < 0 ? UInt8(Self.maximum - 1) : UInt8(runner))
  }

  private mutating func lookAhead(_ trace: [Event]) {
    upcoming.removeAll(keepingCapacity: true)
    upcoming.append(contentsOf: repeatElement(-1, count: trace.count))
    for thread in next.indices { next[thread] = -1 }
    for index in trace.indices.reversed() {
      let thread = Int(trace[index].thread.rawValue)
      if trace[index].kind == .exit { next[thread] = -1 }
      if trace[index].kind == .resume { next[thread] = Int32(index) }
      upcoming[index] = next[thread]
    }
  }

  private mutating func runner(of task: ObjectID, on thread: ThreadID) -> Int16 {
    if let known = tasks.first(where: { $0.task == task }) { return known.runner }
    let runner = add(thread)
    tasks.append((task, runner))
    return runner
  }

  private mutating func plainRunner(on thread: ThreadID) -> Int16 {
    let place = Int(thread.rawValue)
    if plain[place] < 0 { plain[place] = add(thread) }
    return plain[place]
  }

  private mutating func add(_ thread: ThreadID) -> Int16 {
    if firstThreads.count < Self.maximum { firstThreads.append(thread) }
    return Int16(firstThreads.count - 1)
  }
}

extension Finding {
  /// The same with runners in the place of threads.
  package func shown(by runners: Runners) -> Finding {
    var shown = self
    for index in waits.indices {
      shown.waits[index].blocked.thread = runners.runner(on: waits[index].blocked.thread)
      shown.waits[index].holder = waits[index].holder.map { holder in
        waits[index].acquisition.map { runners.ofEvents[$0] } ?? runners.runner(on: holder)
      }
    }
    return shown
  }
}

extension Execution {
  /// The same with runners in the place of threads, for people to read.
  package func shown(by runners: Runners) -> Execution {
    var shown = self
    // By thread, who runs on it.
    var current = Array(repeating: ThreadID?.none, count: maximumThreadCount)
    for index in trace.indices {
      let event = trace[index]
      current[Int(event.thread.rawValue)] = runners.ofEvents[index]
      shown.trace[index].thread = runners.ofEvents[index]
      shown.trace[index].enabled = .none
      for thread in event.enabled {
        guard let runner = current[Int(thread.rawValue)], runner.rawValue < maximumThreadCount
        else { continue }
        shown.trace[index].enabled.insert(runner)
      }
    }
    for index in blocked.indices {
      shown.blocked[index].thread = runners.runner(on: blocked[index].thread)
    }
    return shown
  }
}
