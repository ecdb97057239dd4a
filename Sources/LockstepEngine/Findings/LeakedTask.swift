extension Finding {
  /// Tasks that are suspended for good when the body has come to its end: nobody is left who could let
  /// them go on.
  ///
  /// The steps are where each was suspended last. The body's task is none of them: see `neverResumed`.
  ///
  /// - Complexity: O(*n*) in the length of the trace.
  package static func leakedTasks(in execution: borrowing Execution) -> Finding? {
    guard execution.ending == .completed else { return nil }
    let trace = execution.trace
    // By task, where it was suspended, as long as it did not go on.
    var suspended: [ObjectID: Int] = [:]
    // By thread, the task that it was left by last.
    var left: [ThreadID: ObjectID] = [:]
    for (index, event) in trace.enumerated() {
      switch event.kind {
      case .resume:
        suspended[event.object] = nil
        left[event.thread] = nil
      case .suspend:
        suspended[event.object] = index
        left[event.thread] = event.object
      case .exit, .call, .spawn: break
      // What it waited for had come: it went on at once.
      default:
        if let task = left.removeValue(forKey: event.thread) { suspended[task] = nil }
      }
    }
    suspended[ObjectID(thread: ThreadID(0))] = nil
    guard let first = suspended.min(by: { $0.value < $1.value }) else { return nil }
    return Finding(kind: .leakedTask, object: first.key, steps: suspended.values.sorted())
  }
}
