import Foundation

/// What the person gave to SwiftPM: where the package and its build are, and all the rest as it is.
struct PackageOptions: Equatable {
  /// The folder that holds `Package.swift`.
  let packageFolder: String
  /// Where the build goes.
  let scratchFolder: String
  /// Everything that is not about places, in the order given.
  let passedThrough: [String]
  /// The part of `passedThrough` that decides which dependencies there are.
  let resolution: [String]

  /// Places as SwiftPM takes them.
  var location: [String] { ["--package-path", packageFolder, "--scratch-path", scratchFolder] }

  /// True when no test is to run: there is nothing to add to what SwiftPM answers.
  var asksOnlyForInformation: Bool {
    passedThrough.first == "list" || passedThrough.first == "last"
      || !Self.informationOptions.isDisjoint(with: passedThrough)
  }

  /// - Parameters:
  ///   - arguments: options of `swift test` or `swift build`.
  ///   - workingDirectory: what relative places are relative to.
  /// - Throws: `CommandError` when no package is there, or when an option rules instrumentation out.
  init(arguments: [String], workingDirectory: String) throws {
    var package: String?
    var scratch: String?
    var passedThrough: [String] = []
    var resolution: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let (name, attached) = Self.split(argument)
      if Self.optionsForOneTool.contains(argument), let value = rest.popFirst() {
        // Whatever follows '-Xswiftc' is the compiler's, even if it looks like an option of ours.
        passedThrough += [argument, value]
      } else if Self.placeOptions.contains(name) {
        guard let value = attached ?? rest.popFirst() else {
          throw CommandError.missingValue(option: name)
        }
        let place = URL(
          fileURLWithPath: value, relativeTo: URL(fileURLWithPath: workingDirectory)
        ).standardizedFileURL.path
        if name == "--package-path" { package = place } else { scratch = place }
      } else if Self.resolutionOptionsWithValue.contains(name) {
        let option = attached == nil ? [argument] + rest.prefix(1) : [argument]
        if attached == nil { rest = rest.dropFirst() }
        passedThrough += option
        resolution += option
      } else {
        try Self.refuse(name, value: attached ?? rest.first)
        passedThrough.append(argument)
        if Self.resolutionFlags.contains(argument) { resolution.append(argument) }
      }
    }
    packageFolder = try Self.findPackage(
      from: package ?? workingDirectory, mayBeAbove: package == nil)
    // '.build' is in everybody's .gitignore, goes with 'swift package reset', and is no place where
    // SwiftPM looks for sources.
    scratchFolder = scratch ?? packageFolder + "/.build/lockstep"
    self.passedThrough = passedThrough
    self.resolution = resolution
  }

  /// What the person gave for an option that is passed through, under either of its names.
  func value(of names: String...) -> String? { names.flatMap(values).last }

  /// The same of an option that may be repeated.
  func values(of name: String) -> [String] {
    passedThrough.indices.compactMap { index in
      let (option, attached) = Self.split(passedThrough[index])
      guard option == name else { return nil }
      return attached ?? passedThrough[(index + 1)...].first
    }
  }

  private static func split(_ argument: String) -> (name: String, value: String?) {
    guard argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") else {
      return (argument, nil)
    }
    return (String(argument[..<equals]), String(argument[argument.index(after: equals)...]))
  }

  private static func refuse(_ option: String, value: String?) throws {
    switch (option, value) {
    case ("--sanitize", let name?): throw CommandError.otherSanitizer(name)
    case ("--build-system", let name?) where name != "native":
      throw CommandError.otherBuildSystem(name)
    default: break
    }
  }

  private static func findPackage(from folder: String, mayBeAbove: Bool) throws -> String {
    var candidate = URL(fileURLWithPath: folder).standardizedFileURL
    while true {
      let manifest = candidate.appendingPathComponent("Package.swift").path
      if FileManager.default.fileExists(atPath: manifest) { return candidate.path }
      guard mayBeAbove, candidate.path != "/" else {
        throw CommandError.noPackage(folder: folder)
      }
      candidate.deleteLastPathComponent()
    }
  }

  private static let placeOptions: Set = ["--package-path", "--scratch-path", "--build-path"]
  private static let optionsForOneTool: Set = [
    "-Xswiftc", "-Xcc", "-Xcxx", "-Xlinker", "-Xmanifest", "-Xbuild-tools-swiftc",
  ]
  private static let informationOptions: Set = [
    "-l", "--list-tests", "--show-codecov-path", "--show-code-coverage-path",
    "--show-coverage-path", "--show-bin-path",
  ]
  private static let resolutionOptionsWithValue: Set = [
    "--cache-path", "--config-path", "--security-path", "--netrc-file", "--traits",
    "--default-registry-url", "--resolver-fingerprint-checking",
    "--resolver-signing-entity-checking", "--swift-sdks-path",
  ]
  private static let resolutionFlags: Set = [
    "--disable-sandbox", "--netrc", "--enable-netrc", "--disable-netrc", "--skip-update",
    "--force-resolved-versions", "--disable-automatic-resolution",
    "--only-use-versions-from-resolved-file", "--disable-scm-to-registry-transformation",
    "--use-registry-identity-for-scm", "--replace-scm-with-registry",
    "--disable-dependency-cache", "--enable-all-traits", "--disable-default-traits",
  ]
}
