import Foundation

/// The program that a person runs, as if they had run it without us.
///
/// It stays in our process group and keeps our terminal: what the terminal sends, it gets from there.
/// Signals that others send to us alone are handed on.
final class WatchedProgram {
  enum Event {
    /// The exit code, or 128 and the signal's number, as shells say it.
    case ended(code: Int32, signal: Int32?)
    case nothing
  }

  let process: Int32
  /// The shell stops and continues us with the program, by SIGTSTP and SIGCONT to the group.
  private static let relayed = [SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2]
  private var waitedFor: sigset_t

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - path: of the file.
  ///   - arguments: the first is the name by which it was called.
  ///   - environment: on top of ours.
  ///   - outputToError: whether its standard output goes to our standard error.
  /// - Throws: `CommandError` when it does not start.
  init(
    path: String, arguments: [String], environment: [String: String], outputToError: Bool
  ) throws {
    var old = sigset_t()
    var blocked = sigset_t()
    sigemptyset(&blocked)
    for signal in Self.relayed + [SIGCHLD] { sigaddset(&blocked, signal) }
    waitedFor = blocked
    sigprocmask(SIG_BLOCK, &blocked, &old)

    var start = ProgramStart(
      path: path, arguments: arguments,
      environment: ProgramStart.environment(with: environment), blockedSignals: old)
    if outputToError { start.descriptors = [(STDERR_FILENO, STDOUT_FILENO)] }
    do {
      process = try start.start()
    } catch {
      sigprocmask(SIG_SETMASK, &old, nil)
      throw error
    }
  }

  /// Waits until the program ends, or for so long at most; hands on what we are sent meanwhile.
  func wait(milliseconds: Int) -> Event {
    var time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    var info = siginfo_t()
    let signal = sigtimedwait(&waitedFor, &info, &time)
    // From the terminal, or from the kernel, the program has got it as we have.
    if signal > 0, signal != SIGCHLD, info.si_code <= 0 { kill(process, signal) }
    var status: Int32 = 0
    guard waitpid(process, &status, WNOHANG) == process else { return .nothing }
    let number = status & 0x7F
    return number == 0
      ? .ended(code: (status >> 8) & 0xFF, signal: nil)
      : .ended(code: 128 + number, signal: number)
  }

  /// Ends the program and everything that it started and that is still its own.
  func kill(also others: some Sequence<Int32>) {
    var doomed = [process]
    var index = 0
    while index < doomed.count {
      doomed += Self.children(of: doomed[index]).filter { !doomed.contains($0) }
      index += 1
    }
    for process in Set(doomed).union(others) { Foundation.kill(process, SIGKILL) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
  }

  private func kill(_ process: Int32, _ signal: Int32) { Foundation.kill(process, signal) }

  static func children(of process: Int32) -> [Int32] {
    TaskState.tasks(of: process).flatMap { task in
      (TaskState.text("/proc/\(process)/task/\(task.thread)/children") ?? "")
        .split(separator: " ").compactMap { Int32($0) }
    }
  }
}
