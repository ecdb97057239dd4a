import ArgumentParser
import Foundation
import Lockstep
import LockstepReport
import LockstepTerminal

/// `lockstep replay`: one schedule again, several times over.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Carries out one schedule again, and says whether it is the same each time.",
    usage: "lockstep replay [<options>] <schedule> [<program> [<arguments> ...]]",
    discussion: """
      The schedule is a file that 'lockstep check' wrote, or a token that it printed; with a token, the \
      program and its arguments must be given. When the program was built anew, the schedule is \
      followed as far as it goes, and it is said where it was left.

      Exit codes: 1 the schedule shows a finding. 0 it was followed and shows none. 2 no such schedule \
      or program. 3 the same program did not give the same execution each time.
      """)

  @OptionGroup var exploration: ProgramOptions

  @Option(help: ArgumentHelp("How often.", valueName: "number"))
  var times = 10

  @Flag(help: "Print a JSON array with one object, instead of the page.")
  var json = false

  @Argument(help: "A file or a token.")
  var schedule: String

  @Argument(parsing: .captureForPassthrough, help: "The program and its arguments.")
  var command: [String] = []

  func validate() throws {
    guard times > 0 else { throw ValidationError("'--times' is a number above 0") }
  }

  func run() throws {
    let isToken =
      schedule.hasPrefix("L") && !schedule.contains("/")
      && !FileManager.default.fileExists(atPath: schedule)
    let file = isToken ? nil : try ScheduleFile(contentsOf: schedule)
    guard let program = command.first ?? file.map({ "./" + $0.program }) else {
      throw CommandError.replayNeedsProgram
    }
    let arguments = command.isEmpty ? file?.arguments ?? [] : Array(command.dropFirst())
    var request = exploration.request(of: program, arguments)
    if let file, exploration.name == nil { request.name = file.unit }
    request.strategy = "replay:" + (file?.token ?? schedule)
    request.replays = times
    let run = try ExploredProgram(program, arguments: arguments, request: request, json: json)
    let result = try run.explore()
    StandardOutput.write(json ? result.json : result.text)
    throw try result.replayStatus()
  }
}
