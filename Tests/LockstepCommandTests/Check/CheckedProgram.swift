import Foundation
import Synchronization
import Testing

@testable import LockstepCommand

/// A program of `Tests/Fixtures/Programs`, built by `lockstep build` once for all tests.
struct CheckedProgram {
  struct DoesNotBuild: Error {
    var file: String
    var output: String
  }

  static let folder = HangProgram.folder.replacing("Fixtures/Hangs", with: "Fixtures/Programs")

  private static let built = Mutex<[String: String]>([:])

  /// The executable's path.
  ///
  /// - Throws: `DoesNotBuild` with what the command says.
  static func path(_ file: String, options: [String] = ["-w"]) throws -> String {
    try built.withLock { built in
      let key = ([file] + options).joined(separator: " ")
      if let path = built[key] { return path }
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("lockstep-check-\(getpid())-\(built.count)").path
      // Swift has no such option.
      let words = file.hasSuffix(".swift") ? options.filter { $0 != "-w" } : options
      let outcome = try BuiltCommand.shell(
        (["$LOCKSTEP", "build"] + words + ["\(folder)/\(file)", "-o", path]).joined(separator: " "))
      guard outcome.code == 0 else { throw DoesNotBuild(file: file, output: outcome.errors) }
      built[key] = path
      return path
    }
  }

  /// Runs a line of the shell's in a folder of its own, which is gone afterwards.
  static func shell(_ line: String, seconds: Int = 120) throws -> BuiltCommand.Outcome {
    try BuiltCommand.shell(
      """
      set -e; folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT; cd "$folder"; set +e
      \(line)
      """, seconds: seconds)
  }

  /// What `lockstep check --json` says of a program.
  static func check(
    _ file: String, _ arguments: String..., options: String = "", compiler: [String] = [],
    input: String = "/dev/null"
  ) throws -> (unit: JSONUnit, outcome: BuiltCommand.Outcome) {
    let words = arguments.map(BuiltCommand.quoted).joined(separator: " ")
    let outcome = try shell(
      "$LOCKSTEP check --json \(options) \(try path(file, options: ["-w"] + compiler)) \(words)"
        + " < \(input)")
    let units = try JSONUnit.units(outcome.output)
    #expect(units.count == 1)
    return (try #require(units.first, "\(outcome)"), outcome)
  }
}
