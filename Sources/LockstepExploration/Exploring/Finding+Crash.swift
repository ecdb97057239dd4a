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
      let user = trace[crash].thread
      let destructions = trace.indices.filter {
        trace[$0].isDestruction && trace[$0].object == object
      }
      // The user's own may be that by which it destroys what another one had destroyed already.
      return finding(
        .lockMisuse, destructions.last { trace[$0].thread != user } ?? destructions.last)
    case LKS_DESTROYED_IN_USE, LKS_BEGUN_IN_USE, LKS_UNLOCKED_BY_OTHER:
      return finding(.lockMisuse, trace.openAcquisition(of: object))
    case LKS_RESUMED_TWICE: return resumedTwice(before: crash, in: trace)
    default: return Finding(kind: .crash)
    }
  }

  /// The steps are both resumptions.
  private static func resumedTwice(before crash: Int, in trace: [Event]) -> Finding {
    guard let second = trace[..<crash].lastIndex(where: { $0.taskCall == .resume }) else {
      return Finding(kind: .resumedTwice)
    }
    let first = trace[..<second].lastIndex {
      $0.taskCall == .resume && $0.value == trace[second].value
    }
    return Finding(kind: .resumedTwice, steps: [first, second].compactMap { $0 })
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

extension Execution {
  /// Whether it ended in a crash that leaves nothing half done: before the program did what it may not.
  var endsBeforeHarm: Bool {
    trace.last { $0.kind == .crash }?.value == UInt64(LKS_RESUMED_TWICE)
  }
}
