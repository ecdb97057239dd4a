import Foundation

/// A folder with compilers that are this program, and what they need, in the scratch path.
///
/// SwiftPM finds the compilers by a toolset file. Their path is part of every command that SwiftPM
/// remembers, and it holds a hash of the rules: other rules build everything anew, the same rules
/// nothing.
struct CompilerFolder {
  /// The toolset file for SwiftPM's option `--toolset`.
  let toolset: String

  /// Counts up when what a compilation or a link gets or does changes.
  private static let revision = 8

  /// Makes the folder where it is not there yet.
  ///
  /// - Throws: `CommandError` when it cannot be written, or when its C code does not compile.
  static func prepare(
    in scratch: String, rules: InstrumentationRules, toolchain: Toolchain
  ) throws -> CompilerFolder {
    let folder = "\(scratch)/instrumentation/\(try name(for: rules))"
    let result = CompilerFolder(toolset: "\(folder)/toolset.json")
    do {
      if !FileManager.default.fileExists(atPath: folder) {
        // Made beside its place and moved there whole: a second `lockstep` may be doing the same.
        let draft = "\(folder).\(ProcessInfo.processInfo.processIdentifier)"
        try write(rules: rules, to: draft, destination: folder)
        if rename(draft, folder) != 0 { try FileManager.default.removeItem(atPath: draft) }
      }
      try linkCompilers(in: folder)
      try link(
        "\(folder)/lib/\(RuntimeLibrary.runtime.fileName)",
        to: try RuntimeLibrary.runtime.locate(toolchain: { toolchain }))
    } catch let error as CommandError {
      throw error
    } catch {
      throw CommandError.cannotWrite(path: folder, reason: error.localizedDescription)
    }
    return result
  }

  /// - Throws: `CommandError` when the folder's rules cannot be read.
  static func rules(in folder: String) throws -> InstrumentationRules {
    let path = "\(folder)/rules.json"
    do {
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      return try JSONDecoder().decode(InstrumentationRules.self, from: data)
    } catch {
      throw CommandError.unreadableRules(path: path, reason: error.localizedDescription)
    }
  }

  private static func write(
    rules: InstrumentationRules, to draft: String, destination: String
  ) throws {
    for folder in ["bin", "lib"] {
      try FileManager.default.createDirectory(
        atPath: "\(draft)/\(folder)", withIntermediateDirectories: true)
    }
    try compile(StartMark.source, to: "\(draft)/start-mark", with: rules)
    try compile(BuildMark.source, to: "\(draft)/build-mark", with: rules)
    var complete = rules
    complete.runtimeFolder = "\(destination)/lib"
    complete.buildMark = "\(destination)/build-mark.o"
    complete.startMark = "\(destination)/start-mark.o"
    try encode(complete).write(to: URL(fileURLWithPath: "\(draft)/rules.json"))
    let bin = "\(destination)/bin"
    let toolset = Toolset(
      rootPath: bin, swiftCompiler: .init(path: "swiftc"), cCompiler: .init(path: "clang"),
      cxxCompiler: .init(path: "clang++"))
    try encode(toolset).write(to: URL(fileURLWithPath: "\(draft)/toolset.json"))
  }

  private static func compile(
    _ source: String, to path: String, with rules: InstrumentationRules
  ) throws {
    try Data(source.utf8).write(to: URL(fileURLWithPath: "\(path).c"))
    try runTool(
      "\(rules.realCompilers)/clang",
      ["-O2", "-fPIC", "-c", "\(path).c", "-o", "\(path).o"])
  }

  private static func runTool(_ program: String, _ arguments: [String]) throws {
    let (outcome, output) = try ChildProcess.run(
      program, arguments: arguments, standardOutput: .captured)
    guard outcome.isSuccess else {
      throw CommandError.cannotCompileSupport(reason: String(decoding: output, as: UTF8.self))
    }
  }

  /// The links point to this very program, which may lie elsewhere than last time.
  private static func linkCompilers(in folder: String) throws {
    let ourselves = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    for tool in [CompilerShim.Tool.swiftc, .clang, .clangxx] {
      try link("\(folder)/bin/\(tool.rawValue)", to: ourselves)
    }
  }

  private static func link(_ path: String, to destination: String) throws {
    guard (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != destination
    else { return }
    let draft = "\(path).\(ProcessInfo.processInfo.processIdentifier)"
    try FileManager.default.createSymbolicLink(atPath: draft, withDestinationPath: destination)
    guard rename(draft, path) == 0 else {
      throw CommandError.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
  }

  private static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(value)
  }

  private static func name(for rules: InstrumentationRules) throws -> String {
    let text = "\(revision)\(StartMark.source)\(BuildMark.source)"
    // FNV-1a: the same in every process, unlike `Hasher`.
    let hash = (Data(text.utf8) + (try encode(rules))).reduce(into: 0xcbf2_9ce4_8422_2325) {
      (hash: inout UInt64, byte: UInt8) in
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 16)
  }

  private struct Toolset: Encodable {
    struct Tool: Encodable { var path: String }
    var schemaVersion = "1.0"
    var rootPath: String
    var swiftCompiler: Tool
    var cCompiler: Tool
    var cxxCompiler: Tool
  }
}
