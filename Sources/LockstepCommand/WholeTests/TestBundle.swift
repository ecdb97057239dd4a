import Foundation

/// A package's tests as SwiftPM builds them: one program that runs those of both libraries.
struct TestBundle {
  /// A test of somebody's.
  struct Test: Equatable {
    /// As its library lists it: `StoreTests.Stores/racy()`.
    var name: String
    /// What the bundle must be told to run it alone, and one case after the other.
    var arguments: [String]
    /// Whether it has several cases.
    var hasParameters: Bool
  }

  let path: String

  /// - Parameters:
  ///   - options: where the build is, and for which configuration it was.
  ///   - package: the package's name.
  init(options: PackageOptions, package: String) {
    let configuration = options.value(of: "-c", "--configuration") ?? "debug"
    path = "\(options.scratchFolder)/\(configuration)/\(package)PackageTests.xctest"
  }

  /// Asks the bundle for its tests.
  ///
  /// - Parameter options: `--filter` and `--skip`, as SwiftPM takes them, say which.
  /// - Returns: them in the order in which it lists them.
  /// - Throws: `CommandError` when the bundle cannot be run.
  func tests(_ options: PackageOptions) throws -> [Test] {
    let chosen = TestChoice(options)
    return try (swiftTests() + oldTests()).filter { chosen.contains($0.name) }
  }

  private func swiftTests() throws -> [Test] {
    try lines(["--testing-library", "swift-testing", "--list-tests"]).map { name in
      // The runner compares with the place, too: 'Module.Suite/test()/File.swift:5:3'.
      let pattern = "^" + NSRegularExpression.escapedPattern(for: name) + "(/|$)"
      return Test(
        name: name,
        arguments: [
          "--testing-library", "swift-testing", "--no-parallel", "--filter", pattern,
        ], hasParameters: !name.hasSuffix("()"))
    }
  }

  private func oldTests() throws -> [Test] {
    try lines(["--list-tests"]).filter { $0.contains("/") && !$0.contains(" ") }.map {
      Test(name: $0, arguments: [$0], hasParameters: false)
    }
  }

  private func lines(_ arguments: [String]) throws -> [String] {
    let (_, output) = try ChildProcess.run(path, arguments: arguments, standardOutput: .captured)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

/// Which tests a person asked for.
struct TestChoice {
  private let filters: [String]
  private let skips: [String]

  init(_ options: PackageOptions) {
    filters = options.values(of: "--filter")
    skips = options.values(of: "--skip")
  }

  func contains(_ test: String) -> Bool {
    func matches(_ pattern: String) -> Bool {
      test.range(of: pattern, options: .regularExpression) != nil
    }
    return (filters.isEmpty || filters.contains(where: matches)) && !skips.contains(where: matches)
  }
}
