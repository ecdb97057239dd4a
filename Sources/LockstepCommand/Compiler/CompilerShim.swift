import Foundation
import LockstepTerminal

/// This program under the name of a compiler: changes the arguments and becomes the real one.
struct CompilerShim {
  enum Tool: String {
    case swiftc
    case clang
    case clangxx = "clang++"
  }

  private let tool: Tool
  private let arguments: [String]
  /// The folder that `CompilerFolder` prepared.
  private let folder: URL

  /// Nil when `commandLine` calls this program by its own name.
  init?(commandLine: [String]) {
    guard let program = commandLine.first else { return nil }
    let url = URL(fileURLWithPath: program)
    guard let tool = Tool(rawValue: url.lastPathComponent) else { return nil }
    self.tool = tool
    arguments = Array(commandLine.dropFirst())
    folder = url.deletingLastPathComponent().deletingLastPathComponent()
  }

  /// Becomes the real compiler, or runs it; comes back from it never.
  func run() -> Never {
    do {
      let rules = try CompilerFolder.rules(in: folder.path)
      let real = "\(rules.realCompilers)/\(tool.rawValue)"
      if tool != .swiftc,
        let steps = ClangCompilation(arguments: arguments, rules: rules).twoSteps
      {
        exit(try steps.run(by: real).code)
      }
      let rewritten = rewrite(by: rules)
      if let program = linkedProgram(by: rules) {
        try link(program, by: real, rewritten)
      }
      _ = withCStrings([real] + rewritten) { execv(real, $0) }
      throw CommandError.cannotRun(program: real, reason: String(cString: strerror(errno)))
    } catch let error as CommandError {
      StandardError.write(Message.error(error))
    } catch {
      StandardError.write(error.localizedDescription)
    }
    exit(ExitStatus.toolError.rawValue)
  }

  /// Waits for the compiler, for what is done with the program that it links.
  private func link(_ program: String, by compiler: String, _ arguments: [String]) throws -> Never {
    let outcome = try ChildProcess.run(compiler, arguments: arguments).outcome
    if outcome.isSuccess { try OwnNames.hide(in: program) }
    exit(outcome.interruption?.rawValue ?? outcome.code)
  }

  private func linkedProgram(by rules: InstrumentationRules) -> String? {
    tool == .swiftc ? swiftCompilation(by: rules).linkedProgram : nil
  }

  private func swiftCompilation(by rules: InstrumentationRules) -> SwiftCompilation {
    SwiftCompilation(
      arguments: arguments, rules: rules, readResponseFile: Self.lines,
      reorderResponseFile: Self.reorder)
  }

  private func rewrite(by rules: InstrumentationRules) -> [String] {
    switch tool {
    case .swiftc:
      swiftCompilation(by: rules).rewritten
    case .clang, .clangxx:
      ClangCompilation(arguments: arguments, rules: rules).rewritten
    }
  }

  /// Writes the lines of a response file for which a predicate holds behind the others, beside it.
  private static func reorder(_ file: String, last: (String) -> Bool) -> String {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return file }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    let ordered = lines.filter { !last($0) } + lines.filter(last)
    let name = file + ".ordered"
    do {
      try (ordered.joined(separator: "\n") + "\n").write(
        toFile: name, atomically: true, encoding: .utf8)
      return name
    } catch {
      StandardError.write(Message.unordered(file: file, reason: error.localizedDescription))
      return file
    }
  }

  /// The arguments in a response file, which SwiftPM writes one a line, quoted where needed.
  private static func lines(of file: String) -> [String] {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return [] }
    return text.split(whereSeparator: \.isNewline).map { line in
      line.trimmingCharacters(in: CharacterSet(charactersIn: "'\" "))
        .replacingOccurrences(of: "\\", with: "")
    }
  }
}
