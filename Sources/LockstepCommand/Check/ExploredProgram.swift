import Foundation
import LockstepReport
import LockstepTerminal
@preconcurrency import LockstepExploration

/// A program in a process that explores it, from its start to the answer.
struct ExploredProgram {
  private let file: ProgramFile
  private let arguments: [String]
  private let request: ProgramRequest

  /// - Throws: `CommandError` when there is no such program, `ExitStatus.incomplete` when it is one that
  ///   cannot be explored, after saying why.
  init(_ program: String, arguments: [String], request: ProgramRequest, json: Bool) throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    file = try ProgramFile(named: program, searchPath: path)
    self.arguments = [program] + arguments
    var request = request
    // Tests are explored as soon as they are built.
    request.isInstrumented = request.testCase != nil || BuildMark.isIn(file.path)
    request.isColoured = !json && isatty(STDOUT_FILENO) != 0
    request.width = TerminalWidth.current
    request.showsProgress = isatty(STDERR_FILENO) != 0
    self.request = request
    if let obstacle = file.obstacle {
      StandardError.write(Message.cannotExplore(path: file.path, reason: obstacle.rawValue))
      if json {
        let unit = UnitReport(
          unit: request.name, verdict: .inconclusive, incompleteBecause: [.uninstrumented],
          strategy: request.strategy, instrumented: false)
        StandardOutput.write(try UnitReport.json([unit]))
      }
      throw ExitStatus.incomplete
    }
    if !request.isInstrumented {
      StandardError.write(Message.notInstrumented(path: file.path))
    }
  }

  /// Explores the program, and waits for the answer.
  ///
  /// - Parameters:
  ///   - debugger: what looks at an execution, if the request says so.
  ///   - onFinding: is told of each finding as soon as it is met, with the token of a schedule.
  /// - Returns: the report.
  /// - Throws: `CommandError` when the program did not come to its `main`, or could not be explored;
  ///   `TestObstacle` for a test that was not come to.
  func explore(
    with debugger: Debugger? = nil,
    onFinding: (_ kind: String, _ token: String) -> Void = { _, _ in }
  ) throws -> ProgramResult {
    let isTest = request.testCase != nil
    let libraries =
      isTest ? file.linksLockstep ? [] : [.runtime, .testing] : [RuntimeLibrary.runtime]
    let process = try ServerProcess(
      path: file.path, arguments: arguments, libraries: try libraries.map { try $0.locate() },
      request: request)
    defer { process.end() }
    var report: ProgramReport?
    var hasStarted = false
    var wasShown = false
    while let answer = process.nextAnswer() {
      switch answer {
      case .started: hasStarted = true
      case .progress(let executions, let seconds):
        ProgressLine.show(executions: executions, seconds: Int(seconds))
      case .report(let complete): report = complete
      case .found(let kind, let schedule): onFinding(kind, schedule)
      case .debugging(let execution, let stop):
        try debugger.map { try show(execution, to: $0, stop, report, of: process) }
        wasShown = debugger != nil
      case .exploresItself: throw TestObstacle.exploresItself
      case .failure(let reason):
        throw CommandError.explorationFailed(name: request.name, reason: reason)
      }
    }
    if request.showsProgress { ProgressLine.clear() }
    let ending = process.waitForEnd()
    if let report { return ProgramResult(report: report, wasShown: wasShown) }
    if process.wasInterrupted { throw ExitStatus.interrupted }
    if hasStarted {
      throw CommandError.explorationFailed(
        name: request.name,
        reason: "the process in which it is explored \(ending); \(process.output)")
    }
    if isTest { throw TestObstacle.didNotRun(how: ending) }
    throw CommandError.programEndedEarly(name: request.name, how: ending, output: process.output)
  }
}

extension ExploredProgram {
  private func show(
    _ execution: Int32, to debugger: Debugger, _ stop: DebuggerStop, _ report: ProgramReport?,
    of process: ServerProcess
  ) throws {
    // Nothing that a person left running is to go on.
    defer { kill(-execution, SIGKILL) }
    if let report { StandardOutput.write(report.text) }
    StandardError.write(Message.debugging(stop))
    try process.leavingTerminal { try debugger.show(execution, stoppingAt: stop) }
  }
}

/// What exploring a program gave.
struct ProgramResult {
  let report: ProgramReport
  /// Whether a debugger looked at it, with the page before it.
  var wasShown = false

  var text: String { report.text }
  var json: String { report.json }

  /// The findings, as much as others need to know of them.
  func findings() throws -> [UnitResult.Finding] {
    try units().flatMap(\.findings)
  }

  func units() throws -> [UnitResult] {
    try JSONDecoder().decode([UnitResult].self, from: Data(report.json.utf8))
  }

  func replayStatus() throws -> ExitStatus {
    if report.wasInterrupted { return .interrupted }
    if try units().contains(where: \.failed) { return .finding }
    return report.isSame == false ? .incomplete : .pass
  }

  func status(requireComplete: Bool) throws -> ExitStatus {
    if report.wasInterrupted { return .interrupted }
    let units = try units()
    if units.contains(where: \.failed) { return .finding }
    let isComplete = units.allSatisfy { $0.isComplete(requiringBudget: requireComplete) }
    return isComplete ? .pass : .incomplete
  }
}
