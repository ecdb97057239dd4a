import LockstepEngine

/// Tells a finding: which events to show, and the one sentence.
struct FindingNarration {
  var finding: Finding
  var execution: Execution
  var threads: [String]
  var descriptions: FindingDescriptions

  /// The events that matter and, behind them, where the threads that wait for good stand.
  var events: [ReportedEvent] {
    let extra = [finding.thrown].compactMap { $0 } + finding.waits.compactMap(\.acquisition)
    let indices = Set(finding.steps + extra + [otherRead].compactMap { $0 }).sorted()
    var events = ReportedEvent.events(
      at: indices, of: execution.trace, describe: descriptions.event)
    let steps = execution.trace.count(where: \.isStep)
    for wait in finding.waits {
      let description = descriptions.blocked(wait.blocked)
      let thread = Int(wait.blocked.thread.rawValue)
      let switched = events.last.map { $0.thread != thread } ?? false
      events.append(
        ReportedEvent(
          step: steps, thread: thread, kind: "waitsFor", object: description.object,
          at: description.location, function: description.function,
          why: switched ? reasonToLeave(events.last?.thread) : nil))
    }
    return events
  }

  private func reasonToLeave(_ thread: Int?) -> String {
    let ended = execution.trace.contains {
      $0.kind == .exit && Int($0.thread.rawValue) == thread
    }
    return (ended ? ScheduleSwitch.ended : .blocked).rawValue
  }

  func wait(_ wait: Finding.Wait) -> FindingReport.Wait {
    let description = descriptions.blocked(wait.blocked)
    return FindingReport.Wait(
      thread: Int(wait.blocked.thread.rawValue), waitsFor: description.object ?? "?",
      heldBy: wait.holder.map { Int($0.rawValue) },
      heldSince: wait.acquisition.flatMap(event).flatMap { descriptions.event($0).location },
      waitsAt: description.location)
  }

  var summary: String {
    let events = finding.steps.compactMap(event)
    let last = events.last.map(descriptions.event)
    let message = descriptions.message
    switch finding.kind {
    case .lostUpdate: return lostUpdate
    case .dataRace where events.count > 1:
      let (first, second) = (events[events.count - 2], events[events.count - 1])
      return Summary.dataRace(
        first: name(first.thread), firstWrites: first.kind != .read,
        second: name(second.thread), secondWrites: second.kind != .read,
        object: last?.object ?? "memory")
    case .deadlock: return Summary.deadlock(finding.waits.map(circleMember))
    case .leakedLock: return leakedLock
    case .assertion: return Summary.assertion(message, at: last?.location)
    case .thrownError: return Summary.thrownError(message, at: last?.location)
    case .crash:
      let thread = events.last.map { name($0.thread) } ?? "a thread"
      return Summary.crash(signal: message, thread: thread, at: last?.location)
    case .livelock:
      let threads = Set(events.map(\.thread)).sorted().map(name)
      return Summary.livelock(threads: threads, steps: execution.trace.count(where: \.isStep))
    case .stepLimit: return Summary.stepLimit(execution.trace.count(where: \.isStep))
    case .outcomes, .nondeterminism, .lockOrder, .atomicity, .dataRace: return message
    }
  }

  /// The read of the thread whose write is lost, where it saw what the other's read saw.
  private var otherRead: Int? {
    guard finding.kind == .lostUpdate, let first = finding.steps.first,
      let thread = event(first)?.thread, let object = event(first)?.object,
      let write = finding.steps.first(where: { event($0)?.thread != thread })
    else { return nil }
    let trace = execution.trace
    guard trace.indices.contains(write), first < write || trace[write].kind == .read else {
      return nil
    }
    let read = trace[...write].lastIndex {
      $0.thread == trace[write].thread && $0.kind == .read && $0.object == object
    }
    guard let read else { return nil }
    let between = trace[min(first, read)...max(first, read)]
    return between.contains { $0.object == object && $0.kind != .read && $0.isStep } ? nil : read
  }

  private var lostUpdate: String {
    guard let first = finding.steps.first.flatMap(event) else { return "Lost update" }
    let description = descriptions.event(first)
    let object = description.object ?? "memory"
    let others = finding.steps.compactMap(event).map(\.thread).filter { $0 != first.thread }
    let other = others.first.map(name) ?? "another thread"
    guard let otherRead else {
      return Summary.overwritten(writer: other, by: name(first.thread), object: object)
    }
    let readers = [(otherRead, other), (finding.steps[0], name(first.thread))].sorted { $0 < $1 }
    return Summary.lostUpdate(
      threads: readers.map(\.1), object: object, value: description.value)
  }

  private func circleMember(
    _ wait: Finding.Wait
  ) -> (thread: String, holds: Summary.Place?, waitsFor: Summary.Place) {
    // What it holds is what another member waits for.
    let held = finding.waits.first { $0.holder == wait.blocked.thread }?.acquisition
    let holds = held.flatMap(event).map(descriptions.event)
    let waits = descriptions.blocked(wait.blocked)
    return (
      name(wait.blocked.thread),
      holds.map { Summary.Place($0.object ?? "?", at: $0.location) },
      Summary.Place(waits.object ?? "?", at: waits.location)
    )
  }

  private var leakedLock: String {
    let taken = finding.waits.lazy.compactMap(\.acquisition).first ?? finding.steps.first
    guard let acquisition = taken.flatMap(event) else { return "Leaked lock" }
    let lock = descriptions.event(acquisition)
    let error = finding.thrown.flatMap(event).map(descriptions.event)
    return Summary.leakedLock(
      thread: name(acquisition.thread), lock: .init(lock.object ?? "a lock", at: lock.location),
      error: error.map { .init($0.object ?? "an error", at: $0.location) },
      waiters: finding.waits.map { wait in
        (name(wait.blocked.thread), descriptions.blocked(wait.blocked).location)
      })
  }

  private func event(_ index: Int) -> Event? {
    execution.trace.indices.contains(index) ? execution.trace[index] : nil
  }

  private func name(_ thread: ThreadID) -> String {
    let number = Int(thread.rawValue)
    return threads.indices.contains(number) ? threads[number] : "thread \(number)"
  }
}
