import Foundation

/// The Swift toolchain that PATH leads to.
struct Toolchain: Equatable {
  /// The `swift` to run, as found by PATH: what the person would have got.
  var swift: String
  /// The folder of the real `swiftc`, `clang` and `llvm-ar`.
  var binaries: String

  /// Asks `swiftc` where it lives: what PATH finds may be the stand-in of a toolchain manager.
  ///
  /// - Throws: `CommandError` when PATH finds no Swift, or when a part of the toolchain is missing.
  static func find(
    path: String = ProcessInfo.processInfo.environment["PATH"] ?? ""
  ) throws -> Toolchain {
    guard let swift = locate("swift", path: path), let swiftc = locate("swiftc", path: path) else {
      throw CommandError.noSwift()
    }
    let (outcome, output) = try ChildProcess.run(
      swiftc, arguments: ["-print-target-info"], standardOutput: .captured)
    guard outcome.isSuccess,
      let information = try? JSONDecoder().decode(TargetInformation.self, from: output)
    else {
      throw CommandError.cannotRun(program: swiftc, reason: "exit code \(outcome.code)")
    }
    // 'usr/lib/swift' is the resource path, and 'usr/bin' lies beside 'usr/lib'.
    let binaries = URL(fileURLWithPath: information.paths.runtimeResourcePath)
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("bin").path
    for program in ["swiftc", "clang"]
    where !FileManager.default.isExecutableFile(atPath: "\(binaries)/\(program)") {
      throw CommandError.incompleteToolchain(program: program)
    }
    return Toolchain(swift: swift, binaries: binaries)
  }

  /// The first executable file called `program` in the folders of `path`.
  static func locate(_ program: String, path: String) -> String? {
    path.split(separator: ":").lazy
      .map { "\($0)/\(program)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private struct TargetInformation: Decodable {
    struct Paths: Decodable { var runtimeResourcePath: String }
    var paths: Paths
  }
}
