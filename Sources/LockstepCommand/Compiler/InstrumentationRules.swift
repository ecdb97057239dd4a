import Foundation

/// What the compilers in a `CompilerFolder` must know; a file beside them, so that it takes no
/// environment variable.
struct InstrumentationRules: Codable, Equatable {
  /// The folder of the real `swiftc` and `clang`.
  var realCompilers: String
  /// Folders of packages that only Lockstep needs: optimised and not instrumented.
  var barePackages: [String]
  /// Taken into links that lack the runtime: `PassthroughRuntime`, an archive.
  var passthrough = ""
  /// Taken into the links of tests: `StartMark`, an object file.
  var startMark = ""

  /// Lockstep's own modules: code that watches must not be watched.
  static let bareModules: Set = [
    "CLockstepRuntime", "LockstepEngine", "LockstepReport", "Lockstep", "LockstepCommand",
    "LabPlain",
  ]
}
