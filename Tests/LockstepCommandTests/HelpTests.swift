import ArgumentParser
import Testing

@testable import LockstepCommand

@Suite struct `Help texts` {
  @Test func `of lockstep test`() {
    #expect(
      RootCommand.helpMessage(for: TestCommand.self, columns: 80) == """
        OVERVIEW: Builds the package in this folder instrumented, then runs its tests.

        Needs nothing in Package.swift but the dependency on Lockstep. The build goes
        to a scratch path of its own, '.build/lockstep', so that 'swift build' and
        'swift test' are not disturbed. All options but those below are passed through
        to 'swift test': '--filter', '-c release', ...

        USAGE: lockstep test [--json] [--require-complete] [<swift test options> ...]

        ARGUMENTS:
          <swift test options>    Options of 'swift test'.

        OPTIONS:
          --json                  Print what was found as JSON; what 'swift test'
                                  prints goes to standard error.
          --require-complete      Exit with 3 also when the budget ended before every
                                  schedule was explored.
          --version               Show the version.
          -h, --help              Show help information.

        """)
  }

  @Test(arguments: [
    ["--filter", "a b"], ["-c", "release", "-Xswiftc", "-DX", "-j", "1"], ["-v", "--parallel"],
  ])
  func `options of swift test pass the parser whole`(options: [String]) throws {
    let command = try #require(
      try RootCommand.parseAsRoot(["test"] + options + ["--json"]) as? TestCommand)
    #expect(command.options == options)
    #expect(command.json)
    #expect(!command.requireComplete)
  }
}
