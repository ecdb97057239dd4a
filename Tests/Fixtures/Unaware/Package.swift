// swift-tools-version: 6.0
import PackageDescription

// A package whose tests never heard of Lockstep: see 'lockstep test --all'.
let package = Package(
  name: "unaware",
  targets: [
    .target(name: "CCount"),
    .target(name: "Store", dependencies: ["CCount"]),
    .testTarget(name: "StoreTests", dependencies: ["Store"]),
  ]
)
