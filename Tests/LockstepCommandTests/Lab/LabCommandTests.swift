import ArgumentParser
import Foundation
import Testing

@testable import LockstepCommand

/// `lockstep lab` as it is typed: what it prints where, and what it exits with.
@Suite(.serialized) struct `lockstep lab` {
  @Test func `of an unknown cell is a usage error that names the cells`() throws {
    let outcome = try BuiltCommand.run("lab", "sorting")
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors == """
        lockstep: error: the lab has the cells race, steps, fine, coarse, bank, scoped; it has no \
        'sorting'

        """)
  }

  @Test(arguments: [["--budget", "0"], ["--budget", "soon"], ["--colour"], ["race", "bank"]])
  func `with what it does not know is a usage error`(arguments: [String]) throws {
    let line = (["$LOCKSTEP", "lab"] + arguments).joined(separator: " ")
    let outcome = try BuiltCommand.shell(line)
    #expect(outcome.code == 2, "\(outcome)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("Error: "), "\(outcome.errors)")
  }

  @Test func `of a cell runs its units alone`() throws {
    let outcome = try BuiltCommand.run("lab", "bank", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try JSONUnit.units(outcome.output).map(\.unit) == ["bank", "bank opposite"])
  }

  @Test func `of a unit runs that one`() throws {
    let outcome = try BuiltCommand.run("lab", "race 2x2", "--json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try JSONUnit.units(outcome.output).map(\.unit) == ["race 2x2"])
  }

  @Test func `prints a page for people, at most 100 columns wide and plain in a pipe`() throws {
    let outcome = try BuiltCommand.shell("$LOCKSTEP lab | cat")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    for line in lines { #expect(line.count <= 100, "\(line.count) columns: \(line)") }
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(!outcome.output.contains("\r"))
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    for cell in LabCell.allCases {
      #expect(lines.contains { $0.hasPrefix("── \(cell.rawValue) ──") }, "\(cell)")
    }
    #expect(lines.contains("10 of 10 units show what they must"))
    #expect(!lines.contains { $0.last == " " }, "a line ends with a space")
  }

  @Test func `is in colour on a terminal, and as wide`() throws {
    try #require(FileManager.default.isExecutableFile(atPath: "/usr/bin/script"))
    let outcome = try BuiltCommand.shell(
      "script --quiet --return --command \"$LOCKSTEP lab 'race 2x3'\" /dev/null")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\u{1B}["))
    // Progress is written over with what follows: only what stays is looked at.
    for line in outcome.output.replacing("\r\n", with: "\n").split(separator: "\n") {
      let shown = line.split(separator: "\r").last ?? ""
      let text = shown.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "")
      #expect(text.count <= 100, "\(text.count) columns: \(text)")
    }
  }

  @Test func `ends quietly when the pipe is closed`() throws {
    let outcome = try BuiltCommand.shell("$LOCKSTEP lab | head -n 1; echo ${PIPESTATUS[0]}")
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first == "Lockstep lab: threads and critical sections, in every schedule")
    // 128 and SIGPIPE, or 0 where all fitted into the pipe.
    #expect(lines.last == "141" || lines.last == "0", "\(lines)")
  }

  @Test func `ends at ctrl-C with what it has found so far`() throws {
    let outcome = try BuiltCommand.shell(
      "$LOCKSTEP lab --json & eventually catches $!; kill -INT $!; wait $!")
    #expect(outcome.code == 130, "\(outcome)")
    #expect(outcome.errors.hasPrefix("lockstep: interrupted after "), "\(outcome.errors)")
    let units = try JSONUnit.units(outcome.output)
    #expect(units.count < 10)
    #expect(units.first.map { $0.unit == "race 2x1" } ?? true)
    #expect(outcome.elapsed < .seconds(20))
  }

  @Test func `ends at once at a second ctrl-C`() throws {
    let outcome = try BuiltCommand.shell(
      "$LOCKSTEP lab & eventually catches $!; kill -INT $!; sleep 0.05; kill -INT $!; wait $!")
    #expect(outcome.code == 130, "\(outcome)")
    #expect(outcome.elapsed < .seconds(5))
  }
}

@Suite(.serialized) struct `lockstep lab --replay` {
  private func token(of unit: String) throws -> String {
    let outcome = try BuiltCommand.run("lab", unit, "--json")
    let units = try JSONUnit.units(outcome.output)
    return try #require(units.first { $0.unit == unit }?.findings.first?.schedule)
  }

  @Test(arguments: [("race 2x3", "lostUpdate"), ("bank opposite", "deadlock")])
  func `of a token gives the same finding again, each time`(unit: String, kind: String) throws {
    let token = try token(of: unit)
    for _ in 0..<3 {
      let outcome = try BuiltCommand.run("lab", unit, "--replay", token, "--json")
      #expect(outcome.code == 0, "\(outcome.errors)")
      let replayed = try #require(try JSONUnit.units(outcome.output).first)
      #expect(replayed.executions == 1)
      #expect(replayed.findings.first?.kind == kind)
      #expect(replayed.findings.first?.schedule == token)
    }
  }

  @Test func `prints the timeline for people`() throws {
    let outcome = try BuiltCommand.run("lab", "race 2x1", "--replay", try token(of: "race 2x1"))
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("race 2x1"))
  }

  @Test func `of a token that is damaged, cut short or foreign is an error`() throws {
    let token = try token(of: "race 2x2")
    var damaged = Array(token)
    damaged[damaged.count / 2] = damaged[damaged.count / 2] == "A" ? "B" : "A"
    let cases = [
      (String(damaged), "race 2x2", "damaged"),
      (String(token.dropLast(6)), "race 2x2", "cut short"),
      (token, "race 2x1", "another test than 'race 2x1'"), ("nonsense", "race 2x2", "damaged"),
      ("", "race 2x2", "cut short"), ("L9-AAAA", "race 2x2", "version 9"),
    ]
    for (token, unit, reason) in cases {
      let outcome = try BuiltCommand.run("lab", unit, "--replay", token)
      #expect(outcome.code == 2, "'\(token)': \(outcome)")
      #expect(outcome.output.isEmpty, "'\(token)': \(outcome.output)")
      #expect(outcome.errors.hasPrefix("lockstep: error: "), "'\(token)': \(outcome.errors)")
      #expect(outcome.errors.contains(reason), "'\(token)': \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
  }

  @Test func `needs the name of one unit`() throws {
    let token = try token(of: "race 2x1")
    for line in ["lab", "lab race"] {
      let outcome = try BuiltCommand.shell("$LOCKSTEP \(line) --replay \(token)")
      #expect(outcome.code == 2)
      #expect(outcome.errors.contains("a token is of one unit; name it"), "\(outcome.errors)")
    }
  }

  @Test func `of the cell 'bank', whose first unit has its name, is that unit's`() throws {
    let token = try token(of: "bank")
    let outcome = try BuiltCommand.run("lab", "bank", "--replay", token)
    #expect(outcome.code == 0, "\(outcome.errors)")
  }
}

@Suite struct `Help of the commands` {
  @Test func `lab`() {
    #expect(
      RootCommand.helpMessage(for: LabCommand.self, columns: 80) == """
        OVERVIEW: The notebook on threads and critical sections, cell by cell, in every
        schedule.

        Cells: race, steps, fine, coarse, bank, scoped. A cell may consist of several
        units, which can be asked for by name too: 'lockstep lab "race 2x3"'. Exits
        with 0 when every cell shows what it must.

        USAGE: lockstep lab [<cell>] [--json] [--replay <token>] [--budget <seconds>]

        ARGUMENTS:
          <cell>                  A cell or a unit; all cells, if left out.

        OPTIONS:
          --json                  Print a JSON array with one object a unit, instead of
                                  the page.
          --replay <token>        Run the schedule of a token again, in one unit.
          --budget <seconds>      Seconds that each unit may take. (default: 30)
          --version               Show the version.
          -h, --help              Show help information.

        """)
  }

  @Test func `build`() {
    #expect(
      RootCommand.helpMessage(for: BuildCommand.self, columns: 80) == """
        OVERVIEW: Builds the package in this folder, or source files, instrumented.

        A package's build goes to a scratch path of its own, '.build/lockstep', and
        nothing in Package.swift changes; all options are passed through to 'swift
        build'. Source files in Swift, C and C++ are made into one program, named after
        the first of them unless '-o' says otherwise; all other options go to the
        compilers.

        What is built is what 'lockstep check' explores. Run by itself, it does what it
        did.

        USAGE: lockstep build [<swift build options> ...]
               lockstep build [<compiler options> ...] <file> ... [-o <program>]

        ARGUMENTS:
          <options>               Options of 'swift build', or source files.

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        """)
  }

  @Test func `of the command itself, asked for in each way, goes to standard output`() throws {
    let help = try BuiltCommand.run("--help")
    #expect(help.code == 0)
    #expect(help.errors.isEmpty)
    #expect(help.output.hasPrefix("OVERVIEW: "))
    for command in ["lab", "test", "build", "check", "replay", "run"] {
      #expect(help.output.contains("\n  \(command) "), "\(command)")
      let outcome = try BuiltCommand.run(command, "--help")
      #expect(outcome.code == 0)
      #expect(outcome.output.hasPrefix("OVERVIEW: "), "\(command)")
    }
    for line in help.output.split(separator: "\n") { #expect(line.count <= 100) }
  }

  @Test func `of the command itself`() {
    #expect(
      RootCommand.helpMessage(columns: 80) == """
        OVERVIEW: Runs threaded code in every order that matters, and shows the order
        that breaks it.

        Exit codes: 0 every schedule passed, or only the budget ended. 1 a finding or a
        failing test. 2 a usage, build or tool error. 3 nothing was explored, or not
        all of it could be seen.

        USAGE: lockstep <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        SUBCOMMANDS:
          lab                     The notebook on threads and critical sections, cell
                                  by cell, in every schedule.
          test                    Builds the package in this folder instrumented, then
                                  runs its tests.
          build                   Builds the package in this folder, or source files,
                                  instrumented.
          check                   Runs a program in every order of its threads that
                                  matters.
          replay                  Carries out one schedule again, and says whether it
                                  is the same each time.
          run                     Runs a program as it is, and explains why when its
                                  threads wait for good.

          See 'lockstep help <subcommand>' for detailed help.
        """)
  }

  @Test func `An unknown command is a usage error`() throws {
    let outcome = try BuiltCommand.run("explain-all")
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
  }

  @Test func `The version is one line`() throws {
    let outcome = try BuiltCommand.run("--version")
    #expect(outcome.code == 0)
    #expect(outcome.output == Version.current + "\n")
  }
}
