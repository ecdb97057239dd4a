internal import LockstepEngine
internal import LockstepReport

/// Writes one finding's sentence and picks the steps that matter.
struct FindingWriter {
  let finding: Finding
  let candidate: Candidate
  let execution: Execution
  let details: ExecutionDetails

  /// Most rows that a table of steps has.
  private static let maximumRows = 40
  /// How what a join waits for begins.
  private static let endOf = "the end of "

  func report(token: String) -> FindingReport {
    let waits = self.waits
    return FindingReport(
      kind: finding.kind.rawValue, summary: summary, schedule: token,
      preemptions: execution.preemptionCount, atExecution: candidate.atExecution,
      threads: details.threads,
      events: events,
      waits: waits.isEmpty ? nil : waits, accesses: finding.kind == .dataRace ? accesses : nil)
  }

  /// The two sides of a data race.
  private var accesses: [RacingAccess] {
    finding.steps.map { step in
      RacingAccess(
        thread: Int(execution.trace[step].thread.rawValue),
        kind: execution.trace[step].reportedKind, value: details.description(of: step).value,
        frames: details.calls(of: step))
    }
  }

  /// Where each thread that waits, holds, or threw stands in the end.
  func standings(of report: FindingReport) -> [ThreadStanding] {
    var standings = ThreadStanding.standings(of: report.waits ?? [])
    // Nobody holds an end.
    for index in standings.indices {
      standings[index].holds.removeAll { $0.object.hasPrefix(Self.endOf) }
    }
    guard finding.kind == .leakedLock else { return standings }
    for index in standings.indices where standings[index].waitsFor == nil {
      let thread = standings[index].thread
      let threw = throwIndex(of: thread).map { thrown in
        "threw \(details.error(at: thrown))"
          + (details.description(of: thrown).location.map { " at \($0.text)" } ?? "") + " and "
      }
      standings[index].ending = (threw ?? "") + "ended"
    }
    return standings
  }

  /// The events that matter and, behind them, what the threads that wait for good wait for.
  private var events: [ReportedEvent] {
    var indices = shownIndices[...]
    var events = ReportedEvent.events(at: Array(indices), of: execution.trace) { event in
      indices.popFirst().map(eventDescription) ?? EventDescription()
    }
    let steps = execution.trace.count { !$0.kind.isAnnotation }
    for wait in waits where !wait.waitsFor.hasPrefix(Self.endOf) {
      events.append(
        ReportedEvent(
          step: steps, thread: wait.thread, kind: "waitsFor", object: wait.waitsFor,
          at: wait.waitsAt, why: events.last.flatMap { reasonToLeave($0.thread, for: wait.thread) })
      )
    }
    return events
  }

  private func eventDescription(of index: Int) -> EventDescription {
    var description = details.description(of: index)
    if execution.trace[index].kind == .throwError { description.object = details.error(at: index) }
    return description
  }

  private func reasonToLeave(_ thread: Int, for next: Int) -> String? {
    guard thread != next else { return nil }
    let hasEnded = execution.trace.contains {
      $0.kind == .exit && Int($0.thread.rawValue) == thread
    }
    return (hasEnded ? ScheduleSwitch.ended : .blocked).rawValue
  }

  /// The program counter of each event of the report's trace.
  var programCounters: [UInt] {
    shownIndices.map { UInt(execution.trace[$0].programCounter) }
  }

  // MARK: Steps

  private var shownIndices: [Int] {
    let trace = execution.trace
    var shown = Set(finding.steps)
    for wait in finding.waits {
      if let acquisition = wait.acquisition { shown.insert(acquisition) }
    }
    if let thrown = finding.thrown { shown.insert(thrown) }
    if finding.kind == .reentrancy, let first = finding.steps.first, let last = finding.steps.last {
      // Where it gave up its actor.
      let suspension = (first..<last).first {
        trace[$0].thread == trace[first].thread && trace[$0].isSuspension
      }
      if let suspension { shown.insert(suspension) }
    }
    let objects = Set(
      [finding.object].compactMap { $0 }
        + finding.locks
        + finding.waits.filter { $0.blocked.kind != .join }.flatMap {
          $0.blocked.kind == .awaitCompletion
            ? [$0.blocked.object, $0.blocked.other] : [$0.blocked.object]
        })
    // Of memory, only what the threads at odds did with it; of locks, everybody's part.
    let threads = Set(finding.steps.map { trace[$0].thread })
    let isAboutThreads = [
      .lostUpdate, .dataRace, .lockOrder, .atomicity, .reentrancy, .heldAcrossSuspension,
      .starvation, .waitWithoutLoop, .leakedTask, .useAfterFree, .resumedTwice,
    ].contains(finding.kind)
    for (index, event) in trace.enumerated() {
      if isAboutThreads, !threads.contains(event.thread) { continue }
      // To destroy a lock is two steps, of which the first says so.
      if event.kind == .unlock, event.flags.contains(.destroys) { continue }
      let isAbout = objects.contains(event.object) && event.kind != .join
      let isEnd = event.kind == .crash && finding.kind != .resumedTwice
      let isStory = objects.isEmpty && (!event.kind.isAnnotation || isEnd)
      let isThrow = event.kind == .throwError && finding.kind == .leakedLock
      if isAbout || isStory || isThrow { shown.insert(index) }
    }
    let ordered = shown.sorted()
    guard ordered.count > Self.maximumRows else { return ordered }
    let essential = Set(finding.steps)
    let last = Set(ordered.suffix(Self.maximumRows - essential.count))
    return ordered.filter { essential.contains($0) || last.contains($0) }
  }

  private func throwIndex(of thread: Int) -> Int? {
    execution.trace.lastIndex { $0.kind == .throwError && Int($0.thread.rawValue) == thread }
  }

  // MARK: Waits

  private var waits: [FindingReport.Wait] {
    finding.waits.compactMap { wait in
      guard
        let place = execution.blocked.firstIndex(where: { $0.thread == wait.blocked.thread })
      else { return nil }
      let described = details.description(ofBlocked: place)
      return FindingReport.Wait(
        thread: Int(wait.blocked.thread.rawValue), waitsFor: objectName(of: wait, described),
        heldBy: wait.holder.map { Int($0.rawValue) },
        heldSince: wait.acquisition.flatMap { details.description(of: $0).location },
        waitsAt: described.location)
    }
  }

  private func objectName(of wait: Finding.Wait, _ described: EventDescription) -> String {
    if wait.blocked.kind == .join, let holder = wait.holder {
      return Self.endOf + name(of: holder)
    }
    if wait.blocked.isGivenUp { return "work on the main queue" }
    return described.object ?? "a lock"
  }

  // MARK: Sentences

  func name(of thread: ThreadID) -> String {
    let index = Int(thread.rawValue)
    return details.threads.indices.contains(index) ? details.threads[index] : "thread \(index)"
  }

  private var summary: String {
    switch finding.kind {
    case .lostUpdate: return lostUpdate
    case .dataRace: return dataRace
    case .deadlock: return deadlock
    case .leakedLock: return leakedLock
    case .lockOrder: return lockOrder
    case .atomicity: return staleRead
    case .reentrancy: return reentrancy
    case .neverResumed: return neverResumed
    case .leakedTask: return leakedTask
    case .resumedTwice: return resumedTwice
    case .lostWakeUp: return lostWakeUp
    case .waitWithoutLoop: return waitWithoutLoop
    case .heldAcrossSuspension: return heldAcrossSuspension
    case .starvation: return starvation
    case .thrownError: return Summary.thrownError(candidate.message ?? "an error", at: thrownAt)
    case .assertion: return Summary.assertion(candidate.message ?? "an expectation", at: nil)
    case .exitStatus: return Summary.exitStatus(candidate.message ?? "1")
    case .crash: return crash
    case .useAfterFree: return useAfterFree
    case .lockMisuse: return lockMisuse
    case .nondeterminism: return nondeterminism
    case .livelock where !waits.isEmpty: return spinning
    case .livelock:
      let going = Set(finding.steps.map { execution.trace[$0].thread }).sorted()
      return Summary.livelock(
        threads: going.isEmpty ? details.threads : going.map { name(of: $0) },
        steps: candidate.schedule.count)
    default: return finding.kind.rawValue
    }
  }

  var object: String {
    finding.steps.lazy.compactMap { details.description(of: $0).object }.first ?? "memory"
  }

  /// The finding's steps are one thread's read, another's write, and the first one's write.
  private var lostUpdate: String {
    let trace = execution.trace
    guard finding.steps.count >= 3, let first = finding.steps.first else {
      return Summary.lostUpdate(threads: details.threads, object: object, value: nil)
    }
    let victim = trace[first].thread
    let between = finding.steps.first { trace[$0].thread != victim } ?? first
    let other = trace[between].thread
    // Both read the same value if the other read it before it wrote, with no write in between.
    let otherRead = trace[..<between].lastIndex {
      $0.thread == other && $0.object == trace[between].object && $0.kind == .read
    }
    let value = details.description(of: first).value
    if let otherRead, details.description(of: otherRead).value == value {
      return Summary.lostUpdate(
        threads: [name(of: victim), name(of: other)].sorted(), object: object, value: value)
    }
    return Summary.overwritten(writer: name(of: other), by: name(of: victim), object: object)
  }

  private var dataRace: String {
    let trace = execution.trace
    guard let first = finding.steps.first, let second = finding.steps.last else { return object }
    let actions = [first, second].map { step in
      (
        thread: name(of: trace[step].thread),
        verb: trace[step].isFree ? "frees" : trace[step].kind == .read ? "reads" : "writes"
      )
    }
    // A block that is freed is known by what else was done with it.
    let accessed = trace[first].isFree ? second : first
    return Summary.dataRace(
      actions[0], actions[1], object: details.description(of: accessed).object ?? object)
  }

  private var deadlock: String {
    // Who only waits for one of the others to end is not part of the circle.
    let holders = Set(waits.compactMap(\.heldBy))
    let circle = waits.filter { holders.contains($0.thread) }
    return Summary.deadlock(
      (circle.isEmpty ? waits : circle).map { wait in
        let held = waits.first { $0.heldBy == wait.thread && !$0.waitsFor.hasPrefix(Self.endOf) }
        return (
          thread: name(of: ThreadID(UInt8(wait.thread))),
          holds: held.map { Summary.Place($0.waitsFor, at: $0.heldSince) },
          waitsFor: Summary.Place(wait.waitsFor, at: wait.waitsAt)
        )
      }, ofQueues: !circle.isEmpty && circle.allSatisfy { isOfQueue($0) })
  }

  private func isOfQueue(_ wait: FindingReport.Wait) -> Bool {
    finding.waits.contains {
      Int($0.blocked.thread.rawValue) == wait.thread && $0.blocked.kind == .awaitCompletion
    }
  }

  private var leakedLock: String {
    let lockWaits = waits.filter { wait in
      wait.heldBy != nil && !wait.waitsFor.hasPrefix(Self.endOf)
    }
    guard let leaked = lockWaits.first, let holder = leaked.heldBy else { return deadlock }
    let thrown = (finding.thrown ?? throwIndex(of: holder)).map { index in
      Summary.Place(details.error(at: index), at: details.description(of: index).location)
    }
    return Summary.leakedLock(
      thread: name(of: ThreadID(UInt8(holder))),
      lock: Summary.Place(leaked.waitsFor, at: leaked.heldSince), error: thrown,
      waiters: lockWaits.map { (name(of: ThreadID(UInt8($0.thread))), $0.waitsAt) })
  }

  /// The first of the waits is that of a thread that only looks.
  private var spinning: String {
    guard let first = waits.first else { return deadlock }
    return Summary.spinning(
      thread: name(of: ThreadID(UInt8(first.thread))),
      on: Summary.Place(first.waitsFor, at: first.waitsAt),
      others: waits.dropFirst().map { name(of: ThreadID(UInt8($0.thread))) })
  }

  private var thrownAt: SourceLocation? {
    throwIndex(of: 0).flatMap { details.description(of: $0).location }
  }

  private var nondeterminism: String {
    guard let mismatch = candidate.mismatch else { return "Nondeterminism" }
    return Summary.nondeterminism(
      step: mismatch.step,
      expected: "\(mismatch.expected.kind) by \(name(of: mismatch.expected.thread))",
      met: mismatch.met.map { "\($0.kind) by \(name(of: $0.thread))" } ?? "its end")
  }
}
