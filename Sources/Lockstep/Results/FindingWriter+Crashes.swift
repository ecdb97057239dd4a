internal import LockstepEngine
internal import LockstepReport

/// The sentences of what ends an execution.
extension FindingWriter {
  var crash: String {
    guard let index = execution.trace.lastIndex(where: { $0.kind == .crash }) else {
      return Summary.crash(signal: "a signal", thread: "a thread", at: nil)
    }
    return Summary.crash(
      signal: CrashReason.name(execution.trace[index].value),
      thread: name(of: execution.trace[index].thread),
      at: details.description(of: index).location)
  }

  /// The finding's steps are the free, unless nobody else had a part in the block, and the access.
  var useAfterFree: String {
    let trace = execution.trace
    guard let access = finding.steps.last else { return crash }
    let free = finding.steps.first { trace[$0].isFree }
    return Summary.useAfterFree(
      thread: name(of: trace[access].thread),
      object: details.description(of: access).object ?? object,
      at: details.description(of: access).location,
      freed: free.map { (name(of: trace[$0].thread), details.description(of: $0).location) })
  }
}
