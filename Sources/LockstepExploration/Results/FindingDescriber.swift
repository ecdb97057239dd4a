internal import CLockstepRuntime
internal import LockstepEngine
internal import LockstepReport

/// Turns a finding into what people read: replays its schedule in detail, and names what it meets.
struct FindingDescriber {
  let configuration: Configuration
  let native: NativeExploration
  let body: any ExploredBody

  /// One symbolizer for the process: files are read once.
  static let symbolizer = Symbolizer()

  /// Replays a candidate and describes it.
  ///
  /// - Returns: the report, and whether the replay was the same execution again.
  func describe(_ candidate: Candidate) -> DescribedFinding {
    let plan = NativePlan(
      plan: Plan(
        prefix: candidate.schedule, branch: candidate.schedule.count + 1,
        endsAtRound: candidate.comesRound),
      stepLimit: UInt32(configuration.stepLimit), isDetailed: true, learnsNothing: true)
    if native.isolatesExecutions {
      let question = ProgramQuestion(candidate: candidate, name: configuration.name)
      return native.inspect(plan, asking: question, for: DescribedFinding.self)
        ?? unseen(candidate)
    }
    // What an expectation says is recorded once, from the run that is shown.
    body.isShown =
      candidate.finding.kind == .assertion && !configuration.expects(candidate)
    defer { body.isShown = false }
    return describe(candidate, endedBy: native.run(plan, BodyRunner(body)))
  }

  /// A finding whose process ended before anybody could look at it.
  private func unseen(_ candidate: Candidate) -> DescribedFinding {
    var execution = Execution(ending: .crashed, trace: [])
    native.read(LKS_CRASHED, into: &execution)
    let schedule = Schedule(
      of: execution, build: BuildIdentity.current, test: configuration.identity)
    let reason = execution.trace.last { $0.kind == .crash }?.value
    let report = FindingReport(
      kind: candidate.finding.kind.rawValue,
      summary: Summary.crash(
        signal: reason.map(CrashReason.name) ?? "an end that could not be seen",
        thread: "a thread", at: nil),
      schedule: schedule.token, preemptions: candidate.preemptions,
      atExecution: candidate.atExecution, threads: [], events: [])
    return DescribedFinding(
      report: report, output: native.output, notes: [], standings: [], programCounters: [],
      isReproducible: TraceIdentity.hash(of: execution) == candidate.identity)
  }

  /// Describes the execution that has just come to its end, while its memory is there.
  func describe(_ candidate: Candidate, endedBy ending: LKSEnding) -> DescribedFinding {
    var execution = Execution(ending: .completed, trace: [])
    native.read(ending, into: &execution)
    let details = ExecutionDetails(execution, native: native, symbolizer: Self.symbolizer)
    let isUnfinished = body.collect(counting: false).isUnfinished
    defer { native.finish() }
    let isSame = TraceIdentity.hash(of: execution) == candidate.identity
    let schedule = Schedule(
      of: execution, build: BuildIdentity.current, test: configuration.identity)
    let finding =
      isSame
      ? analysed(candidate, in: execution, isUnfinished: isUnfinished)
      : candidate.finding.truncated(to: execution.trace.count)
    let runners = details.runners
    let writer = FindingWriter(
      finding: runners.map { finding.shown(by: $0) } ?? finding, candidate: candidate,
      execution: runners.map { execution.shown(by: $0) } ?? execution, details: details)
    var report = writer.report(token: schedule.token)
    if !isSame { report.summary += " (its schedule did not give the same steps again)" }
    return DescribedFinding(
      report: report, output: details.output, notes: Self.symbolizer.notes,
      standings: writer.standings(of: report), programCounters: writer.programCounters,
      isReproducible: isSame,
      stop: DebuggerStop(finding, in: execution, details: details))
  }

  /// The same finding with the indices of this trace, which annotations may have moved.
  private func analysed(
    _ candidate: Candidate, in execution: Execution, isUnfinished: Bool
  ) -> Finding {
    let finding = candidate.finding
    let found: [Finding]
    switch finding.kind {
    case .lockOrder:
      var order = LockOrder()
      found = order.record(execution)
    case .atomicity:
      var reads = StaleReads()
      found = reads.record(execution).filter { $0.pattern == candidate.pattern }.map(\.finding)
    case .reentrancy:
      var reads = Reentrancy()
      found = reads.record(execution).filter { $0.pattern == candidate.pattern }.map(\.finding)
    case .heldAcrossSuspension, .starvation:
      var blocking = TaskBlocking()
      found = blocking.record(execution)
    default:
      var analysis = Analysis()
      found = analysis.findings(in: execution, isBodyUnfinished: isUnfinished)
    }
    return found.first {
      $0.kind == finding.kind && $0.object == finding.object && $0.locks == finding.locks
    } ?? finding
  }
}

/// A finding as it is shown.
struct DescribedFinding: Codable, Sendable {
  var report: FindingReport
  /// What its execution wrote to standard output and error.
  var output: String
  var notes: [String]
  var standings: [ThreadStanding]
  /// Of each of the report's events.
  var programCounters: [UInt]
  var isReproducible: Bool
  /// Where a debugger is to find it; nil where nobody could look.
  var stop: DebuggerStop?

  /// Sentence, table, standings, and the command that replays it.
  func text(style: TextStyle = .plain, width: Int = 100, replay: String?) -> String {
    var timeline = Timeline(report, standings: standings, notes: notes, replay: replay)
    timeline.width = width
    return timeline.text(style: style, sourceLine: { SourceLines.text(at: $0) })
  }
}
