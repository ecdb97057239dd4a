/// What the runtime is told before an execution: a prefix of choices, and what to do after it.
package struct Plan: Equatable, Sendable {
  package enum Continuation: Equatable, Sendable {
    /// Go on with the thread that ran last while it can, then with the next one in order.
    case nonPreemptive
    /// Any thread that can take a step, each as likely as the others.
    case random(seed: UInt64)
  }

  /// Thread of each of the first steps; annotations take no place here.
  package var prefix: [ThreadID]
  /// Index of the step before which `sleeping` holds; at most `prefix.count`.
  package var branch: Int
  /// Threads asleep before step `branch`.
  ///
  /// The runtime wakes each at the first step from there on
  /// that depends on what it is about to do, and chooses none that still sleeps after the prefix.
  package var sleeping: ThreadSet
  package var continuation: Continuation
  /// Whether the execution ends when a state of the whole program comes again.
  ///
  /// All threads that could go on must have done so since: then it is a livelock. To compare states takes
  /// its time.
  package var endsAtRound: Bool

  package init(
    prefix: [ThreadID] = [], branch: Int = 0, sleeping: ThreadSet = .none,
    continuation: Continuation = .nonPreemptive, endsAtRound: Bool = false
  ) {
    self.prefix = prefix
    self.branch = branch
    self.sleeping = sleeping
    self.continuation = continuation
    self.endsAtRound = endsAtRound
  }
}
