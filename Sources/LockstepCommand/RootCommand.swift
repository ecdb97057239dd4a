import ArgumentParser
import Foundation
import LockstepTerminal

/// `lockstep`: one file a subcommand, and one line here to add one.
@main
struct RootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lockstep",
    abstract: "Runs threaded code in every order that matters, and shows the order that breaks it.",
    discussion: """
      Exit codes: 0 every schedule passed, or only the budget ended. 1 a finding or a failing test. \
      2 a usage, build or tool error. 3 nothing was explored, or not all of it could be seen.
      """,
    version: Version.current,
    subcommands: [
      LabCommand.self,
      TestCommand.self,
      BuildCommand.self,
      CheckCommand.self,
      ReplayCommand.self,
      RunCommand.self,
    ])

  /// Acts as a compiler when called under a compiler's name, as the command line otherwise.
  static func main() {
    if let shim = CompilerShim(commandLine: CommandLine.arguments) {
      shim.run()
    }
    // A parent may have left SIGPIPE ignored; a closed pipe is to end this program quietly.
    signal(SIGPIPE, SIG_DFL)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let error as CommandError {
      StandardError.write(Message.error(error))
      Foundation.exit(ExitStatus.toolError.rawValue)
    } catch let status as ExitStatus {
      Foundation.exit(status.rawValue)
    } catch {
      exit(onParserError: error)
    }
  }

  /// Help and versions go to standard output; what the parser refuses is a usage error.
  private static func exit(onParserError error: any Error) -> Never {
    guard exitCode(for: error) != .success else { exit(withError: error) }
    StandardError.write(fullMessage(for: error))
    Foundation.exit(ExitStatus.toolError.rawValue)
  }
}
