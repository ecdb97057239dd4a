package import LockstepEngine

/// Why the schedule went on with another thread.
package enum ScheduleSwitch: String, Sendable, CaseIterable {
  /// It could have gone on.
  case preempted
  /// It could have gone on, and had offered the processor.
  case yielded
  /// It could not go on before somebody else did something.
  case blocked
  /// The task waits for something, and goes on when it has come.
  case suspended
  case ended

  /// Why the schedule left the thread of event `shown` before it came to event `index`.
  ///
  /// - Parameters:
  ///   - shown: the event before `index` in the table, which need not be the one before it in the
  ///     trace.
  ///   - index: an event after it.
  ///   - trace: the whole execution.
  /// - Returns: nil where both events are of the same thread.
  package static func between(
    _ shown: Int, and index: Int, in trace: [Event]
  ) -> ScheduleSwitch? {
    let left = trace[shown].thread
    guard shown < index, trace[index].thread != left else { return nil }
    let last =
      trace[..<index].lastIndex { $0.isStep && $0.thread == left } ?? trace.startIndex
    let next = trace[last...].firstIndex { $0.isStep && $0.thread != left } ?? index
    let since = trace[last..<next].filter { $0.thread == left }
    if since.contains(where: { $0.kind == .exit }) {
      let isTask = trace.contains { $0.kind == .resume && $0.thread == left }
      return isTask && !since.contains { $0.taskCall == .end } ? .suspended : .ended
    }
    let enabled = trace[next].enabled.rawValue
    guard enabled & (1 << UInt64(left.rawValue)) != 0 else { return .blocked }
    return since.contains { $0.kind == .yield } ? .yielded : .preempted
  }
}

extension Event {
  /// Whether the schedule chose it; an annotation only follows a step.
  var isStep: Bool { !kind.isAnnotation && kind != .crash }
}
