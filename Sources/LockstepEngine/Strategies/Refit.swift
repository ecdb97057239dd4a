/// Finds the schedule that an execution would have had if its threads had taken more steps.
///
/// Once more memory is known to be shared, what was one step is several. A thread ran on through what
/// was no step yet until it came to its next one, and a new thread did so as soon as it was there. Each
/// plan goes as far in that order as is known, and shows who is to be chosen next. Their number is
/// linear in the changes from one thread to another and in the threads.
package struct Refit: ExplorationStrategy, Sendable {
  /// A step as it was.
  package struct Step: Hashable, Sendable, Codable {
    package var thread: ThreadID
    package var programCounter: UInt64

    package init(_ event: Event) {
      thread = event.thread
      programCounter = event.programCounter
    }
  }

  private let former: [Step]
  private var prefix: [ThreadID] = []
  private var isOver = false
  /// Whether the latest execution has all the former steps, in their order.
  package var isComplete: Bool { isOver && matched == former.count }

  // How far the former execution has been followed: later plans have all this in common.
  private var taken: [ThreadID] = []
  private var eventCount = 0
  private var matched = 0
  /// Threads that are to run on to their next former step, in this order, before anything else.
  private var runningOn = [ThreadID(0)]

  package init(_ former: [Step]) {
    self.former = former
  }

  package mutating func next() -> Plan? {
    isOver ? nil : Plan(prefix: prefix, branch: prefix.count)
  }

  package mutating func record(_ execution: borrowing Execution) {
    while eventCount < execution.trace.count {
      let event = execution.trace[eventCount]
      if event.kind.isAnnotation {
        if event.kind == .spawn, let child = UInt8(exactly: event.value) {
          begin(ThreadID(child), by: event.thread)
        }
      } else {
        guard let wanted = wanted(before: event) else {
          isOver = true
          return
        }
        guard event.thread == wanted else {
          // Where it was chosen and something else came, it cannot be had.
          let longer = taken + [wanted]
          isOver = longer == prefix || !event.enabled.contains(wanted)
          prefix = longer
          return
        }
        take(event)
      }
      eventCount += 1
    }
    isOver = true
  }

  /// The thread that the former execution would have gone on with; nil where it was over.
  private mutating func wanted(before event: Event) -> ThreadID? {
    while let thread = runningOn.first {
      // Memory alone comes to be known as shared; all else was a step before, taken or not.
      let isFormer = !event.kind.isMemory || former[matched...].first(of: thread) == Step(event)
      let hasArrived = event.thread == thread && isFormer
      guard hasArrived || !event.enabled.contains(thread) else { return thread }
      runningOn.removeFirst()
    }
    return matched < former.count ? former[matched].thread : nil
  }

  private mutating func take(_ event: Event) {
    taken.append(event.thread)
    if matched < former.count, former[matched] == Step(event) {
      matched += 1
      runningOn = [event.thread]
    }
    if event.kind == .arrive {
      runningOn += ThreadSet(rawValue: event.value).filter { $0 != event.thread }
    }
  }

  /// A new thread runs on before the one that created it does.
  private mutating func begin(_ thread: ThreadID, by parent: ThreadID) {
    runningOn.insert(thread, at: runningOn.firstIndex(of: parent) ?? 0)
  }
}

extension ArraySlice<Refit.Step> {
  fileprivate func first(of thread: ThreadID) -> Refit.Step? { first { $0.thread == thread } }
}
