import Foundation

/// How a program is started: see posix_spawn(3).
struct ProgramStart {
  /// Of the program's file.
  var path: String
  /// Its own name first.
  var arguments: [String]
  /// All of it.
  var environment: [String: String]
  /// Which of our descriptors it has, under which numbers; it has the others that stay open too.
  var descriptors: [(from: Int32, to: Int32)] = []
  /// Whether it leads a process group of its own.
  var hasOwnGroup = false
  /// The signals that it begins with blocked; nil for ours.
  var blockedSignals: sigset_t?

  /// Our own environment, with another's variables on top.
  static func environment(with more: [String: String]) -> [String: String] {
    ProcessInfo.processInfo.environment.merging(more) { _, new in new }
  }

  /// Starts it.
  ///
  /// - Returns: its process.
  /// - Throws: `CommandError.cannotRun`.
  func start() throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (from, to) in descriptors { posix_spawn_file_actions_adddup2(&actions, from, to) }
    var flags: Int32 = 0
    if hasOwnGroup {
      posix_spawnattr_setpgroup(&attributes, 0)
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
    }
    if var blockedSignals {
      posix_spawnattr_setsigmask(&attributes, &blockedSignals)
      flags |= Int32(POSIX_SPAWN_SETSIGMASK)
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
    var process: pid_t = 0
    let failure = withCStrings(arguments) { argv in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }.sorted()) { envp in
        posix_spawn(&process, path, &actions, &attributes, argv, envp)
      }
    }
    guard failure == 0 else {
      throw CommandError.cannotRun(program: path, reason: String(cString: strerror(failure)))
    }
    return process
  }
}

/// Lends `strings` as the null-terminated array that `exec` and `posix_spawn` take.
func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
  defer { for pointer in pointers { free(pointer) } }
  return pointers.withUnsafeMutableBufferPointer { buffer in
    guard let start = buffer.baseAddress else { preconditionFailure("an array of one or more") }
    return body(start)
  }
}
