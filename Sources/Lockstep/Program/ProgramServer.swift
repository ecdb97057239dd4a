internal import CLockstepRuntime
internal import Foundation
internal import LockstepReport

/// Explores the program that this process would have been: called by the runtime before `main`, on a
/// thread of its own, and followed by the end of the process.
@_cdecl("lks_explorePrograms")
public func exploreProgram() {
  ProgramServer.run()
}

/// The process whose children are a program's executions.
enum ProgramServer {
  static func run() {
    guard let request = request() else {
      LastWords.say("lockstep: '\(ProgramRequest.environmentVariable)' is not for people\n")
      return
    }
    let answers = AnswerStream(descriptor: request.answerDescriptor)
    signal(SIGINT) { _ in Interruption.request() }
    signal(SIGTERM) { _ in Interruption.request() }
    do {
      let report = try explore(request, progress: answers.send)
      try answers.send(.report(answer(report, to: request)))
    } catch {
      answers.send(.failure("\(error)"))
    }
    _exit(0)
  }

  /// Taken out of the environment before the program could see it.
  private static func request() -> ProgramRequest? {
    lks_programRequest().flatMap { text in
      try? JSONDecoder().decode(ProgramRequest.self, from: Data(String(cString: text).utf8))
    }
  }

  private static func explore(
    _ request: ProgramRequest, progress: @escaping (ProgramAnswer) -> Void
  ) throws -> ExplorationReport {
    var configuration = Configuration()
    configuration.strategy = Strategy(named: request.strategy) ?? .automatic
    configuration.budget = .seconds(request.budget)
    configuration.stepLimit = request.stepLimit
    configuration.name = request.name
    configuration.expectsOneOutcome = request.expectsOneOutcome
    configuration.replayCommand = { token in
      (request.replayCommand + [token] + request.replayTail).joined(separator: " ")
    }
    if request.showsProgress {
      configuration.onProgress = { state in
        progress(
          .progress(executions: state.executions, seconds: state.elapsed / .seconds(1)))
      }
    }
    SwiftCaches.fill()
    lks_setProgramLimits(request.timeLimit, request.memoryLimit)
    LastWords.installDescribers()
    let proof = InstrumentationProof(ofProgramBuiltByLockstep: request.isInstrumented)
    let body = ProgramBody(expectedStatus: request.exitStatus)
    let native = try NativeExploration(of: body)
    return try report(of: body, configuration, native, proof) { counts(of: body.outcomes) }
  }

  private static func answer(
    _ report: ExplorationReport, to request: ProgramRequest
  ) throws -> ProgramReport {
    let style: TextStyle = request.isColoured ? .ansi : .plain
    let findings = report.details.map { $0.text(style, request.width) }
    let notes = report.notes.map { "note: \($0)\n" }
    return ProgramReport(
      unit: .init(json: try UnitReport.json([report.unit])),
      text: ([report.headline] + findings + notes).joined(separator: "\n"),
      wasInterrupted: Interruption.isRequested)
  }
}

/// Where the answers go, each whole or not at all.
private final class AnswerStream {
  private let handle: FileHandle

  init(descriptor: Int32) {
    // The program's executions are not to find it.
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    handle = FileHandle(fileDescriptor: descriptor)
  }

  func send(_ answer: ProgramAnswer) {
    guard var line = try? JSONEncoder().encode(answer) else { return }
    line.append(UInt8(ascii: "\n"))
    // Nobody listens any more where this fails, and the process is about to be ended.
    try? handle.write(contentsOf: line)
  }
}
