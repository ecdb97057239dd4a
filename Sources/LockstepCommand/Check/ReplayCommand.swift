import ArgumentParser
import Foundation
import LockstepExploration
import LockstepEngine
import LockstepReport
import LockstepTerminal

/// `lockstep replay`: one schedule again, several times over.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Carries out one schedule again, and says whether it is the same each time.",
    usage: """
      lockstep replay [<options>] <schedule> [<options>] [<program> [<arguments> ...]]
      lockstep replay --debugger [--debugger-command <command> ...] <schedule> [...]
      """,
    discussion: """
      The schedule is a file that 'lockstep check' wrote, or a token that it printed; with a token, the \
      program and its arguments must be given. A file's arguments are those of a program that is given \
      none. When the program was built anew, the schedule is \
      followed as far as it goes, and it is said where it was left.

      With '--debugger', gdb then shows one more execution, stopped in the thread and at the source \
      line where the finding comes about: before the step that breaks something, where threads wait \
      for good, or at the crash. All threads are there ('info threads', 'thread apply all backtrace'), \
      each where its next step is. Without a terminal gdb prints the backtrace and ends.

      Exit codes: 1 the schedule shows a finding. 0 it was followed and shows none. 2 no such schedule \
      or program. 3 the same program did not give the same execution each time.
      """)

  @OptionGroup var exploration: ProgramOptions

  @Option(help: ArgumentHelp("How often.", valueName: "number"))
  var times = 10

  @Flag(help: "Print a JSON array with one object, instead of the page.")
  var json = false

  @Flag(name: .customLong("debugger"), help: "Look at the finding with gdb.")
  var debugs = false

  @Option(
    help: ArgumentHelp(
      "What gdb does where it has stopped, as 'backtrace', and then ends; may be repeated.",
      valueName: "command"))
  var debuggerCommand: [String] = []

  @Option(
    help: ArgumentHelp(
      "The program runs tests; this is the number of the case explored, as 'lockstep test --all' says.",
      valueName: "number"))
  var testCase: Int?

  @Argument(help: "A file or a token.")
  var schedule: String

  @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
  var command: [String] = []

  func validate() throws {
    guard times > 0 else { throw ValidationError("'--times' is a number above 0") }
    if json, debugs {
      throw ValidationError("'--json' and '--debugger' both print; give one of them")
    }
    if !debugs, !debuggerCommand.isEmpty {
      throw ValidationError("'--debugger-command' is for '--debugger'; give both")
    }
  }

  func run() throws {
    if let ordered = try orderedBySchedule() ?? debuggingFromBehind() { return try ordered.run() }
    let isToken =
      schedule.hasPrefix("L") && !schedule.contains("/")
      && !FileManager.default.fileExists(atPath: schedule)
    let file = isToken ? nil : try ScheduleFile(contentsOf: schedule)
    guard let program = command.first ?? file.map({ $0.programPath(besideFile: schedule) }) else {
      throw CommandError.replayNeedsProgram
    }
    // A file knows what the program was run with.
    let arguments = command.count > 1 ? Array(command.dropFirst()) : file?.arguments ?? []
    var request = exploration.request(of: program, arguments)
    if let file, exploration.name == nil { request.name = file.unit }
    request.strategy = "replay:" + (file?.token ?? schedule)
    if let file {
      if exploration.exitStatus == 0 { request.exitStatus = file.exitStatus }
      if file.spuriousWakeups { request.spuriousWakeups = true }
    }
    request.replays = times
    request.testCase = testCase
    request.debugs = debugs
    request.debuggedKind = file?.finding
    let debugger = debugs ? try Debugger(commands: debuggerCommand) : nil
    let run = try ExploredProgram(program, arguments: arguments, request: request, json: json)
    let result = try run.explore(with: debugger)
    if !result.wasShown { StandardOutput.write(json ? result.json : result.text) }
    if debugs, !result.wasShown { StandardError.write(Message.nothingToDebug()) }
    throw try result.replayStatus()
  }

  /// The same command with the options that came behind the schedule in front of it; nil where none did.
  ///
  /// The parser takes them for the program's, since what follows the program is its own.
  private func orderedBySchedule() throws -> Self? {
    guard let first = command.first, first.hasPrefix("-") else { return nil }
    let words = CommandLine.arguments.dropFirst(2)
    let before = words.dropLast(command.count + 1)
    var parsed = try Self.parse(before + command + [schedule])
    guard !parsed.command.isEmpty else { return parsed }
    parsed.command = [parsed.schedule] + parsed.command.dropLast()
    parsed.schedule = schedule
    return parsed
  }

  /// The same command for a debugger where somebody wrote that behind the program of a token; nil where
  /// that is an argument of the program's.
  private func debuggingFromBehind() -> Self? {
    guard command.count > 1, command.last == "--debugger",
      let token = try? Schedule.decode(schedule)
    else { return nil }
    var configuration = Configuration()
    let words = command.dropLast()
    configuration.name = exploration.request(of: words[0], Array(words.dropFirst())).name
    guard configuration.identity == token.test else { return nil }
    var debugging = self
    debugging.command.removeLast()
    debugging.debugs = true
    return debugging
  }
}
