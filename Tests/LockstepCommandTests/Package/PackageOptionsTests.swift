import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `Options of swift test` {
  /// A folder with a package in it and a folder below.
  private struct Place: ~Copyable {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-options-\(UUID().uuidString)").standardizedFileURL.path

    init() throws {
      try FileManager.default.createDirectory(
        atPath: path + "/package/Sources", withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path + "/package/Package.swift"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  @Test func `places have defaults`() throws {
    let place = try Place()
    let options = try PackageOptions(arguments: [], workingDirectory: place.path + "/package")
    #expect(options.packageFolder == place.path + "/package")
    #expect(options.scratchFolder == place.path + "/package/.build/lockstep")
  }

  @Test func `the package may be above`() throws {
    let place = try Place()
    let folder = place.path + "/package/Sources"
    let options = try PackageOptions(arguments: [], workingDirectory: folder)
    #expect(options.packageFolder == place.path + "/package")
  }

  @Test func `no package is an error that names the folder`() throws {
    let place = try Place()
    #expect(throws: CommandError.noPackage(folder: place.path)) {
      try PackageOptions(arguments: [], workingDirectory: place.path)
    }
    #expect(throws: CommandError.noPackage(folder: place.path + "/package/Sources")) {
      try PackageOptions(
        arguments: ["--package-path", "package/Sources"], workingDirectory: place.path)
    }
  }

  @Test(arguments: [
    ["--package-path", "package", "--scratch-path", "out"],
    ["--package-path=package", "--build-path=out"],
  ])
  func `places are absolute and not passed through`(arguments: [String]) throws {
    let place = try Place()
    let options = try PackageOptions(
      arguments: arguments + ["--filter", "x"], workingDirectory: place.path)
    #expect(
      options.location
        == ["--package-path", place.path + "/package", "--scratch-path", place.path + "/out"])
    #expect(options.passedThrough == ["--filter", "x"])
  }

  @Test func `everything else is passed through in its order`() throws {
    let place = try Place()
    let arguments = [
      "--filter", "a|b", "-c", "release", "-Xswiftc", "--scratch-path", "-j", "1", "--parallel",
      "--skip-update", "--cache-path", "/c", "--traits=a,b",
    ]
    let options = try PackageOptions(
      arguments: arguments, workingDirectory: place.path + "/package")
    #expect(options.passedThrough == arguments)
    #expect(options.resolution == ["--skip-update", "--cache-path", "/c", "--traits=a,b"])
    #expect(!options.asksOnlyForInformation)
  }

  @Test(arguments: [["list"], ["--list-tests"], ["-l"], ["--show-codecov-path"]])
  func `a question runs no test`(arguments: [String]) throws {
    let place = try Place()
    let folder = place.path + "/package"
    #expect(
      try PackageOptions(arguments: arguments, workingDirectory: folder).asksOnlyForInformation)
  }

  @Test func `what rules instrumentation out is refused`() throws {
    let place = try Place()
    let folder = place.path + "/package"
    #expect(throws: CommandError.otherSanitizer("thread")) {
      try PackageOptions(arguments: ["--sanitize", "thread"], workingDirectory: folder)
    }
    #expect(throws: CommandError.otherBuildSystem("swiftbuild")) {
      try PackageOptions(arguments: ["--build-system=swiftbuild"], workingDirectory: folder)
    }
    _ = try PackageOptions(arguments: ["--build-system", "native"], workingDirectory: folder)
    #expect(throws: CommandError.missingValue(option: "--scratch-path")) {
      try PackageOptions(arguments: ["--scratch-path"], workingDirectory: folder)
    }
  }
}
