/// How an exploration is to be carried out.
package struct Configuration {
  package var strategy = Strategy.automatic
  package var budget = Duration.seconds(10)
  /// Steps after which an execution is stopped.
  package var stepLimit = 20_000
  /// Name of the unit in reports.
  package var name = "explore"
  /// What tokens belong to; a token of another name is foreign.
  ///
  /// FNV-1a of the name.
  package var identity: UInt32 {
    name.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
  }
  package var expectsOneOutcome = false
  /// Kinds of findings, by name, of which there must be one, and beside which there may be none.
  package var expectedFindings: Set<String> = []
  /// Kinds of findings that are none here, by name.
  package var ignoredKinds: Set<String> = []
  /// Whether the first wait of each thread for a condition may end although nobody woke it.
  package var spuriousWakeups = false
  /// Whether the least schedule of each finding is looked for.
  package var minimises = true
  /// Whether calls alone are enough, so that a lack of instrumentation is no reason to complain.
  package var acceptsCallsOnly = false
  /// Proves that code compiled as the body's is instrumented, read before write included.
  package var probe: ((UnsafeMutablePointer<Int>) -> Void)?
  /// Says what of tasks is not seen, where tasks are used.
  package var unseenOfTasks: () -> [String] = { TaskProof.ofProcess.unseen }
  /// The command that replays a token.
  package var replayCommand: (String) -> String = { "LOCKSTEP_REPLAY=\($0) swift test" }
  /// Told now and then how far the exploration is.
  package var onProgress: ((ExplorationProgress) -> Void)?
  /// Told of each finding when it is met first: its kind, and the token of its schedule.
  package var onFinding: ((_ kind: String, _ schedule: String) -> Void)?

  package init() {}
}

/// How far an exploration is.
public struct ExplorationProgress: Sendable {
  /// Executions so far.
  public var executions: Int
  /// Different findings so far.
  public var findings: Int
  /// Time since the exploration began.
  public var elapsed: Duration
}
