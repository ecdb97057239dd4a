internal import LockstepEngine
package import LockstepReport

/// Where an execution is to stop for a debugger: at the step that breaks something, or at its end.
package struct DebuggerStop: Codable, Sendable {
  /// Number of the step, from 1; nil for the end of the execution.
  package var step: Int?
  /// The number of the thread that takes it, or that stands there for good.
  package var thread: UInt8
  /// What that thread is called.
  package var name: String
  /// The program counter in the call of the person's own code; a debugger knows the frame by it.
  package var address: UInt
  package var location: SourceLocation?
}

extension DebuggerStop {
  /// The last step that a finding is about; where threads wait for good, what the first of them waits
  /// for; and where all else is missing, the last event.
  init(_ finding: Finding, in execution: Execution, details: ExecutionDetails) {
    let threads = details.threads
    func name(_ thread: ThreadID) -> String {
      let index = Int(thread.rawValue)
      return threads.indices.contains(index) ? threads[index] : "thread \(index)"
    }
    if let wait = finding.waits.first(where: { $0.blocked.kind != .join }) ?? finding.waits.first,
      let place = execution.blocked.firstIndex(where: { $0.thread == wait.blocked.thread })
    {
      let thread = execution.blocked[place].thread
      self.init(
        thread: thread.rawValue, name: name(thread),
        address: details.address(ofBlocked: place),
        location: details.description(ofBlocked: place).location)
      return
    }
    let trace = execution.trace
    let decisive =
      finding.steps.last
      ?? trace.lastIndex { $0.kind == .crash } ?? trace.firstIndex { $0.kind == .finish }
    guard let index = decisive ?? trace.indices.last else {
      self.init(thread: 0, name: name(ThreadID(0)), address: 0)
      return
    }
    let event = trace[index]
    self.init(
      step: event.kind.isAnnotation ? nil : trace[...index].count { !$0.kind.isAnnotation },
      thread: event.thread.rawValue, name: name(event.thread),
      address: details.address(of: index), location: details.description(of: index).location)
  }
}
