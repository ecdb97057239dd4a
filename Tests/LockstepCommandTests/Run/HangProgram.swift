import Foundation
import Synchronization
import Testing

@testable import LockstepCommand

/// A program of `Tests/Fixtures/Hangs`, compiled once for all tests.
struct HangProgram {
  struct DoesNotCompile: Error {
    var file: String
    var output: String
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/Hangs").path

  private static let compiled = Mutex<[String: String]>([:])

  /// The executable's path.
  ///
  /// - Parameters:
  ///   - file: its source, a C or a Swift file.
  ///   - options: of the compiler, instead of those for debugging.
  /// - Returns: a path in the temporary folder.
  /// - Throws: `DoesNotCompile` with what the compiler says.
  static func path(_ file: String, options: [String] = ["-g"]) throws -> String {
    try compiled.withLock { compiled in
      let key = ([file] + options).joined(separator: " ")
      if let path = compiled[key] { return path }
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("lockstep-hang-\(getpid())-\(compiled.count)").path
      let compiler = file.hasSuffix(".c") ? "clang" : "swiftc"
      let words = ["\(try Toolchain.find().binaries)/\(compiler)", "\(folder)/\(file)", "-o", path]
      let outcome = try BuiltCommand.shell(
        (words + options).map(BuiltCommand.quoted).joined(separator: " "))
      guard outcome.code == 0 else {
        throw DoesNotCompile(file: file, output: outcome.errors)
      }
      compiled[key] = path
      return path
    }
  }

  /// What `lockstep run --json` says of a program.
  static func unit(_ words: String...) throws -> (unit: RunJSON, outcome: BuiltCommand.Outcome) {
    let line = (["run", "--json"] + words).map(BuiltCommand.quoted).joined(separator: " ")
    let outcome = try BuiltCommand.shell(
      "SWIFT_BACKTRACE=enable=no $LOCKSTEP \(line)", seconds: 30)
    let units = try JSONDecoder().decode([RunJSON].self, from: Data(outcome.output.utf8))
    return (try #require(units.first), outcome)
  }
}

/// The JSON that `lockstep run --json` prints, as somebody else's program would read it.
struct RunJSON: Decodable {
  struct Place: Decodable {
    var function: String?
    var file: String?
    var line: Int?

    var text: String {
      "\(function ?? "?") \((file.map { ($0 as NSString).lastPathComponent }) ?? "?"):\(line ?? 0)"
    }
  }

  struct Object: Decodable {
    var object: String
    var address: String
    var place: Place?
  }

  struct Thread: Decodable {
    var name: String
    var id: Int
    var gone: Bool
    var state: String
    var waitsFor: Object?
    var holds: [Object]
    var stack: [Place]
  }

  struct Finding: Decodable {
    var kind: String
    var summary: String
    var certain: Bool
    var process: Int
    var threads: [Thread]

    func thread(_ name: String) -> Thread? { threads.first { $0.name == name } }
  }

  var unit: String
  var verdict: String
  var incompleteBecause: [String]
  var seconds: Double
  var findings: [Finding]
}
