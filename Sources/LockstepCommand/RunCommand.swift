import ArgumentParser
import Foundation
import LockstepReport
import LockstepTerminal

/// `lockstep run`: an ordinary run of any program; a hang becomes a diagnosis.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a program as it is, and explains why when its threads wait for good.",
    usage: "lockstep run [--keep] [--json] <program> [<arguments> ...]",
    discussion: """
      Any dynamically linked program for Linux, not recompiled, at nearly full speed, and the programs \
      that it starts. Nothing is explored. Input, output, terminal and signals are the program's. When \
      threads wait for each other for good, it is said who holds what and who waits where, and the \
      program is ended.

      Exit codes: 1 when threads hang. 2 when the program cannot be started, 3 when it cannot be \
      watched. Otherwise the program's own, or 128 and the number of the signal that ended it.
      """)

  @Flag(help: "Leave the program alone when it hangs: report, and go on waiting.")
  var keep = false

  @Flag(help: "Print what was found as JSON; what the program prints goes to standard error.")
  var json = false

  @Argument(help: "The program: a path, or a name to be found by PATH.")
  var program: String

  @Argument(parsing: .captureForPassthrough, help: "The program's arguments.")
  var arguments: [String] = []

  func run() throws {
    let environment = ProcessInfo.processInfo.environment
    let file = try ProgramFile(named: program, searchPath: environment["PATH"] ?? "/usr/bin:/bin")
    if let obstacle = file.obstacle {
      try refuse(file, obstacle)
    }
    let library = try RuntimeLibrary.watch.locate()
    let registry = try Registry()
    let preload = [environment["LD_PRELOAD"], library].compactMap { $0 }.joined(separator: ":")
    let watched = try WatchedProgram(
      path: file.path, arguments: [program] + arguments,
      environment: registry.environment.merging(["LD_PRELOAD": preload]) { _, new in new },
      outputToError: json)
    let run = ProgramRun(
      program: watched, registry: registry, name: program, keepsGoing: keep,
      report: report)
    let status = run.untilEnd()
    if json, !run.hasReported { StandardOutput.write(run.unit.jsonText) }
    throw status
  }

  private func report(_ hang: HangReport, of unit: RunUnit) {
    StandardError.write(HangText(report: hang, unit: unit).text)
    if json { StandardOutput.write(unit.jsonText) }
  }

  private func refuse(_ file: ProgramFile, _ obstacle: ProgramFile.Obstacle) throws {
    StandardError.write(Message.cannotWatch(path: file.path, reason: obstacle.rawValue))
    if json {
      let unit = RunUnit(name: program, verdict: .inconclusive, because: ["uninstrumented"])
      StandardOutput.write(unit.jsonText)
    }
    throw ExitStatus.incomplete
  }
}
