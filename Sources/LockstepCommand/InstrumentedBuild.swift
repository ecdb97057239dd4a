import Foundation

/// A package of somebody's, with what it takes to have SwiftPM build it through our compilers.
///
/// SwiftPM takes the compilers of the *target* from a toolset file, and keeps its own for
/// manifests, plugins, macros and other tools of the host, which thus are left alone. No
/// environment variable is needed, so none can reach the tests.
struct InstrumentedBuild {
  let options: PackageOptions
  /// The package's name.
  let package: String
  private let toolchain: Toolchain
  private let compilers: CompilerFolder

  /// - Parameters:
  ///   - arguments: what the person typed after `lockstep test` or `lockstep build`.
  ///   - needsLockstep: whether its tests are to call it.
  /// - Throws: `CommandError` when there is no package, no toolchain or no dependency on Lockstep.
  init(options arguments: [String], needsLockstep: Bool = true) throws {
    options = try PackageOptions(
      arguments: arguments, workingDirectory: FileManager.default.currentDirectoryPath)
    toolchain = try Toolchain.find()
    let graph = try PackageGraph.load(for: options, with: toolchain)
    package = graph.root.name
    guard graph.containsLockstep || !needsLockstep else {
      throw CommandError.noDependencyOnLockstep(package: graph.root.name)
    }
    compilers = try CompilerFolder.prepare(
      in: options.scratchFolder,
      rules: InstrumentationRules(
        realCompilers: toolchain.binaries, barePackages: graph.foldersOnlyLockstepNeeds),
      toolchain: toolchain)
  }

  /// Runs `swift test` or `swift build` and waits for its end.
  func run(
    _ subcommand: String, environment: [String: String] = [:],
    standardOutput: ChildProcess.Output = .inherited
  ) throws -> ChildProcess.Outcome {
    try ChildProcess.run(
      toolchain.swift,
      arguments: [subcommand] + options.location + ["--toolset", compilers.toolset]
        + options.passedThrough,
      environment: environment, standardOutput: standardOutput
    ).outcome
  }
}
