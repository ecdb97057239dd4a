import Foundation
import Testing

@testable import LockstepCommand

@Suite struct `Libraries that are put into programs` {
  private struct NotAsked: Error {}

  /// A build folder as SwiftPM leaves it, with the object file of one C function.
  private final class BuildFolder {
    let root = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-library-\(UUID().uuidString)")
    let library = RuntimeLibrary(name: "Answer", targets: ["CAnswer"])
    let path: String
    var cache: String { root.path + "/cache" }

    init(named name: String = "bin") throws {
      path = root.path + "/" + name
      try FileManager.default.createDirectory(
        atPath: path + "/CAnswer.build/deeper", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func compile(_ file: String, returning value: Int, function: String = "answer") throws {
      let source = "\(root.path)/\((file as NSString).lastPathComponent)"
      try "int \(function)(void) { return \(value); }".write(
        toFile: source, atomically: true, encoding: .utf8)
      let object = "\(path)/CAnswer.build/\(file)"
      let (outcome, _) = try ChildProcess.run(
        "\(Toolchain.find().binaries)/clang",
        arguments: [
          "-fPIC", "-x", "c", "-c", source, "-o", object + ".o", "-MD", "-MT", "dependencies",
          "-MF", object + ".d",
        ])
      try #require(outcome.isSuccess)
    }

    func locate() throws -> String {
      try library.locate(beside: path, cache: cache)
    }

    func locateWithoutLinking() throws -> String {
      try library.locate(beside: path, cache: cache, toolchain: { throw NotAsked() })
    }
  }

  private func call(_ function: String, in path: String) throws -> Int32 {
    let handle = try #require(dlopen(path, RTLD_NOW | RTLD_LOCAL))
    let symbol = try #require(dlsym(handle, function))
    return unsafeBitCast(symbol, to: (@convention(c) () -> Int32).self)()
  }

  @Test func `are linked from SwiftPM's object files, once for each content`() throws {
    let folder = try BuildFolder()
    try folder.compile("answer.c", returning: 42)
    try folder.compile("deeper/other.c", returning: 7, function: "other")
    let first = try folder.locate()
    #expect(try call("answer", in: first) == 42)
    #expect(try call("other", in: first) == 7)
    #expect(try folder.locateWithoutLinking() == first)

    try folder.compile("answer.c", returning: 43)
    let second = try folder.locate()
    #expect(second != first)
    #expect(try call("answer", in: second) == 43)
  }

  @Test func `leave out object files whose source is gone`() throws {
    let folder = try BuildFolder()
    try folder.compile("new.c", returning: 1)
    try folder.compile("old.c", returning: 2)  // Defines the same function: would not link.
    try FileManager.default.removeItem(atPath: folder.root.path + "/old.c")
    #expect(try call("answer", in: folder.locate()) == 1)
  }

  @Test func `go to the cache where the build folder's name has a space`() throws {
    let folder = try BuildFolder(named: "a bin")
    try folder.compile("answer.c", returning: 42)
    let path = try folder.locate()
    #expect(path.hasPrefix(folder.cache + "/"))
    #expect(try call("answer", in: path) == 42)
  }

  @Test func `are linked without object files of Swift sources that are gone`() throws {
    let folder = try BuildFolder()
    try folder.compile("Kept.swift", returning: 1)
    try folder.compile("Gone.swift", returning: 2)
    let build = folder.path + "/CAnswer.build/"
    for file in ["Kept.swift", "Gone.swift"] {
      try FileManager.default.removeItem(atPath: build + file + ".d")
    }
    try "'/an app/Sources/Answer/Kept.swift'\n".write(
      toFile: build + "sources", atomically: true, encoding: .utf8)
    #expect(try call("answer", in: folder.locate()) == 1)
  }

  @Test func `are found beside the command, and where an installation has them`() throws {
    let folder = try BuildFolder()
    let installed = folder.root.path + "/lib/lockstep/libAnswer.so"
    try FileManager.default.createDirectory(
      atPath: folder.root.path + "/lib/lockstep", withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: installed))
    #expect(try folder.locateWithoutLinking() == installed)
    let beside = folder.path + "/libAnswer.so"
    try Data().write(to: URL(fileURLWithPath: beside))
    #expect(try folder.locateWithoutLinking() == beside)
  }

  @Test func `that cannot be linked are named, and leave nothing behind`() throws {
    let folder = try BuildFolder()
    try folder.compile("answer.c", returning: 42)
    try folder.compile("other.c", returning: 7)  // Defines the same function: does not link.
    let error = #expect(throws: CommandError.self) { try folder.locate() }
    #expect(
      error?.description == """
        the toolchain's clang must link 'libAnswer.so'; see its error above, or build Lockstep anew
        """)
    let files = FileManager.default.enumerator(atPath: folder.root.path)?.compactMap {
      $0 as? String
    }
    #expect(files?.contains { $0.contains("libAnswer") } == false)
    try FileManager.default.removeItem(atPath: folder.root.path + "/other.c")
    #expect(try call("answer", in: folder.locate()) == 42)
  }

  @Test func `that are nowhere are named, with what builds them`() throws {
    let folder = try BuildFolder()
    let error = #expect(throws: CommandError.self) { try folder.locateWithoutLinking() }
    #expect(
      error?.description == """
        'libAnswer.so' must be beside 'lockstep' in '\(folder.path)' or in '../lib/lockstep' from \
        there; install both by 'Scripts/install PREFIX' in a clone of Lockstep
        """)
  }

  @Test func `are those of this build`() throws {
    let folder = URL(fileURLWithPath: BuiltCommand.path).deletingLastPathComponent().path
    for library in [RuntimeLibrary.watch, .runtime, .testing] {
      let path = try library.locate(beside: folder)
      #expect(FileManager.default.isReadableFile(atPath: path))
    }
    let handle = try #require(
      dlopen(RuntimeLibrary.watch.locate(beside: folder), RTLD_NOW | RTLD_LOCAL))
    for function in ["pthread_mutex_lock", "sem_wait", "dispatch_sync", "syscall"] {
      #expect(dlsym(handle, function) != nil)
    }
  }

  @Test func `bring nothing of Swift into a program that is only watched`() throws {
    let needs = try needs(of: .watch)
    #expect(needs.contains { $0.hasPrefix("libc.so") })
    #expect(!needs.contains { $0.hasPrefix("libswift") })
  }

  @Test func `bring no more of Swift into explored programs than the runtime uses`() throws {
    // Those of the last line come with libswift_Concurrency.
    let known: Set = [
      "libswiftCore.so", "libswift_Concurrency.so", "libswiftSynchronization.so",
      "libswiftGlibc.so", "libswiftSwiftOnoneSupport.so",
      "libswift_Builtin_float.so", "libdispatch.so", "libBlocksRuntime.so",
    ]
    let needs = try needs(of: .runtime)
    #expect(needs.contains("libswiftCore.so"))
    #expect(needs.filter { $0.hasSuffix(".so") }.isSubset(of: known))
  }

  @Test func `bring Swift Testing into bundles of tests alone, and no second runtime`() throws {
    let needs = try needs(of: .testing)
    #expect(needs.contains("libTesting.so"))
    #expect(!needs.contains("libLockstepRuntime.so"))
  }

  /// The names of all libraries that one has the dynamic linker load.
  private func needs(of library: RuntimeLibrary) throws -> Set<String> {
    let folder = URL(fileURLWithPath: BuiltCommand.path).deletingLastPathComponent().path
    let (outcome, output) = try ChildProcess.run(
      "/usr/bin/env", arguments: ["ldd", library.locate(beside: folder)],
      standardOutput: .captured)
    try #require(outcome.isSuccess)
    let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
    return Set(
      lines.compactMap { $0.split(whereSeparator: { " \t".contains($0) }).first.map(String.init) })
  }
}
