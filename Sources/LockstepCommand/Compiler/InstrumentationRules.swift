import Foundation

/// What the compilers in a `CompilerFolder` must know; a file beside them, so that it takes no
/// environment variable.
struct InstrumentationRules: Codable, Equatable {
  /// The folder of the real `swiftc` and `clang`.
  var realCompilers: String
  /// Folders of packages that only Lockstep needs: optimised and not instrumented.
  var barePackages: [String]
  /// A folder with the runtime's library, for links that lack the runtime.
  var runtimeFolder = ""
  /// Taken into the links of programs: `BuildMark`, an object file.
  var buildMark = ""
  /// Taken into the links of tests: `StartMark`, an object file.
  var startMark = ""

  /// What has `swiftc` link a program to the runtime's library.
  var linkToRuntime: [String] { RuntimeLibrary.runtime.linkFlags(folder: runtimeFolder) }

  /// Lockstep's own modules: code that watches must not be watched.
  static let bareModules: Set = [
    "CLockstepRuntime", "LockstepEngine", "LockstepReport", "LockstepExploration", "Lockstep",
    "LockstepCommand", "LabPlain",
  ]
  /// Those of them that people import.
  static let importedModules: Set = ["LockstepExploration", "Lockstep"]
}
