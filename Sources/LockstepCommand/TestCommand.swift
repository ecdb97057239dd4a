import ArgumentParser
import Foundation
import LockstepTerminal

/// `lockstep test`: an instrumented build of somebody's package, then its tests.
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Builds the package in this folder instrumented, then runs its tests.",
    usage: """
      lockstep test [--all] [--json] [--junit <file>] [--require-complete] [<swift test options> ...]
      """,
    discussion: """
      Needs nothing in Package.swift but the dependency on Lockstep. The build goes to a scratch \
      path of its own, '.build/lockstep', so that 'swift build' and 'swift test' are not disturbed. \
      All options but those below are passed through to 'swift test': '--filter', '-c release', ...

      With '--all', tests that never heard of Lockstep are explored too, those of XCTest included, and \
      the package need not depend on Lockstep: each test as a whole program, for ten seconds at most.
      """)

  @Flag(help: "Explore every test, each that does not do so itself as a whole program.")
  var all = false

  @Flag(help: "Print what was found as JSON; what 'swift test' prints goes to standard error.")
  var json = false

  @Option(
    help: ArgumentHelp("Write what was found as JUnit XML, too.", valueName: "file"))
  var junit: String?

  @Flag(help: "Exit with 3 also when the budget ended before every schedule was explored.")
  var requireComplete = false

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp("Options of 'swift test'.", valueName: "swift test options"))
  var options: [String] = []

  func run() throws {
    let build = try InstrumentedBuild(options: options, needsLockstep: !all)
    guard !build.options.asksOnlyForInformation else {
      throw ExitStatus(code: try build.run("test").code)
    }
    let scratch = try ScratchLock(folder: build.options.scratchFolder)
    defer { scratch.release() }
    let results = try ResultsFolder.make(in: build.options.scratchFolder)
    let outcome = try build.run(
      "test", environment: environment(results),
      standardOutput: json ? .standardError : .inherited)
    var contents = try results.read()
    if all, contents.testsStarted, outcome.interruption == nil {
      contents.add(try wholeTests(of: build))
    }

    let status = ExitStatus(of: contents, test: outcome, requireComplete: requireComplete)
    StandardError.write(Summary(contents: contents, test: outcome, status: status).text)
    if json { StandardOutput.write(contents.json) }
    if let junit { try JUnitReport(units: contents.units).write(to: junit) }
    throw status
  }

  private func wholeTests(
    of build: InstrumentedBuild
  ) throws -> [(unit: UnitResult, text: String)] {
    let bundle = TestBundle(options: build.options, package: build.package)
    guard FileManager.default.isExecutableFile(atPath: bundle.path) else {
      StandardError.write(Message.noTestBundle(path: bundle.path))
      return []
    }
    return try WholeTests(bundle: bundle, json: json).explore(bundle.tests(build.options))
  }

  /// Swift's own backtraces stop every thread by a signal: those that rest here never take one, and the
  /// process would not come to its end.
  private func environment(_ results: ResultsFolder) -> [String: String] {
    var environment = [ResultsFolder.environmentVariable: results.path]
    if ProcessInfo.processInfo.environment["SWIFT_BACKTRACE"] == nil {
      environment["SWIFT_BACKTRACE"] = "enable=no"
    }
    return environment
  }
}
