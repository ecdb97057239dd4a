import ArgumentParser
import Foundation
import LockstepExploration
import LockstepEngine
import LockstepReport
import LockstepTerminal

/// `lockstep check`: explores a whole program, from its `main`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Runs a program in every order of its threads that matters.",
    usage: "lockstep check [<options>] <program> [<arguments> ...]",
    discussion: """
      The program is one that 'lockstep build' built; of others only calls are seen, and the result \
      says so. Each execution is a process of its own: it begins with fresh globals, reads standard \
      input from its start, and may crash or exit. What it writes is not shown but counts: output and \
      exit status are its outcome.

      Exit codes: 0 every schedule passed, or only the budget ended. 1 a finding: a race, a deadlock, a \
      crash, an exit status other than the expected one. 2 the program cannot be started. 3 it cannot \
      be explored, or not all of it could be seen.
      """)

  @OptionGroup var exploration: ProgramOptions

  @Flag(help: "Exit with 3 also when the budget ended before every schedule was explored.")
  var requireComplete = false

  @Option(help: ArgumentHelp(Strategy.help, valueName: "strategy"))
  var strategy = "automatic"

  @Option(help: ArgumentHelp("Seconds that the exploration may take.", valueName: "seconds"))
  var budget = 30.0

  @Flag(help: "Print a JSON array with one object, instead of the page.")
  var json = false

  @Option(help: ArgumentHelp("Where schedules of findings are kept.", valueName: "folder"))
  var schedules = ".lockstep"

  @Argument(help: "The program: a path, or a name to be found by PATH.")
  var program: String

  @Argument(parsing: .captureForPassthrough, help: "The program's arguments.")
  var arguments: [String] = []

  func validate() throws {
    guard budget > 0 else { throw ValidationError("'--budget' is a number of seconds above 0") }
    guard Strategy(named: strategy) != nil else {
      throw ValidationError("a strategy is one of \(Strategy.help), not '\(strategy)'")
    }
  }

  func run() throws {
    var request = exploration.request(of: program, arguments)
    request.strategy = strategy
    request.budget = budget
    let run = try ExploredProgram(program, arguments: arguments, request: request, json: json)
    let folder = ScheduleFolder(
      folder: schedules, program: program, arguments: arguments, request: request)
    let result = try run.explore(onFinding: folder.keep)
    let files = folder.keep(try result.findings())
    StandardOutput.write(json ? result.json : result.text)
    if !json, !files.isEmpty { StandardOutput.write(Message.schedules(files)) }
    throw try result.status(requireComplete: requireComplete)
  }
}

/// What is said of a program's executions, whichever command explores it.
struct ProgramOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Steps after which an execution is stopped.", valueName: "steps"))
  var stepLimit = 20_000

  @Option(
    help: ArgumentHelp(
      "Seconds without a visible step after which an execution is ended.", valueName: "seconds"))
  var timeLimit: UInt32 = 10

  @Option(help: ArgumentHelp("Megabytes that an execution may allocate.", valueName: "megabytes"))
  var memoryLimit: UInt64 = 1024

  @Option(help: ArgumentHelp("The exit status that is no finding.", valueName: "status"))
  var exitStatus: Int32 = 0

  @Flag(help: "The first wait of each thread for a condition may also end although nobody woke it.")
  var spuriousWakeups = false

  @Flag(help: "Differing outcomes are a finding.")
  var oneOutcome = false

  @Option(
    help: ArgumentHelp(
      "A kind of finding that is none, as 'dataRace' in a program that races on purpose; may be repeated.",
      valueName: "kind"))
  var ignore: [String] = []

  @Option(help: ArgumentHelp("Name of the unit in reports and tokens.", valueName: "name"))
  var name: String?

  func validate() throws {
    guard stepLimit > 0 else { throw ValidationError("'--step-limit' is a number above 0") }
    guard timeLimit > 0 else {
      throw ValidationError("'--time-limit' is a number of seconds above 0")
    }
    for kind in ignore where !Finding.isKind(kind) {
      throw ValidationError("'--ignore' takes one of \(Finding.kinds), not '\(kind)'")
    }
    guard (0...255).contains(exitStatus) else {
      throw ValidationError("'--exit-status' is a number from 0 to 255")
    }
    guard memoryLimit > 0, memoryLimit < 1 << 24 else {
      throw ValidationError("'--memory-limit' is a number of megabytes above 0")
    }
  }

  func request(of program: String, _ arguments: [String]) -> ProgramRequest {
    let file = URL(fileURLWithPath: program).lastPathComponent
    var request = ProgramRequest(name: name ?? ([file] + arguments).joined(separator: " "))
    request.stepLimit = stepLimit
    request.timeLimit = timeLimit
    request.memoryLimit = memoryLimit << 20
    request.exitStatus = exitStatus
    request.expectsOneOutcome = oneOutcome
    request.ignoredKinds = ignore
    request.spuriousWakeups = spuriousWakeups
    request.replayCommand = ["lockstep", "replay"] + replayOptions
    request.replayTail = ([program] + arguments).map(ShellWord.quoted)
    return request
  }

  /// What a replay must be told, too: other executions have other steps.
  private var replayOptions: [String] {
    (name.map { ["--name", ShellWord.quoted($0)] } ?? [])
      + (spuriousWakeups ? ["--spurious-wakeups"] : [])
      + (exitStatus == 0 ? [] : ["--exit-status", "\(exitStatus)"])
  }
}

extension Finding {
  /// The names of all kinds, as reports say them.
  fileprivate static var kinds: String {
    Kind.allCases.map(\.rawValue).sorted().joined(separator: ", ")
  }

  fileprivate static func isKind(_ name: String) -> Bool { Kind(rawValue: name) != nil }
}
