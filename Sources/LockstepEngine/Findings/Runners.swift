/// Who takes each step of a trace in the program's own terms: tasks, and threads that run none.
///
/// A task goes on on one thread after another, and a thread runs the jobs of one task after another.
package struct Runners: Sendable {
  /// By event, its runner, numbered in the order of their first events.
  package private(set) var ofEvents: [ThreadID] = []
  /// By runner, the thread on which it was first.
  package private(set) var firstThreads: [ThreadID] = []
  /// By thread, its runner at the end of the trace, or -1.
  private var current = Array(repeating: Int16(-1), count: maximumThreadCount)
  private var tasks: [(task: ObjectID, runner: Int16)] = []

  /// Runners that have a number of their own: later ones share the last.
  private static let maximum = 256

  package init() {}

  /// The runners of a trace; nil where no task runs in it.
  package init?(_ trace: [Event]) {
    guard trace.contains(where: { $0.kind == .resume }) else { return nil }
    update(trace)
  }

  /// Looks at another trace.
  package mutating func update(_ trace: [Event]) {
    ofEvents.removeAll(keepingCapacity: true)
    firstThreads.removeAll(keepingCapacity: true)
    tasks.removeAll(keepingCapacity: true)
    for thread in current.indices { current[thread] = -1 }
    for event in trace {
      let thread = Int(event.thread.rawValue)
      if event.kind == .resume {
        current[thread] = runner(of: event.object, on: event.thread)
      } else if current[thread] < 0 {
        current[thread] = add(event.thread)
      }
      ofEvents.append(ThreadID(UInt8(current[thread])))
    }
  }

  /// Who runs on a thread at the end of the trace.
  package func runner(on thread: ThreadID) -> ThreadID {
    let runner = current[Int(thread.rawValue)]
    return ThreadID(runner < 0 ? UInt8(Self.maximum - 1) : UInt8(runner))
  }

  private mutating func runner(of task: ObjectID, on thread: ThreadID) -> Int16 {
    if let known = tasks.first(where: { $0.task == task }) { return known.runner }
    let runner = add(thread)
    tasks.append((task, runner))
    return runner
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
