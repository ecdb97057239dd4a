/// What `lockstep check` asks of the process that explores a program: its environment variable
/// `LOCKSTEP_PROGRAM`, as JSON.
package struct ProgramRequest: Codable, Sendable {
  /// Of the unit in reports and tokens.
  package var name: String
  /// As on the command line: see `Strategy.help`.
  package var strategy = "automatic"
  /// How often a token is replayed.
  package var replays = 10
  /// Whether a debugger is to look at the finding that a token shows: at the one of this kind, if the
  /// token shows several.
  package var debugs = false
  package var debuggedKind: String?
  /// Seconds that the exploration may take.
  package var budget = 30.0
  /// Steps after which an execution is stopped.
  package var stepLimit = 20_000
  /// Seconds without a step after which an execution is ended.
  package var timeLimit: UInt32 = 10
  /// The number of a test's case, from 0, that the program's test runner comes to, and that is explored
  /// in place of its `main`.
  package var testCase: Int?
  /// Bytes that an execution's process may allocate.
  package var memoryLimit: UInt64 = 1 << 30
  /// What the program is to end with.
  package var exitStatus: Int32 = 0
  package var expectsOneOutcome = false
  /// Whether the first wait of each thread for a condition may end although nobody woke it.
  package var spuriousWakeups = false
  /// Kinds of findings that are to be none.
  package var ignoredKinds: [String] = []
  /// Whether the program was built by `lockstep build`, whose flags show every access.
  package var isInstrumented = false
  /// How findings are written.
  package var isColoured = false
  package var width = 100
  package var showsProgress = false
  /// The command that replays a token, up to the token and from there on.
  package var replayCommand: [String] = []
  package var replayTail: [String] = []

  package init(name: String) { self.name = name }

  package static let environmentVariable = "LOCKSTEP_PROGRAM"
  /// Holds `testCase`, to be known before the program's `main`.
  package static let testVariable = "LOCKSTEP_TEST"
}

/// What that process says, one JSON object a line.
package enum ProgramAnswer: Codable, Sendable {
  /// The program has come to its `main`, and waits there.
  case started
  case progress(executions: Int, seconds: Double)
  case report(ProgramReport)
  /// A process carries out the schedule again, and waits for a debugger.
  case debugging(process: Int32, stop: DebuggerStop)
  /// Something was found, by the schedule of a token.
  case found(kind: String, schedule: String)
  /// The test that was to be explored does so itself.
  case exploresItself
  /// Why nothing could be explored.
  case failure(String)
}

/// The result of exploring a program, as JSON and as a page.
package struct ProgramReport: Codable, Sendable {
  /// The unit's, whose properties keep their order.
  package var json: String
  package var text: String
  package var wasInterrupted: Bool
  /// Of a replay, whether the execution of the schedule came about each time.
  package var isSame: Bool?
}
