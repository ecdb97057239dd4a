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

        With '--all', tests that never heard of Lockstep are explored too, those of
        XCTest included, and the package need not depend on Lockstep: each test as a
        whole program, for ten seconds at most.

        USAGE: lockstep test [--all] [--json] [--junit <file>] [--require-complete] [<swift test options> ...]

        ARGUMENTS:
          <swift test options>    Options of 'swift test'.

        OPTIONS:
          --all                   Explore every test, each that does not do so itself
                                  as a whole program.
          --json                  Print what was found as JSON; what 'swift test'
                                  prints goes to standard error.
          --junit <file>          Write what was found as JUnit XML, too.
          --require-complete      Exit with 3 also when the budget ended before every
                                  schedule was explored.
          --version               Show the version.
          -h, --help              Show help information.

        """)
  }

  @Test func `of lockstep run`() {
    #expect(
      RootCommand.helpMessage(for: RunCommand.self, columns: 80) == """
        OVERVIEW: Runs a program as it is, and explains why when its threads wait for
        good.

        Any dynamically linked program for Linux, not recompiled, at nearly full speed,
        and the programs that it starts. Nothing is explored. Input, output, terminal
        and signals are the program's. When threads wait for each other for good, it is
        said who holds what and who waits where, and the program is ended.

        Exit codes: 1 when threads hang. 2 when the program cannot be started, 3 when
        it cannot be watched. Otherwise the program's own, or 128 and the number of the
        signal that ended it.

        USAGE: lockstep run [--keep] [--json] <program> [<arguments> ...]

        ARGUMENTS:
          <program>               The program: a path, or a name to be found by PATH.
          <arguments>             The program's arguments.

        OPTIONS:
          --keep                  Leave the program alone when it hangs: report, and go
                                  on waiting.
          --json                  Print what was found as JSON; what the program prints
                                  goes to standard error.
          --version               Show the version.
          -h, --help              Show help information.

        """)
  }

  @Test func `what follows the program is the program's`() throws {
    let command = try #require(
      try RootCommand.parseAsRoot(["run", "--keep", "prog", "--json", "-x", "--", "--help"])
        as? RunCommand)
    #expect(command.program == "prog")
    #expect(command.arguments == ["--json", "-x", "--", "--help"])
    #expect(command.keep && !command.json)
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
