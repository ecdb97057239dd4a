package import LockstepEngine

/// What naming found out about one event of a trace.
package struct EventDescription: Equatable, Sendable {
  package var object: String?
  package var value: String?
  package var location: SourceLocation?
  package var function: String?

  package init(
    object: String? = nil, value: String? = nil, location: SourceLocation? = nil,
    function: String? = nil
  ) {
    self.object = object
    self.value = value
    self.location = location
    self.function = function
  }
}

extension ReportedEvent {
  /// The events of a trace that matter, with their step numbers and why the schedule switched.
  ///
  /// - Parameters:
  ///   - indices: of the events that matter, ascending.
  ///   - trace: the whole execution.
  ///   - describe: gives the names and the place of one of those events.
  /// - Returns: an event for each index that is in the trace.
  package static func events(
    at indices: [Int], of trace: [Event], describe: (Event) -> EventDescription
  ) -> [ReportedEvent] {
    var step = 0
    let steps = trace.map { event in
      step += event.isStep ? 1 : 0
      return step
    }
    var shown: Int?
    return indices.filter(trace.indices.contains).map { index in
      let description = describe(trace[index])
      defer { shown = index }
      return ReportedEvent(
        step: steps[index], thread: Int(trace[index].thread.rawValue),
        kind: trace[index].reportedKind, object: description.object, value: description.value,
        at: description.location, function: description.function,
        why: shown.flatMap { ScheduleSwitch.between($0, and: index, in: trace)?.rawValue })
    }
  }
}

extension Event {
  /// The name of its kind, and of what came of it where one kind can end in two ways.
  package var reportedKind: String {
    switch (kind, value) {
    case (.write, _) where isFree: "free"
    case (.tryLock, _) where isDestruction, (.tryLockFailed, _) where isDestruction,
      (.broadcast, _) where isDestruction, (.semaphoreRead, _) where isDestruction:
      isBeginning ? "initialise" : "destroy"
    case (.waitEnd, 0): "waitTimedOut"
    case (.waitEnd, Event.forNothing): "spuriousWakeup"
    default: "\(kind)"
    }
  }
}
