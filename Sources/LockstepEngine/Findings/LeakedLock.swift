extension Stall {
  /// Locks that are waited for and that nobody will ever give up.
  ///
  /// Their holder has ended; or an error was thrown in it since it took the lock, and it waits for
  /// good itself. A lock's holder that caught its error within the critical section, and then ran
  /// into a deadlock, cannot be told from that by the trace alone.
  func leakedLocks() -> [Finding] {
    var findings: [Finding] = []
    for wait in waits {
      guard wait.blocked.kind == .lock, let holder = wait.holder, let acquisition = wait.acquisition
      else { continue }
      let thrown = throwIndex(by: holder, since: acquisition)
      guard ended.contains(holder) || thrown != nil,
        !findings.contains(where: { $0.object == wait.blocked.object })
      else { continue }
      let first = waits.filter { $0.blocked.object == wait.blocked.object }
      let others = waits.filter { $0.blocked.object != wait.blocked.object }
      findings.append(
        Finding(
          kind: .leakedLock, object: wait.blocked.object,
          steps: [acquisition] + (thrown.map { [$0] } ?? []), waits: first + others,
          thrown: thrown))
    }
    return findings
  }
}
