internal import CLockstepRuntime
internal import Glibc
internal import LockstepReport

/// Explores the program that this process would have been: called by the runtime before `main`, and
/// followed by the end of the process.
@_cdecl("lks_explorePrograms")
public func exploreProgram() {
  ProgramServer.run()
}

/// The process that has a program's executions carried out, each in a process of its own.
package enum ProgramServer {
  static func run() {
    guard let request = request() else {
      LastWords.say("lockstep: '\(ProgramRequest.environmentVariable)' is not for people\n")
      return
    }
    let answers = AnswerStream(descriptor: LKS_ANSWER_DESCRIPTOR)
    answers.send(.started)
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in
        Interruption.request()
        lks_interruptProgram()
      }
    }
    do {
      try explore(request, say: answers.send)
    } catch {
      answers.send(.failure("\(error)"))
    }
  }

  /// Says that the test that was to be explored does so itself; followed by the end of the process.
  package static func sayExploredByItself() -> Never {
    AnswerStream(descriptor: LKS_ANSWER_DESCRIPTOR).send(.exploresItself)
    _exit(0)
  }

  /// Taken out of the environment before the program could see it.
  private static func request() -> ProgramRequest? {
    lks_programRequest().flatMap { text in
      try? JSONValue(parsing: String(cString: text).utf8).decoded(as: ProgramRequest.self)
    }
  }

  private static func explore(
    _ request: ProgramRequest, say: @escaping (ProgramAnswer) -> Void
  ) throws {
    var configuration = Configuration()
    configuration.strategy = Strategy(named: request.strategy) ?? .automatic
    configuration.budget = .seconds(request.budget)
    configuration.stepLimit = request.stepLimit
    configuration.name = request.name
    configuration.spuriousWakeups = request.spuriousWakeups
    configuration.ignoredKinds = Set(request.ignoredKinds)
    configuration.expectsOneOutcome = request.expectsOneOutcome
    configuration.replayCommand = { token in
      (request.replayCommand + [token] + request.replayTail).joined(separator: " ")
    }
    if request.showsProgress {
      configuration.onProgress = { state in
        say(
          .progress(executions: state.executions, seconds: state.elapsed / .seconds(1)))
      }
    }
    lks_setProgramLimits(request.timeLimit, request.memoryLimit)
    LastWords.installDescribers()
    let proof = InstrumentationProof(ofProgramBuiltByLockstep: request.isInstrumented)
    let body = ProgramBody(expectedStatus: request.exitStatus, isTest: request.testCase != nil)
    let native = try NativeExploration(of: body, wakesForNothing: request.spuriousWakeups)
    guard case .replay = configuration.strategy.choice else {
      configuration.onFinding = { kind, schedule in say(.found(kind: kind, schedule: schedule)) }
      let report = try report(of: body, configuration, native, proof) {
        counts(of: body.outcomes)
      }
      return say(.report(try answer(report, to: request)))
    }
    let replay = try ProgramReplay(configuration, native: native, body: body)
    let result = replay.result(times: request.replays, proof: proof)
    var answer = try answer(result.report, notes: result.notes, to: request)
    answer.isSame = replay.isStale ? nil : result.isSame
    say(.report(answer))
    guard request.debugs, let stop = stop(in: result.report, for: request) else { return }
    _ = replay.debug(result.plan, stoppingAt: stop) { process in
      say(.debugging(process: process, stop: stop))
    }
  }

  private static func stop(
    in report: ExplorationReport, for request: ProgramRequest
  ) -> DebuggerStop? {
    let place = report.findings.firstIndex { $0.kind == request.debuggedKind }
    let shown = place.flatMap { report.details.indices.contains($0) ? report.details[$0] : nil }
    return (shown ?? report.details.first)?.stop
  }

  private static func answer(
    _ report: ExplorationReport, notes: [String] = [], to request: ProgramRequest
  ) throws -> ProgramReport {
    let style: TextStyle = request.isColoured ? .ansi : .plain
    let findings = report.details.map { $0.text(style, request.width) }
    let notes = (notes + report.notes).map { "note: \($0)\n" }
    return ProgramReport(
      json: try UnitReport.json([report.unit]),
      text: ([report.headline] + findings + notes).joined(separator: "\n"),
      wasInterrupted: Interruption.isRequested)
  }
}

/// Where the answers go, each whole or not at all.
private struct AnswerStream {
  private let descriptor: Int32

  init(descriptor: Int32) {
    // The program's executions are not to find it.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    self.descriptor = descriptor
  }

  func send(_ answer: ProgramAnswer) {
    guard let line = try? JSONValue(encoding: answer).compactText else { return }
    // Nobody listens any more where this fails, and the process is about to be ended.
    FileOutput.write(line + "\n", to: descriptor)
  }
}
