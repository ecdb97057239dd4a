internal import CLockstepRuntime
internal import LockstepEngine

extension Finding {
  /// What an execution shows that the program ended in the middle, or that went on as no program may.
  static func crash(of execution: borrowing Execution) -> Finding {
    let trace = execution.trace
    guard let crash = trace.lastIndex(where: { $0.kind == .crash }),
      trace[crash].value == UInt64(LKS_USED_AFTER_FREE)
    else { return Finding(kind: .crash) }
    return useAfterFree(before: crash, in: trace)
  }

  /// The last step is the access; the free is one where another thread had a part in the block.
  private static func useAfterFree(before crash: Int, in trace: [Event]) -> Finding {
    guard let access = trace[..<crash].lastIndex(where: { $0.kind.isMemory }) else {
      return Finding(kind: .useAfterFree)
    }
    let free = trace[..<access].lastIndex { $0.isFree && $0.overlaps(trace[access]) }
    return Finding(
      kind: .useAfterFree, object: trace[access].object,
      steps: [free, access].compactMap { $0 })
  }
}
