/// An execution that stopped with threads left: who waits for whom, and what to call it.
///
/// Threads that only wait for a signal when thread 0 has ended are workers with nothing to do, and no
/// finding.
struct Stall {
  let trace: [Event]
  private(set) var waits: [Finding.Wait] = []
  private(set) var findings: [Finding] = []
  private(set) var idle: [Execution.Blocked] = []
  /// Threads that wait for good.
  private var waiting = ThreadSet.none
  /// By thread, the queue in which it waits for its turn.
  private var queues: [ThreadID: ObjectID] = [:]
  /// Threads that ran to their ends.
  private(set) var ended = ThreadSet.none

  /// - Parameters:
  ///   - execution: one that is deadlocked.
  ///   - isBodyUnfinished: whether the body is a task that did not come to its end, although thread 0,
  ///     where it began, may have.
  ///   - isAtEnd: whether the program has ended meanwhile: then only those count that would have waited for
  ///     good.
  init(
    _ execution: borrowing Execution, isBodyUnfinished: Bool = false, isAtEnd: Bool = false
  ) {
    trace = execution.trace
    // A thread's number may be another one's afterwards.
    for event in trace {
      if event.kind == .exit { ended.insert(event.thread) } else { ended.remove(event.thread) }
    }
    for blocked in execution.blocked {
      waiting.insert(blocked.thread)
      if blocked.kind == .awaitCompletion { queues[blocked.thread] = blocked.other }
    }
    for blocked in execution.blocked where !blocked.isGivenUp { waits.append(wait(blocked)) }
    if isAtEnd {
      findings = leakedLocks()
      if findings.isEmpty, !cycle().isEmpty { findings = [deadlock()] }
      return
    }
    let isIdle = waits.allSatisfy {
      switch $0.blocked.kind {
      case .wait, .semaphoreWait: true
      case .awaitCompletion: $0.holder == nil
      default: false
      }
    }
    if waits.isEmpty, !execution.blocked.isEmpty {
      findings = [neverEnds(execution.blocked)]
      return
    }
    if isIdle, ended.contains(ThreadID(0)), !isBodyUnfinished {
      idle = execution.blocked
      return
    }
    findings = leakedLocks()
    if findings.isEmpty { findings = [livelock() ?? lostWakeUp() ?? deadlock()] }
  }

  /// The main thread has given itself up to the main queue, and nothing is left that could end the program.
  private func neverEnds(_ blocked: [Execution.Blocked]) -> Finding {
    if trace.contains(where: { $0.kind == .suspend }) { return Finding(kind: .neverResumed) }
    return Finding(kind: .deadlock, waits: blocked.map(wait))
  }

  /// Threads that look at something again and again which nobody is left to change.
  ///
  /// Their waits come first; the steps are their last looks.
  private func livelock() -> Finding? {
    let spinning = waits.filter(\.blocked.awaits)
    guard let first = spinning.first else { return nil }
    let looks = spinning.compactMap { wait in
      trace.lastIndex { $0.thread == wait.blocked.thread && $0.object == wait.blocked.object }
    }
    return Finding(
      kind: .livelock, object: first.blocked.object, steps: looks.sorted(),
      waits: spinning + waits.filter { !$0.blocked.awaits })
  }

  private func wait(_ blocked: Execution.Blocked) -> Finding.Wait {
    switch blocked.kind {
    case .join: return Finding.Wait(blocked: blocked, holder: blocked.object.thread)
    case .lock, .lockShared:
      let acquisition = acquisition(of: blocked.object, keepingOut: blocked.thread)
      return Finding.Wait(
        blocked: blocked, holder: acquisition.map { trace[$0].thread }, acquisition: acquisition)
    case .awaitCompletion:
      return Finding.Wait(
        blocked: blocked, holder: blocked.holder,
        acquisition: blocked.holder.flatMap { entry(of: $0, into: blocked) })
    default: return Finding.Wait(blocked: blocked)
    }
  }

  /// Index of where a thread's turn in a queue was asked for: by itself, or by who enqueued its work.
  private func entry(of holder: ThreadID, into blocked: Execution.Blocked) -> Int? {
    var calls = trace.indices.filter { index in
      let event = trace[index]
      let isSync = event.dispatchCall == .sync || event.dispatchCall == .barrierSync
      return event.thread == holder && isSync && event.object == blocked.other
    }
    // The last is that of its own wait.
    if queues[holder] == blocked.other { calls = calls.dropLast() }
    return calls.last
      ?? trace.lastIndex { $0.kind == .spawn && $0.value == UInt64(holder.rawValue) }
  }

  /// Index of the step since which a lock is held at the end.
  ///
  /// Where several threads hold it, that of another one that will never give it up: it has ended, or
  /// waits.
  private func acquisition(of lock: ObjectID, keepingOut thread: ThreadID) -> Int? {
    var holds: [Int] = []
    for (index, event) in trace.enumerated() {
      switch event.kind {
      case .lock, .tryLock, .lockShared, .tryLockShared:
        if event.object == lock { holds.append(index) }
      // Not always by the thread that took it: some locks may be given up by another.
      case .unlock: if event.object == lock { holds.removeAll() }
      case .wait: if event.other == lock { holds.removeAll() }
      case .unlockShared:
        guard event.object == lock else { continue }
        if let place = holds.lastIndex(where: { trace[$0].thread == event.thread }) {
          holds.remove(at: place)
        }
      default: break
      }
    }
    let others = holds.filter { trace[$0].thread != thread }
    return others.last { ended.contains(trace[$0].thread) }
      ?? others.last { waiting.contains(trace[$0].thread) } ?? others.last ?? holds.last
  }

  /// Index of the first error thrown in a thread since.
  func throwIndex(by thread: ThreadID, since index: Int) -> Int? {
    trace[index...].firstIndex { $0.kind == .throwError && $0.thread == thread }
  }
}

extension Finding {
  /// Threads that go round and round, each undoing what would let another go on.
  ///
  /// The steps are the latest ones in which each of them came round.
  static func livelock(of execution: borrowing Execution) -> Finding {
    let going = Set(execution.blocked.lazy.filter { $0.kind != .join }.map(\.thread))
    var steps: [Int] = []
    for thread in going {
      let own = execution.trace.indices.filter {
        execution.trace[$0].thread == thread && !execution.trace[$0].kind.isAnnotation
      }
      steps += own.suffix(4)
    }
    return Finding(kind: .livelock, steps: steps.sorted())
  }
}
