internal import LockstepEngine
internal import LockstepReport

extension ExplorationReport {
  /// Judges what was counted.
  init(
    _ tally: borrowing Tally, _ described: [DescribedFinding], configuration: Configuration,
    proof: InstrumentationProof, outcomes: OutcomeCounts, otherRaces: String? = nil
  ) {
    let isInstrumented = tally.instrumentedCalls > 0 && proof.seesReadBeforeWrite
    var reports = described.map(\.report)
    let hasTooManyOutcomes = configuration.expectsOneOutcome && outcomes.entries.count > 1
    if hasTooManyOutcomes {
      reports.append(
        FindingReport(
          kind: LockstepEngine.Finding.Kind.outcomes.rawValue, summary: Summary.outcomes(outcomes),
          schedule: "", threads: [], events: []))
    }
    let expected = configuration.strategy.isReplay ? [] : configuration.expectedFindings
    if !expected.isEmpty, !reports.contains(where: { expected.contains($0.kind) }) {
      reports.append(
        FindingReport(
          kind: LockstepEngine.Finding.Kind.notFound.rawValue,
          summary: Summary.notFound(expected.sorted(), executions: tally.executions),
          schedule: "", threads: [], events: []))
    }
    var reasons: [Reason] = []
    let endedEarly = tally.stop.map { !$0.speaksForItself } ?? (tally.crashes == 0)
    if !tally.isComplete, endedEarly { reasons.append(.budget) }
    if !isInstrumented, !configuration.acceptsCallsOnly { reasons.append(.uninstrumented) }
    if !tally.unseen.isEmpty || !proof.seesCalls || tally.stop == .tooManyThreads
      || tally.stop == .unsettled || tally.stop == .polling || tally.polls
    {
      reasons.append(.uncontrolled)
    }
    if tally.maximumThreads < 2 { reasons.append(.nothingToExplore) }
    if tally.stopped > 0 { reasons.append(.stepLimit) }
    // What spoke for itself is ignored.
    if !tally.isComplete, reports.isEmpty, reasons.isEmpty {
      reasons.append(tally.stop == .changes ? .uncontrolled : .budget)
    }
    let verdict: Verdict = !reports.isEmpty ? .fail : reasons.isEmpty ? .pass : .inconclusive
    let seconds = tally.elapsed / .seconds(1)
    let notes =
      [otherRaces].compactMap(\.self)
      + Self.notes(tally, configuration: configuration, isInstrumented: isInstrumented)
      + described.filter { !$0.isReproducible }.map {
        "the schedule of '\($0.report.kind)' did not give the same steps again"
      }
      + tally.notesOnLeftLocks
      + tally.notesOnInputs(
        differ: outcomes.entries.count > 1 || described.contains { !$0.isReproducible }
          || tally.findings.contains { $0.finding.kind == .nondeterminism })
    self.verdict = verdict
    self.reasons = reasons
    self.isComplete = tally.isComplete
    self.executions = tally.executions
    self.elapsed = tally.elapsed
    self.notes = notes
    unit = UnitReport(
      unit: configuration.name,
      verdict: UnitReport.Verdict(rawValue: verdict.rawValue) ?? .inconclusive,
      incompleteBecause: reasons.compactMap { UnitReport.Incompleteness(rawValue: $0.rawValue) },
      strategy: "\(configuration.strategy)", complete: tally.isComplete,
      executions: tally.executions, blocked: tally.redundant, steps: tally.steps,
      seconds: seconds,
      executionsPerSecond: seconds > 0 ? Double(tally.executions) / seconds : 0,
      instrumented: isInstrumented, uncontrolled: tally.unseen, outcomes: outcomes,
      findings: reports, expected: expected.isEmpty ? nil : expected.sorted(),
      notes: notes.isEmpty ? nil : notes)
    let texts = described.map { finding in
      let replay = configuration.replayCommand(finding.report.schedule)
      return FindingDetails(
        text: { finding.text(style: $0, width: $1, replay: replay) },
        programCounters: finding.programCounters, output: finding.output,
        stop: finding.stop)
    }
    self.details = texts
    var findings = zip(reports, texts).map { report, text in
      Finding(
        kind: report.kind, summary: report.summary, schedule: report.schedule,
        preemptions: report.preemptions, text: text.text(.plain, 100))
    }
    for report in reports.dropFirst(findings.count) {
      findings.append(
        Finding(
          kind: report.kind, summary: report.summary, schedule: "", preemptions: 0,
          text: report.summary + "\n"))
    }
    self.findings = findings
  }

  private static func leftOut(_ tally: borrowing Tally) -> String {
    tally.leftOut.map { "; left out: \($0)" } ?? ""
  }

  private static func notes(
    _ tally: borrowing Tally, configuration: Configuration, isInstrumented: Bool
  ) -> [String] {
    var notes: [String] = []
    if !isInstrumented {
      notes.append(
        "the code is not instrumented: calls were seen, and of accesses to memory only those that "
          + "Swift checks for exclusivity; run 'lockstep test' instead of 'swift test'")
    }
    if !tally.unseen.isEmpty {
      notes.append("not controlled: \(tally.unseen.joined(separator: ", "))")
    }
    let ignored = Set(tally.shownFindings.map(\.finding.kind.rawValue))
      .intersection(configuration.ignoredKinds)
    if !ignored.isEmpty {
      notes.append("found and ignored: \(ignored.sorted().joined(separator: ", "))")
    }
    if tally.maximumThreads < 2, tally.executions > 0 {
      notes.append("the body started no thread, so there was nothing to explore")
    }
    if tally.executions == 0, tally.findings.isEmpty {
      notes.append("no execution was carried out")
    }
    if tally.bodyReturnedEarly > 0 {
      notes.append(
        "the body returned before its threads had ended in \(tally.bodyReturnedEarly) of "
          + "\(tally.executions) executions; they were run to their ends")
    }
    if tally.idleWaiters > 0 {
      notes.append(
        "threads still waited to be woken after the body had returned in \(tally.idleWaiters) "
          + "executions")
    }
    if tally.stopped > 0 {
      notes.append(
        "\(tally.stopped) executions were stopped at the limit of \(configuration.stepLimit) "
          + "steps; raise 'stepLimit' if they need more")
    }
    if tally.polls {
      notes.append(
        "a thread polls something that is not seen, and not equally often each time, so schedules were drawn "
          + "at random; let it wait by a semaphore or a join")
    }
    switch tally.stop {
    case .interrupted: notes.append("interrupted after \(tally.executions) executions")
    case .memory: notes.append("stopped: no more memory for the execution's trace")
    case .memoryLeftBehind:
      notes.append(
        "stopped: what executions left allocated fills the memory that there is for them")
    case .tooManyThreads:
      notes.append("stopped: an execution may have at most \(maximumThreadCount) threads")
    case .abandonedThreads:
      notes.append(
        "stopped: \(tally.abandonedThreads) threads were left in the middle of their frames")
    case .budget:
      notes.append("the budget of \(configuration.budget) ended" + leftOut(tally))
    case nil where tally.leftOut != nil:
      notes.append("every schedule of the strategy was explored" + leftOut(tally))
    case .changes:
      notes.append("stopped: the same schedule did not give the same steps again")
    case .neverEnds, nil: break
    case .polling:
      notes.append(
        "stopped: a thread polls something that is not seen, and not equally often each time; "
          + "let it wait by a semaphore or a join")
    case .heldUp:
      notes.append(
        "stopped: a thread waits in the kernel for what is not controlled, and nobody goes on; "
          + "raise the time limit if it takes long")
    case .unsettled:
      notes.append(
        "stopped: other memory was shared in each execution; does the body begin afresh each time?")
    case .crashed:
      notes.append(
        "the exploration ended with the crash: what it left half done could disturb the rest")
    }
    return notes
  }
}
