import Foundation

/// A program run to its end, in a process group of its own.
///
/// Ctrl-C in a terminal reaches every process of the foreground group. SwiftPM cleans up after the
/// first one it gets and gives up at the second, so it must arrive once: the child has a group of
/// its own, and what comes to us is handed on.
enum ChildProcess {
  enum Output {
    case inherited
    /// To our standard error, so that standard output holds the answer alone.
    case standardError
    case captured
  }

  /// How a child ended.
  struct Outcome: Equatable {
    /// The exit code, or 128 and the signal's number, as shells say it.
    var code: Int32
    /// The signal that we were sent and handed on while the child ran.
    var forwarded: Int32?

    var isSuccess: Bool { code == 0 && forwarded == nil }

    /// The status to exit with when somebody ended the run.
    var interruption: ExitStatus? {
      forwarded.map { ExitStatus(code: 128 + $0) }
    }
  }

  /// Runs `program` with our environment and `environment` on top, and waits for its end.
  ///
  /// - Throws: `CommandError` when the program cannot be started.
  static func run(
    _ program: String, arguments: [String], environment: [String: String] = [:],
    standardOutput: Output = .inherited
  ) throws -> (outcome: Outcome, output: Data) {
    let pipe: (reading: Int32, writing: Int32)? =
      standardOutput == .captured ? try makePipe(for: program) : nil
    var start = ProgramStart(
      path: program, arguments: [program] + arguments,
      environment: ProgramStart.environment(with: environment), hasOwnGroup: true)
    if let output = pipe?.writing ?? (standardOutput == .standardError ? STDERR_FILENO : nil) {
      start.descriptors = [(output, STDOUT_FILENO)]
    }
    let relay = SignalRelay()
    let child: pid_t
    do {
      child = try start.start()
    } catch {
      _ = relay.stop()
      if let pipe {
        close(pipe.reading)
        close(pipe.writing)
      }
      throw error
    }
    relay.start(to: child)
    var output = Data()
    if let pipe {
      close(pipe.writing)
      output = FileHandle(fileDescriptor: pipe.reading, closeOnDealloc: true).readDataToEndOfFile()
    }
    let code = wait(for: child)
    return (Outcome(code: code, forwarded: relay.stop()), output)
  }

  /// Runs a program that has the terminal, and with it ctrl-C, to itself.
  ///
  /// - Returns: its exit code.
  /// - Throws: `CommandError` when it cannot be started.
  static func waiting(for start: ProgramStart) throws -> Int32 {
    // A handler, since a signal that is ignored is ignored by the program, too.
    let former = signal(SIGINT) { _ in }
    defer { signal(SIGINT, former) }
    return wait(for: try start.start())
  }

  private static func makePipe(for program: String) throws -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else {
      throw CommandError.cannotRun(program: program, reason: String(cString: strerror(errno)))
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  private static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
