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

  static func noRuntimeLibrary(_ library: RuntimeLibrary, folder: String) -> Self {
    Self(
      description: """
        '\(library.fileName)' must be beside 'lockstep' in '\(folder)' or in '../lib/lockstep' from \
        there; install both by 'Scripts/install PREFIX' in a clone of Lockstep
        """)
  }

  static func cannotLinkLibrary(_ library: RuntimeLibrary) -> Self {
    Self(
      description: """
        the toolchain's clang must link '\(library.fileName)'; see its error above, or build \
        Lockstep anew
        """)
  }

  static func unreadableObject(path: String) -> Self {
    Self(description: "object file '\(path)' must be readable; build 'lockstep' again")
  }

  static func notPreloadable(path: String) -> Self {
    Self(
      description: """
        a library that programs load must lie in a folder that can be written and whose path has no \
        space and no colon, and '\(path)' does not; move it, or set XDG_CACHE_HOME
        """)
  }

  static func noProgram(name: String) -> Self {
    Self(description: "'\(name)' must be a program's path or a name that PATH leads to")
  }

  static func notExecutable(path: String) -> Self {
    Self(
      description: """
        '\(path)' must be a program that may be executed; 'chmod +x' it, or name its interpreter first
        """)
  }

  static func noInterpreter(path: String, interpreter: String) -> Self {
    Self(
      description: """
        script '\(path)' names '\(interpreter)' in its first line, which must exist; correct the line
        """)
  }

  static func programEndedEarly(name: String, how: String, output: String) -> Self {
    let wrote = output.isEmpty ? "" : "; it wrote:\n\(output)"
    return Self(
      description: "'\(name)' must come to its 'main' to be explored, and \(how) before\(wrote)")
  }

  static func explorationFailed(name: String, reason: String) -> Self {
    Self(description: "'\(name)' could not be explored: \(reason)")
  }

  static func noMemoryForInput(reason: String) -> Self {
    Self(description: "standard input is kept for all executions (\(reason)); free some memory")
  }

  static func noSource(path: String) -> Self {
    Self(description: "source file '\(path)' must exist and be readable; check its path")
  }

  static func noSchedule(path: String) -> Self {
    Self(
      description: """
        a schedule is a file that 'lockstep check' wrote, or a token that it printed, and '\(path)' is \
        neither or is cut short; copy it again
        """)
  }

  static func otherScheduleVersion(path: String) -> Self {
    Self(
      description: """
        '\(path)' must be of version \(ScheduleFile.version), which this 'lockstep' writes and reads; \
        explore again for a new one
        """)
  }

  static func unreadableSchedule(path: String, reason: String) -> Self {
    Self(description: "schedule '\(path)' must be readable (\(reason)); check its path")
  }

  static func unwritableSchedule(path: String, reason: String) -> Self {
    Self(
      description: """
        schedules are kept, and '\(path)' could not be written (\(reason)); give another '--schedules'
        """)
  }

  static func noDebugger() -> Self {
    Self(
      description: """
        '--debugger' needs gdb, and PATH leads to none; install it, or leave the option out
        """)
  }

  static func debuggerFailed(code: Int32) -> Self {
    Self(
      description: """
        gdb ended with exit code \(code): it must be allowed to trace this user's processes, and the \
        commands given to it must be right; see its messages above
        """)
  }

  static let replayNeedsProgram = Self(
    description: "a token does not say which program it is of; give the program after it")

  static func cannotWatch(reason: String) -> Self {
    Self(description: "watching a program takes memory to share with it (\(reason)); free some")
  }

  static func unwritableReport(path: String, reason: String) -> Self {
    Self(description: "report '\(path)' must be writable (\(reason)); give another '--junit'")
  }
}
