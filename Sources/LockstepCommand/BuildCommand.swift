import ArgumentParser

/// `lockstep build`: an instrumented build of somebody's package.
struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Builds the package in this folder instrumented.",
    usage: "lockstep build [<swift build options> ...]",
    discussion: """
      The build goes to a scratch path of its own, '.build/lockstep'. Programs that do not link \
      Lockstep still link and run as before. All options are passed through to 'swift build'.
      """)

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Options of 'swift build'.", valueName: "swift build options"))
  var options: [String] = []

  func run() throws {
    let outcome = try InstrumentedBuild(options: options).run("build")
    throw outcome.isSuccess ? .pass : outcome.interruption ?? ExitStatus.toolError
  }
}
