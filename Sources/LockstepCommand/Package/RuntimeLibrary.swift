import Foundation

/// A library of ours that other programs load, by LD_PRELOAD, without being recompiled.
///
/// It is looked for where it cannot be of another build than this command: as the object files that
/// SwiftPM leaves beside its executables, since `swift run` and `swift build --product lockstep`
/// build those and not the library; then as a library beside the command, and then where an
/// installation has it. What is linked here of C alone needs libc alone, while SwiftPM links
/// libswiftCore into every library.
struct RuntimeLibrary: Equatable {
  /// The product: `lib` and `.so` come around it.
  let name: String
  /// The targets whose object files make up the library; the command depends on them.
  let targets: [String]
  /// Swift's libraries that it may need; none for what is C alone.
  ///
  /// Modules ask for more than is used of them, and `swiftc` links all that: each library that the
  /// runtime needs would be copied into every process of a program's executions.
  var swiftLibraries: [String] = []

  /// What `lockstep run` puts into a program.
  static let watch = RuntimeLibrary(name: "LockstepWatch", targets: ["CLockstepWatch"])
  /// What explores the program that it is put into.
  static let runtime = RuntimeLibrary(
    name: "LockstepRuntime",
    targets: [
      "CLockstepRuntime", "LockstepEngine", "LockstepReport", "LockstepProbe",
      "LockstepExploration",
    ],
    swiftLibraries: [
      "swiftCore", "swift_Concurrency", "swiftSynchronization", "swiftGlibc",
      "swiftSwiftOnoneSupport",
    ])
  /// What has the tests of a bundle explored that the runtime was put into: what of Lockstep needs
  /// Swift Testing, which other programs are not to load.
  static let testing = RuntimeLibrary(
    name: "LockstepTesting", targets: ["Lockstep"],
    swiftLibraries: ["swiftCore", "swift_Concurrency", "Testing", "swiftSwiftOnoneSupport"])

  var fileName: String { "lib\(name).so" }

  /// What has a compiler link a program to the library that is in a folder, and look for it there.
  func linkFlags(folder: String) -> [String] {
    ["-L\(folder)", "-l\(name)", "-Xlinker", "-rpath", "-Xlinker", folder]
  }

  /// The library's path, after linking it if need be.
  ///
  /// - Parameters:
  ///   - folder: where the command is.
  ///   - cache: where to link to when `folder` is not writable or its name cannot be preloaded.
  ///   - toolchain: asked for only when something is to be linked.
  /// - Returns: a path that LD_PRELOAD takes.
  /// - Throws: `CommandError` when there is no such library, or when it cannot be linked.
  func locate(
    beside folder: String = commandFolder, cache: String = userCache,
    toolchain: () throws -> Toolchain = { try Toolchain.find() }
  ) throws -> String {
    let path = try find(beside: folder, cache: cache, toolchain: toolchain)
    guard Self.canBePreloaded(path) else { throw CommandError.notPreloadable(path: path) }
    return path
  }

  private func find(
    beside folder: String, cache: String, toolchain: () throws -> Toolchain
  ) throws -> String {
    let objects = objectFiles(beside: folder)
    if !objects.isEmpty {
      return try linked(from: objects, beside: folder, cache: cache, toolchain: toolchain)
    }
    let candidates = ["\(folder)/\(fileName)", "\(folder)/../lib/lockstep/\(fileName)"]
    guard let found = candidates.first(where: { access($0, R_OK) == 0 }) else {
      throw CommandError.noRuntimeLibrary(self, folder: folder)
    }
    return URL(fileURLWithPath: found).standardizedFileURL.path
  }

  /// The dynamic linker takes a space or a colon as the end of a path: see ld.so(8), LD_PRELOAD.
  static func canBePreloaded(_ path: String) -> Bool {
    !path.contains { " :\t\n".contains($0) }
  }

  /// Sources may lie in folders of their own, and so may what they were compiled to.
  private func objectFiles(beside folder: String) -> [String] {
    let files = targets.map { target in
      let build = "\(folder)/\(target).build"
      let files = FileManager.default.enumerator(atPath: build)?.compactMap { $0 as? String } ?? []
      let sources = Self.sources(ofModule: build)
      return files.filter { file in
        guard file.hasSuffix(".swift.o"), let sources else { return file.hasSuffix(".o") }
        return sources.contains(file.dropLast(2))
      }.sorted().map { "\(build)/\($0)" }.filter(Self.sourceExists)
    }
    // All of them or none: a part of the library is none.
    return files.contains(where: \.isEmpty) ? [] : files.flatMap(\.self)
  }

  /// The names of a Swift module's sources, as SwiftPM lists them.
  ///
  /// It leaves the object files of others where they are. Nil for a module in C.
  private static func sources(ofModule folder: String) -> Set<Substring>? {
    guard let list = try? String(contentsOfFile: folder + "/sources", encoding: .utf8) else {
      return nil
    }
    return Set(
      list.split(separator: "\n").compactMap { path in
        path.split(whereSeparator: { "/'\"".contains($0) }).last
      })
  }

  /// SwiftPM leaves the object file when its source was renamed or removed.
  ///
  /// The compiler's list of dependencies, `NAME: SOURCE \`, tells; without one the object counts.
  private static func sourceExists(object: String) -> Bool {
    guard let list = try? String(contentsOfFile: object.dropLast(1) + "d", encoding: .utf8),
      let names = list.firstRange(of: ": ")
    else { return true }
    let source = list[names.upperBound...].replacingOccurrences(of: "\\ ", with: "\0")
      .split(whereSeparator: { " \\\n".contains($0) }).first
    guard let source else { return true }
    return access(source.replacingOccurrences(of: "\0", with: " "), F_OK) == 0
  }

  /// Named by what it is made of: an old one is never taken for a new one.
  private func linked(
    from objects: [String], beside folder: String, cache: String, toolchain: () throws -> Toolchain
  ) throws -> String {
    // Under its own name, by which programs that are linked to it look for it.
    let build = try hash(of: objects)
    let places = ["\(folder)/lockstep-libraries/\(build)", "\(cache)/\(build)"]
      .filter(Self.canBePreloaded)
    let known = places.map { $0 + "/" + fileName }
    if let path = known.first(where: { access($0, R_OK) == 0 }) { return path }
    guard let place = places.first(where: Self.isWritableFolder) else {
      throw CommandError.notPreloadable(path: places.last ?? cache)
    }
    let path = "\(place)/\(fileName)"
    // Several commands may link at the same time: each writes a file of its own, and each renames a
    // whole library into place.
    let temporary = "\(path).\(getpid())"
    defer { unlink(temporary) }
    let binaries = try toolchain().binaries
    let (outcome, _) = try ChildProcess.run(
      "\(binaries)/clang",
      arguments: ["-shared", "-o", temporary, "-Wl,-soname,\(fileName)", "-Wl,--as-needed"]
        + objects + swiftFlags(binaries: binaries) + ["-lpthread", "-ldl", "-lm"],
      standardOutput: .standardError)
    if let interruption = outcome.interruption { throw interruption }
    guard outcome.isSuccess, rename(temporary, path) == 0 else {
      throw CommandError.cannotLinkLibrary(self)
    }
    return path
  }

  /// What has Swift's libraries found, when linking and when running, and its metadata registered.
  private func swiftFlags(binaries: String) -> [String] {
    guard !swiftLibraries.isEmpty else { return [] }
    let folder = "\(binaries)/../lib/swift/linux"
    return ["\(folder)/x86_64/swiftrt.o", "-L\(folder)", "-Wl,-rpath,\(folder)"]
      + swiftLibraries.map { "-l\($0)" }
  }

  private static func isWritableFolder(_ folder: String) -> Bool {
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return access(folder, W_OK | X_OK) == 0
  }

  /// FNV-1a of the files' names, sizes and times, and of what they are linked to: no defence, only a
  /// name.
  private func hash(of files: [String]) throws -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func add(_ text: String) {
      for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    for file in files {
      var status = stat()
      guard stat(file, &status) == 0 else { throw CommandError.unreadableObject(path: file) }
      add("\(file) \(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)")
    }
    for library in swiftLibraries { add(library) }
    return String(hash, radix: 16)
  }

  /// The folder of the running command, behind all links.
  static var commandFolder: String {
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: executable).deletingLastPathComponent().path
  }

  /// `~/.cache/lockstep`, or where XDG_CACHE_HOME says.
  static var userCache: String {
    let environment = ProcessInfo.processInfo.environment
    if let folder = environment["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return folder + "/lockstep"
    }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/lockstep"
  }
}
