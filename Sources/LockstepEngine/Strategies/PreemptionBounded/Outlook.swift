/// What each thread is going to do, at each step of an execution that took place.
struct Outlook: Sendable {
  /// By step from `start` on, the trace's index of the next step of the same thread, or -1.
  private var following: [Int32] = []
  /// By thread, the trace's index of its next step, or -1.
  private var upcoming = [Int32](repeating: -1, count: maximumThreadCount)
  private var start = 0

  /// Looks at an execution anew, and stands before its step `start`.
  mutating func look(at execution: borrowing Execution, from start: Int) {
    self.start = start
    following.removeAll(keepingCapacity: true)
    for thread in upcoming.indices { upcoming[thread] = -1 }
    // Last first, and then turned round.
    var rest = execution.trace.count
    var steps = execution.trace.reduce(0) { $0 + ($1.kind.isAnnotation ? 0 : 1) }
    while rest > 0, steps > start {
      rest -= 1
      let event = execution.trace[rest]
      guard !event.kind.isAnnotation else { continue }
      steps -= 1
      let thread = Int(event.thread.rawValue)
      following.append(upcoming[thread])
      upcoming[thread] = Int32(rest)
    }
    following.reverse()
  }

  /// Goes on past a thread's step.
  mutating func pass(_ thread: ThreadID, at step: Int) {
    upcoming[Int(thread.rawValue)] = following[step - start]
  }

  /// A thread's next step: where it took one, and where it was to take one when all had stopped.
  func next(of thread: ThreadID, in execution: borrowing Execution) -> Event? {
    let index = upcoming[Int(thread.rawValue)]
    if index >= 0 { return execution.trace[Int(index)] }
    for blocked in execution.blocked where blocked.thread == thread && !blocked.kind.isMemory {
      return Event(
        thread: thread, kind: blocked.kind, object: blocked.object, other: blocked.other)
    }
    return nil
  }
}
