/// Why the command line could not do what it was asked: exit code 2.
struct CommandError: Error, Equatable, CustomStringConvertible {
  let description: String

  static func noPackage(folder: String) -> Self {
    Self(
      description: """
        a package has a 'Package.swift', and neither '\(folder)' nor a folder above it has one; \
        go to the package or give '--package-path'
        """)
  }

  static func noSwift() -> Self {
    Self(
      description: """
        'swift' and 'swiftc' must be found by PATH; install a Swift 6.3 toolchain or add its \
        'usr/bin' to PATH
        """)
  }

  static func incompleteToolchain(program: String) -> Self {
    Self(
      description: """
        a toolchain has '\(program)'; install a whole Swift toolchain rather than the compiler alone
        """)
  }

  static func unreadableGraph(output: String) -> Self {
    Self(
      description: """
        'swift package show-dependencies' prints one JSON object, but printed '\(output)'; \
        run it in the package to see why
        """)
  }

  static func unresolvedPackage() -> Self {
    Self(description: "the package's dependencies must resolve first; see SwiftPM's error above")
  }

  static func noDependencyOnLockstep(package: String) -> Self {
    Self(
      description: """
        package '\(package)' must depend on Lockstep; add to its Package.swift

          dependencies: [
            .package(url: "https://github.com/OWNER/lockstep", from: "\(Version.current)"),
          ],

        and to the dependencies of the test target

            .product(name: "Lockstep", package: "lockstep"),
        """)
  }

  static func otherSanitizer(_ name: String) -> Self {
    Self(
      description: """
        one program has one runtime for instrumentation, and here it is Lockstep's; \
        leave out '--sanitize \(name)'
        """)
  }

  static func otherBuildSystem(_ name: String) -> Self {
    Self(
      description: """
        instrumentation goes through SwiftPM's native build system; leave out \
        '--build-system \(name)'
        """)
  }

  static func missingValue(option: String) -> Self {
    Self(description: "option '\(option)' takes a value; give it after the option")
  }

  static func cannotRun(program: String, reason: String) -> Self {
    Self(description: "'\(program)' must be a program that can run (\(reason)); check its path")
  }

  static func cannotWrite(path: String, reason: String) -> Self {
    Self(description: "'\(path)' must be writable (\(reason)); give another '--scratch-path'")
  }

  static func cannotCompileSupport(reason: String) -> Self {
    Self(
      description: """
        the toolchain's clang must compile Lockstep's own support code, but said: \(reason)
        """)
  }

  static func unreadableRules(path: String, reason: String) -> Self {
    Self(
      description: """
        '\(path)' tells which modules to instrument, and cannot be read (\(reason)); \
        run 'lockstep build' again
        """)
  }
}
