import Foundation

/// A build of source files that belong to no package.
struct LooseBuild {
  let sources: [String]
  let output: String
  /// Everything else that the person said, for the compilers.
  let options: [String]

  private static let swift: Set = ["swift"]
  private static let c: Set = ["c", "i"]
  private static let cxx: Set = ["cc", "cpp", "cxx", "c++", "C", "ii"]

  /// Nil when no argument is a source file.
  ///
  /// - Throws: `CommandError` when a file is missing, or `-o` has no value.
  init?(arguments: [String]) throws {
    var sources: [String] = []
    var output: String?
    var options: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "-o" {
        guard let value = rest.popFirst() else { throw CommandError.missingValue(option: "-o") }
        output = value
      } else if !argument.hasPrefix("-"), Self.isSource(argument) {
        sources.append(argument)
      } else {
        options.append(argument)
      }
    }
    guard let first = sources.first else { return nil }
    for source in sources where !FileManager.default.isReadableFile(atPath: source) {
      throw CommandError.noSource(path: source)
    }
    self.sources = sources
    self.output =
      output ?? URL(fileURLWithPath: first).deletingPathExtension().lastPathComponent
    self.options = options
  }

  private static func isSource(_ file: String) -> Bool {
    let kind = URL(fileURLWithPath: file).pathExtension
    return swift.contains(kind) || c.contains(kind) || cxx.contains(kind)
  }

  private func files(of kinds: Set<String>) -> [String] {
    sources.filter { kinds.contains(URL(fileURLWithPath: $0).pathExtension) }
  }

  /// Compiles and links.
  ///
  /// - Throws: `ExitStatus.toolError` after the compilers said why.
  func run() throws {
    let toolchain = try Toolchain.find()
    let library = try RuntimeLibrary.runtime.locate(toolchain: { toolchain })
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "lockstep-build-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    var objects: [String] = []
    for (index, source) in (files(of: Self.c) + files(of: Self.cxx)).enumerated() {
      let object = folder.appendingPathComponent("\(index).o").path
      // Gold, which reads no DWARF 5, ends by an internal error where it is to name a line.
      let isC = Self.c.contains(URL(fileURLWithPath: source).pathExtension)
      let outcome = try TwoStepCompilation(
        of: source, to: object,
        options: ["-gdwarf-4"] + compilationOptions + ["-fPIC"] + ClangCompilation.instrumentation
      ).run(by: "\(toolchain.binaries)/\(isC ? "clang" : "clang++")")
      guard outcome.isSuccess else { throw outcome.interruption ?? ExitStatus.toolError }
      objects.append(object)
    }
    let mark = folder.appendingPathComponent("mark.c").path
    try BuildMark.source.write(toFile: mark, atomically: true, encoding: .utf8)
    let markObject = folder.appendingPathComponent("mark.o").path
    try compile(["-c", mark, "-o", markObject], by: "clang", of: toolchain)
    let runtime = RuntimeLibrary.runtime.linkFlags(
      folder: URL(fileURLWithPath: library).deletingLastPathComponent().path)
    try link(objects + [markObject], runtime: runtime, with: toolchain)
    try OwnNames.hide(in: output)
  }

  private func link(_ objects: [String], runtime: [String], with toolchain: Toolchain) throws {
    let swift = files(of: Self.swift)
    if swift.isEmpty {
      let compiler = files(of: Self.cxx).isEmpty ? "clang" : "clang++"
      try compile(
        objects + ["-o", output] + options + runtime + ["-lpthread"], by: compiler, of: toolchain)
    } else {
      let cxx = files(of: Self.cxx).isEmpty ? [] : ["-lstdc++"]
      try compile(
        ["-g"] + options + (declaresMain(swift) ? ["-parse-as-library"] : [])
          + ["-emit-executable", "-o", output]
          + SwiftCompilation.instrumentationFlags
          + swift + objects + runtime + cxx,
        by: "swiftc", of: toolchain)
    }
  }

  /// Whether a file that is the only one has an `@main`: alone, it is taken for top-level code otherwise.
  private func declaresMain(_ swift: [String]) -> Bool {
    guard swift.count == 1, !options.contains("-parse-as-library"),
      URL(fileURLWithPath: swift[0]).lastPathComponent != "main.swift",
      let text = try? String(contentsOfFile: swift[0], encoding: .utf8)
    else { return false }
    return text.split(whereSeparator: \.isNewline).contains { line in
      line.drop(while: \.isWhitespace).prefix { !$0.isWhitespace } == "@main"
    }
  }

  /// What is for the linker alone would be warned of.
  private var compilationOptions: [String] {
    options.filter { !$0.hasPrefix("-l") && !$0.hasPrefix("-L") && !$0.hasPrefix("-Wl,") }
  }

  private func compile(_ arguments: [String], by compiler: String, of toolchain: Toolchain) throws {
    let outcome = try ChildProcess.run(
      "\(toolchain.binaries)/\(compiler)", arguments: arguments, standardOutput: .standardError
    ).outcome
    guard outcome.isSuccess else { throw outcome.interruption ?? ExitStatus.toolError }
  }
}
