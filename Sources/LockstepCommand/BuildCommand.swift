import ArgumentParser
import Foundation

/// `lockstep build`: an instrumented build of somebody's package, or of loose files.
struct BuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Builds the package in this folder, or source files, instrumented.",
    usage: """
      lockstep build [<swift build options> ...]
      lockstep build [<compiler options> ...] <file> ... [-o <program>]
      """,
    discussion: """
      A package's build goes to a scratch path of its own, '.build/lockstep', and nothing in \
      Package.swift changes; all options are passed through to 'swift build'. Source files in Swift, C \
      and C++ are made into one program, named after the first of them unless '-o' says otherwise; all \
      other options go to the compilers.

      What is built is what 'lockstep check' explores. Run by itself, it does what it did.
      """)

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Options of 'swift build', or source files.", valueName: "options"))
  var options: [String] = []

  func run() throws {
    if let files = try LooseBuild(arguments: options) { return try files.run() }
    let build = try InstrumentedBuild(options: options, needsLockstep: false)
    let outcome = try build.run("build")
    throw outcome.isSuccess ? .pass : outcome.interruption ?? ExitStatus.toolError
  }
}
