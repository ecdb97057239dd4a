import Foundation

@testable import LockstepCommand

/// The `lockstep` that was built beside these tests, run as people run it.
struct BuiltCommand {
  struct Outcome {
    /// The exit code, or 128 and the signal's number, as shells say it.
    var code: Int32
    var output: String
    var errors: String
    var elapsed: Duration
  }

  /// Where the test bundle lies, the command lies, too.
  static let path: String = {
    let program =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = URL(fileURLWithPath: program).deletingLastPathComponent()
      .appendingPathComponent("lockstep").path
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    // swiftpm-testing-helper runs the tests: the bundle is among its arguments.
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent()
      .appendingPathComponent("lockstep").path
  }()

  /// Runs it to its end; a hang ends with signal 9, and so with the code 137.
  static func run(_ arguments: String...) throws -> Outcome {
    try shell(([path] + arguments).map(quoted).joined(separator: " "))
  }

  /// Runs a line of the shell's, in which `$LOCKSTEP` is the command.
  static func shell(_ line: String, seconds: Int = 120) throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("lockstep-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (output, errors) = (
      folder.appendingPathComponent("output"), folder.appendingPathComponent("errors")
    )
    for file in [output, errors] { try Data().write(to: file) }
    let clock = ContinuousClock()
    let start = clock.now
    let code = try run(
      ["/usr/bin/timeout", "-s", "KILL", "\(seconds)", "/bin/bash", "-c", Self.functions + line],
      output: output.path, errors: errors.path)
    return Outcome(
      code: code, output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self),
      elapsed: clock.now - start)
  }

  /// What lines of the shell's may call: nobody can tell how long another process takes.
  private static let functions = """
    # Waits until a command succeeds, for half a minute at most.
    eventually() { for try in {1..600}; do "$@" > /dev/null 2>&1 && return; sleep 0.05; done; return 1; }
    # Whether a process has a handler for interrupts, as proc(5) shows it.
    catches() { (( 0x$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$1/status) & 2 )); }
    # The first child of a process.
    child() { set -- $(cat /proc/$1/task/$1/children) && [ -n "$1" ] && echo "$1"; }
    # Whether a process is no more, or one that nobody has collected yet.
    gone() { ! grep -q '^State:.[^Z]' /proc/$1/status; }
    filled() { [ -n "$(ls -A "$1")" ]; }

    """

  struct NotStarted: Error {
    var reason: String
  }

  /// Unlike Foundation's `Process`, gives the child no signals that this thread blocks.
  private static func run(_ arguments: [String], output: String, errors: String) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errors, O_WRONLY, 0)
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let environment = ProcessInfo.processInfo.environment.merging(
      ["LOCKSTEP": path, "COLUMNS": "100", "TERM": "xterm"]) { $1 }
    var child: pid_t = 0
    let failure = withCStrings(arguments) { argv in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
        posix_spawn(&child, arguments[0], &actions, &attributes, argv, envp)
      }
    }
    guard failure == 0 else { throw NotStarted(reason: String(cString: strerror(failure))) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + status & 0x7F
  }

  static func quoted(_ word: String) -> String {
    "'" + word.replacingOccurrences(of: "'", with: "'\\''") + "'"
  }
}

/// A unit of the JSON that `--json` prints, as somebody else's program would read it.
struct JSONUnit: Decodable {
  struct Finding: Decodable {
    struct Event: Decodable {
      var step: Int
      var thread: Int
      var kind: String
      var object: String?
      var value: String?
      var file: String?
      var line: Int?
      var column: Int?
      var function: String?
      var why: String?
    }

    var kind: String
    var summary: String
    var schedule: String
    var preemptions: Int
    var atExecution: Int
    var threads: [String]
    var events: [Event]
  }

  struct Real: Decodable {
    var totals: [Int]
    var right: Int
    var runs: Int
    var expected: Int
  }

  struct Timing: Decodable {
    var variant: String?
    var medianSeconds: Double?
    var minSeconds: Double?
    var maxSeconds: Double?
    var runs: Int?
    var total: Int?
    var ratio: String?
    var value: Double?
    var notebook: Double?
  }

  struct Instruction: Decodable {
    var address: String
    var text: String
    var access: String?
    var line: Int?
  }

  var unit: String
  var verdict: String
  var incompleteBecause: [String]
  var strategy: String
  var complete: Bool
  var executions: Int
  var blocked: Int
  var steps: Int
  var seconds: Double
  var executionsPerSecond: Double
  var instrumented: Bool
  var uncontrolled: [String]
  var outcomes: [String: Int]
  var findings: [Finding]
  var real: Real?
  var timing: [Timing]?
  var instructions: [Instruction]?
  var randomExecutionsPerSecond: Double?

  static func units(_ json: String) throws -> [JSONUnit] {
    try JSONDecoder().decode([JSONUnit].self, from: Data(json.utf8))
  }
}
