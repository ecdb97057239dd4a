// swift-tools-version: 6.2
import PackageDescription

// All kinds of targets in one package, whose tests never heard of Lockstep: see Scripts/check-package,
// which makes the library of the binary target.
let package = Package(
  name: "kinds",
  targets: [
    .target(name: "CxxCount"),
    .systemLibrary(name: "CZ", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .binaryTarget(name: "Seven", path: "Seven.artifactbundle"),
    .executableTarget(name: "Generate"),
    .plugin(name: "GeneratePlugin", capability: .buildTool(), dependencies: ["Generate"]),
    .target(
      name: "Kinds", dependencies: ["CxxCount", "CZ", "Seven"], plugins: ["GeneratePlugin"]),
    .testTarget(name: "KindsTests", dependencies: ["Kinds"]),
  ],
  cxxLanguageStandard: .cxx17
)
