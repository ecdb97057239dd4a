extension Stall {
  /// A thread that waits for a signal which came before it waited, when nobody did.
  ///
  /// The steps are the signal and the wait.
  func lostWakeUp() -> Finding? {
    for wait in waits where wait.blocked.kind == .wait {
      let condition = wait.blocked.object
      guard
        let start = trace.lastIndex(where: {
          $0.kind == .wait && $0.thread == wait.blocked.thread && $0.object == condition
        }),
        let signal = trace[..<start].lastIndex(where: {
          $0.object == condition && $0.thread != wait.blocked.thread && $0.wakesNobody
        })
      else { continue }
      let others = waits.filter { $0.blocked.thread != wait.blocked.thread }
      return Finding(
        kind: .lostWakeUp, object: condition, steps: [signal, start], waits: [wait] + others)
    }
    return nil
  }
}

extension Event {
  /// Whether it is a signal for which nobody waited.
  fileprivate var wakesNobody: Bool {
    kind == .signal && value == Event.nobody || kind == .broadcast && value == 0
  }
}
