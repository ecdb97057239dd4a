// swift-tools-version: 6.1
import PackageDescription

/// What turns a Swift target's accesses to memory into calls that the runtime sees.
///
/// Without the second flag LLVM leaves out the read of a load and store in one basic block, and a
/// lost update would look like a blind write. Without `-disable-cmo` small functions are inlined
/// across modules into callers that are not instrumented.
let instrumented: [SwiftSetting] = [
  .unsafeFlags([
    "-Xfrontend", "-sanitize=thread",
    "-Xllvm", "-tsan-instrument-read-before-write",
    "-disable-cmo",
    "-Xllvm", "-force-attribute=sanitize_thread",
    "-Xllvm", "-sil-disable-pass=access-enforcement-wmo",
    "-Xllvm", "-sil-disable-pass=access-enforcement-opts",
  ])
]

/// The same of C.
let instrumentedC: [CSetting] = [
  .define("_GNU_SOURCE"),
  .unsafeFlags(["-fsanitize=thread", "-mllvm", "-tsan-instrument-read-before-write"]),
]

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "lockstep",
  products: [
    .library(name: "Lockstep", targets: ["Lockstep"]),
    // Put into programs that 'lockstep check' explores.
    .library(name: "LockstepRuntime", type: .dynamic, targets: ["LockstepExploration"]),
    // Put into programs that 'lockstep run' watches.
    .library(name: "LockstepWatch", type: .dynamic, targets: ["CLockstepWatch"]),
    .executable(name: "lockstep", targets: ["LockstepCommand"]),
    .executable(name: "corpus", targets: ["CorpusCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "CLockstepRuntime", cSettings: [.define("_GNU_SOURCE")]),
    // Fast in debug builds, too: it is in somebody else's program.
    .target(
      name: "CLockstepWatch", cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-O2"])]),
    .target(name: "LockstepEngine", swiftSettings: strict),
    .target(name: "LockstepReport", dependencies: ["LockstepEngine"], swiftSettings: strict),
    .target(name: "LockstepProbe"),
    // Needs neither Foundation nor Testing: it is copied into each process of a program's executions.
    .target(
      name: "LockstepExploration",
      dependencies: ["CLockstepRuntime", "LockstepEngine", "LockstepReport", "LockstepProbe"],
      swiftSettings: strict),
    .target(
      name: "Lockstep", dependencies: ["CLockstepRuntime", "LockstepExploration"],
      swiftSettings: strict),
    .target(
      name: "LockstepTerminal", dependencies: ["LockstepExploration"], swiftSettings: strict),
    .target(name: "Lab", swiftSettings: instrumented),
    .target(name: "LabPlain"),
    .executableTarget(
      name: "LockstepCommand",
      dependencies: [
        "CLockstepWatch", "Lockstep", "LockstepExploration", "LockstepEngine", "LockstepReport",
        "LockstepTerminal", "Lab", "LabPlain",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "CorpusPrograms", dependencies: ["CorpusInC"], path: "Tests/Corpus",
      swiftSettings: instrumented),
    .target(name: "CorpusInC", path: "Tests/CorpusInC", cSettings: instrumentedC),
    .executableTarget(
      name: "CorpusCommand",
      dependencies: [
        "CorpusPrograms", "LockstepExploration", "LockstepReport", "LockstepTerminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    .target(
      name: "ExploredPrograms", path: "Tests/ExploredPrograms", swiftSettings: instrumented),
    .testTarget(
      name: "LockstepEngineTests", dependencies: ["LockstepEngine"], swiftSettings: strict),
    .testTarget(
      name: "LockstepReportTests", dependencies: ["LockstepReport", "LockstepEngine"],
      exclude: ["Golden"], swiftSettings: strict),
    .testTarget(
      name: "LockstepTests",
      dependencies: [
        "Lockstep", "LockstepExploration", "LockstepEngine", "LockstepReport", "Lab",
        "ExploredPrograms", "CorpusPrograms",
      ],
      swiftSettings: strict),
    .testTarget(name: "LockstepCommandTests", dependencies: ["LockstepCommand"]),
  ]
)
