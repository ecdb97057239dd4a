internal import CLockstepRuntime
internal import LockstepEngine

extension Execution {
  /// Whether it was ended because it took no step for too long.
  var isStuck: Bool {
    trace.last.map { $0.kind == .crash && $0.value == UInt64(LKS_STUCK) } ?? false
  }
}
