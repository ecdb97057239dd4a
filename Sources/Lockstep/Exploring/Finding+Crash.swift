internal import CLockstepRuntime
internal import LockstepEngine

extension Finding {
  /// What an execution shows that ended in the middle: by a crash, or where the program did what is
  /// undefined.
  static func crash(of execution: borrowing Execution) -> Finding {
    let trace = execution.trace
    guard let crash = trace.lastIndex(where: { $0.kind == .crash }) else {
      return Finding(kind: .crash)
    }
    let object = trace[crash].object
    func finding(_ kind: Kind, _ earlier: Int?) -> Finding {
      Finding(kind: kind, object: object, steps: [earlier, crash].compactMap { $0 })
    }
    switch Int32(truncatingIfNeeded: trace[crash].value) {
    case LKS_USED_AFTER_FREE:
      return finding(.useAfterFree, trace.lastIndex { $0.frees(object) })
    case LKS_USED_AFTER_DESTROY:
      return finding(.lockMisuse, trace.lastIndex { $0.isDestruction && $0.object == object })
    case LKS_DESTROYED_IN_USE, LKS_UNLOCKED_BY_OTHER:
      return finding(.lockMisuse, trace.openAcquisition(of: object))
    default: return Finding(kind: .crash)
    }
  }
}

extension Event {
  /// Whether it gives back the memory in which an object lies, a lock or the like included.
  fileprivate func frees(_ object: ObjectID) -> Bool {
    isFree && object.rawValue &- self.object.rawValue < UInt64(size)
      || isDestruction && self.object == object
  }
}

extension [Event] {
  /// The latest acquisition of a lock that nobody has given up since.
  fileprivate func openAcquisition(of lock: ObjectID) -> Int? {
    let last = lastIndex { event in
      switch event.kind {
      case .unlock, .unlockShared: event.object == lock
      case .wait: event.other == lock
      default: event.kind.isAcquisition && event.object == lock
      }
    }
    return last.flatMap { self[$0].kind.isAcquisition ? $0 : nil }
  }
}
