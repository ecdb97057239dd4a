import Foundation
import LockstepTerminal
import LockstepReport
@preconcurrency import LockstepExploration

/// gdb, looking at the process that carries out a schedule again.
struct Debugger {
  private let path: String
  /// What it is to do after it has stopped; with none, a person tells it.
  private let commands: [String]
  private let isInteractive: Bool

  /// The threads are the kernel's; of those that the C library thinks are there, none is.
  private static let kernelThreads = "set libthread-db-search-path /nonexistent"

  /// - Parameters:
  ///   - commands: what it does after it has stopped, and then ends; where a terminal is missing, too.
  ///   - searchPath: the variable PATH.
  /// - Throws: `CommandError` when it is not installed.
  init(
    commands: [String],
    searchPath: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
  ) throws {
    guard let path = Toolchain.locate("gdb", path: searchPath) else {
      throw CommandError.noDebugger()
    }
    self.path = path
    isInteractive = commands.isEmpty && isatty(STDIN_FILENO) != 0
    self.commands = commands.isEmpty && !isInteractive ? ["backtrace"] : commands
  }

  /// Shows a process, from where it is to stop on, until the person has seen enough.
  ///
  /// - Throws: `CommandError` when it was not let.
  func show(_ process: Int32, stoppingAt stop: DebuggerStop) throws {
    let script = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-\(getpid()).gdb").path
    try? Self.walk(to: stop.address).write(toFile: script, atomically: true, encoding: .utf8)
    defer { unlink(script) }
    var start = ProgramStart(
      path: path, arguments: [path] + arguments(process, stop, script: script),
      environment: ProgramStart.environment(with: [:]))
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(nothing) }
    if !isInteractive { start.descriptors = [(nothing, STDIN_FILENO)] }
    let code = try ChildProcess.waiting(for: start)
    guard code == 0 else { throw CommandError.debuggerFailed(code: code) }
  }

  private func arguments(_ process: Int32, _ stop: DebuggerStop, script: String) -> [String] {
    var words = ["--quiet"]
    if !isInteractive { words.append("--batch") }
    words += ["-iex", Self.kernelThreads, "-iex", "set pagination off"]
    words += ["--pid", "\(process)", "-ex", "break lks_debuggerStop", "-ex", "continue"]
    words += ["-x", script]
    // Of Swift's line tables gdb takes the beginnings of statements alone, and may know no line here.
    if let place = stop.location { words += ["-ex", "list \(place.file):\(place.line)"] }
    words += ["-ex", "frame"]
    for command in isInteractive ? ["set pagination on"] : commands { words += ["-ex", command] }
    return words
  }

  /// Commands that select the frame whose call has a program counter, as far out as it takes.
  private static func walk(to address: UInt) -> String {
    address == 0 ? "" : "while $pc != \(address)\n  up-silently\nend\n"
  }
}
