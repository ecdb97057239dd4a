// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
  name: "lockstep-benchmarks",
  dependencies: [
    .package(name: "lockstep", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .target(name: "CAffinity", cSettings: [.define("_GNU_SOURCE")]),
    // The product of 'lockstep' is not linked: it is built, and run as a process of its own.
    .executableTarget(
      name: "exhaust",
      dependencies: [
        "CAffinity",
        .product(name: "corpus", package: "lockstep"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Sources/Exhaust", swiftSettings: strict),
  ]
)
