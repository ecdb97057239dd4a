import Glibc

/// Another program, which is asked on its standard input and answers on its standard output.
///
/// Foundation's `Process` would start threads and use Dispatch, which Lockstep interposes.
final class ChildProcess {
  private let child: pid_t
  /// Our end of the socket that is the child's input and output: unlike a pipe, it can be written to
  /// without a signal when there is nobody left to read.
  private let socket: Int32
  /// What was received and not yet returned.
  private var received: [UInt8] = []
  private var hasEnded = false
  /// Its status is known: the number may be another process's by now.
  private var isCollected = false

  /// Starts it; nil when that fails.
  ///
  /// - Parameters:
  ///   - program: a path.
  ///   - arguments: without the program's name.
  init?(_ program: String, _ arguments: [String]) {
    var ends: [Int32] = [0, 0]
    let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { return nil }
    let child = Self.spawn(program, arguments, talkingOn: ends[1])
    close(ends[1])
    guard let child else {
      close(ends[0])
      return nil
    }
    socket = ends[0]
    self.child = child
  }

  deinit {
    if !isCollected {
      kill(child, SIGKILL)
      _ = waitForEnd()
    }
    close(socket)
  }

  /// Runs a program that reads nothing, and returns what it wrote to standard output.
  ///
  /// - Parameters:
  ///   - program: a path.
  ///   - arguments: without the program's name.
  ///   - seconds: after which it is killed.
  /// - Returns: nil when it could not be started, failed, or was killed.
  static func output(of program: String, _ arguments: [String], seconds: Double) -> String? {
    guard let process = ChildProcess(program, arguments) else { return nil }
    shutdown(process.socket, Int32(SHUT_WR))
    let deadline = now() + seconds
    while !process.hasEnded {
      guard process.receive(until: deadline) else { return nil }
    }
    return process.waitForEnd() == 0 ? String(decoding: process.received, as: UTF8.self) : nil
  }

  /// Sends a few thousand bytes at most; false when there is nobody to read them.
  func send(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
  }

  /// The next so many paragraphs of its output, each with the empty line after it.
  ///
  /// - Returns: nil when it ends before, or does not write so many in `seconds`.
  func paragraphs(_ count: Int, seconds: Double) -> String? {
    let newline = UInt8(ascii: "\n")
    let deadline = Self.now() + seconds
    var seen = 0
    var end = 0
    while true {
      while seen < count, end < received.count {
        if received[end] == newline, end > 0, received[end - 1] == newline { seen += 1 }
        end += 1
      }
      if seen == count { break }
      guard receive(until: deadline), !hasEnded else { return nil }
    }
    defer { received.removeFirst(end) }
    return String(decoding: received[..<end], as: UTF8.self)
  }

  /// Waits for more output, or its end; false when neither comes in time.
  private func receive(until deadline: Double) -> Bool {
    while true {
      let left = deadline - Self.now()
      guard left > 0 else { return false }
      var poll = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      let ready = Glibc.poll(&poll, 1, Int32(min(left * 1000 + 1, 1e6)))
      guard ready > 0 else {
        if ready == 0 || errno == EINTR { continue }
        return false
      }
      let count = FileContents.appendBytes(from: socket, to: &received)
      if count < 0, errno == EINTR { continue }
      // One that died with something unread resets the connection.
      hasEnded = count == 0 || (count < 0 && errno == ECONNRESET)
      return count >= 0 || hasEnded
    }
  }

  /// Its status once it has ended.
  private func waitForEnd() -> Int32 {
    isCollected = true
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      // Somebody else's SIGCHLD handler may have taken the status: the output is whole anyway.
      if errno != EINTR { break }
    }
    return status
  }

  private static func spawn(
    _ program: String, _ arguments: [String], talkingOn end: Int32
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for standard: Int32 in 0...1 { posix_spawn_file_actions_adddup2(&actions, end, standard) }
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A thread that blocks signals would hand that on to the child.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    let words = ([program] + arguments).map { strdup($0) } + [nil]
    let environment = Self.environment().map { strdup($0) } + [nil]
    defer { (words + environment).forEach { free($0) } }
    var child: pid_t = 0
    guard posix_spawn(&child, program, &actions, &attributes, words, environment) == 0 else {
      return nil
    }
    return child
  }

  /// Without what would load Lockstep into the child, or send it to the network.
  private static func environment() -> [String] {
    let dropped = ["LD_PRELOAD=", "DEBUGINFOD_URLS="]
    let all = FileContents.bytes(of: "/proc/self/environ") ?? []
    return all.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { variable in !dropped.contains { variable.hasPrefix($0) } }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
