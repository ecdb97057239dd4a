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
          "-fPIC", "-c", source, "-o", object + ".o", "-MD", "-MT", "dependencies",
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
    for library in [RuntimeLibrary.watch, .runtime] {
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
    let folder = URL(fileURLWithPath: BuiltCommand.path).deletingLastPathComponent().path
    let (outcome, output) = try ChildProcess.run(
      "/usr/bin/env", arguments: ["ldd", RuntimeLibrary.watch.locate(beside: folder)],
      standardOutput: .captured)
    let text = String(decoding: output, as: UTF8.self)
    #expect(outcome.isSuccess && text.contains("libc.so"))
    #expect(!text.contains("libswift"))
  }
}
