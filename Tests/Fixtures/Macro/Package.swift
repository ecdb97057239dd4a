// swift-tools-version: 6.0
import CompilerPluginSupport
import PackageDescription

// A package with a macro of its own, which takes minutes to build: see Scripts/check-package.
let package = Package(
  name: "macro",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(url: "https://github.com/swiftlang/swift-syntax", exact: "603.0.1")
  ],
  targets: [
    .macro(
      name: "Macros",
      dependencies: [
        .product(name: "SwiftSyntaxMacros", package: "swift-syntax"),
        .product(name: "SwiftCompilerPlugin", package: "swift-syntax"),
      ]),
    .target(name: "Counting", dependencies: ["Macros"]),
    .testTarget(name: "CountingTests", dependencies: ["Counting"]),
  ]
)
