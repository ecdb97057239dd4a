import Glibc

/// One run of another program, its output read to the end or to a deadline.
///
/// Foundation's `Process` would start threads and use Dispatch, which Lockstep interposes.
enum ChildProcess {
  /// Runs a program and returns what it wrote to standard output.
  ///
  /// - Parameters:
  ///   - program: a path.
  ///   - arguments: without the program's name.
  ///   - seconds: after which it is killed.
  /// - Returns: nil when it could not be started, failed, or was killed.
  static func output(of program: String, _ arguments: [String], seconds: Double) -> String? {
    var pipe: [Int32] = [0, 0]
    guard Glibc.pipe(&pipe) == 0 else { return nil }
    defer { close(pipe[0]) }
    for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let child = spawn(program, arguments, writingTo: pipe[1])
    close(pipe[1])
    guard let child else { return nil }
    let bytes = drain(pipe[0], seconds: seconds)
    if bytes == nil { kill(child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      // Somebody else's SIGCHLD handler may have taken the status: the output is whole anyway.
      if errno != EINTR { break }
    }
    return bytes.flatMap { status == 0 ? String(decoding: $0, as: UTF8.self) : nil }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], writingTo output: Int32
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
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

  /// All bytes up to the end of the pipe; nil when the deadline comes first.
  private static func drain(_ file: Int32, seconds: Double) -> [UInt8]? {
    var bytes: [UInt8] = []
    let deadline = now() + seconds
    while true {
      let left = deadline - now()
      guard left > 0 else { return nil }
      var poll = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      let ready = Glibc.poll(&poll, 1, Int32(min(left * 1000 + 1, 1e6)))
      guard ready > 0 else {
        if ready == 0 || errno == EINTR { continue }
        return nil
      }
      let count = FileContents.appendBytes(from: file, to: &bytes)
      if count == 0 { return bytes }
      if count < 0, errno != EINTR { return nil }
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
