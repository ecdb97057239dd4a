/// What makes an execution what it is: where it leaves the non-preemptive default, and checks.
///
/// Between two deviations every step is the preferred one, so that a schedule is short, and stays
/// meaningful when the program before or after changes a little.
package struct Schedule: Hashable, Sendable {
  /// A step that is not the one the non-preemptive default would have taken.
  package struct Deviation: Hashable, Sendable {
    package var step: Int
    package var thread: ThreadID
    /// What the thread did there.
    package var kind: Event.Kind
    /// Hash of the name of what it acted on.
    package var objectHash: UInt16

    package init(step: Int, thread: ThreadID, kind: Event.Kind, objectHash: UInt16) {
      self.step = step
      self.thread = thread
      self.kind = kind
      self.objectHash = objectHash
    }
  }

  package var deviations: [Deviation]
  package var stepCount: Int
  /// Hash of the whole trace; see `TraceIdentity`.
  package var traceHash: UInt64
  /// Hash of what the program was built from.
  package var build: UInt64
  /// Hash of the test's or program's name.
  package var test: UInt32

  package init(
    deviations: [Deviation], stepCount: Int, traceHash: UInt64, build: UInt64, test: UInt32
  ) {
    self.deviations = deviations
    self.stepCount = stepCount
    self.traceHash = traceHash
    self.build = build
    self.test = test
  }

  /// The schedule of an execution that took place.
  ///
  /// - Complexity: O(*n*) in the length of the trace.
  package init(of execution: borrowing Execution, build: UInt64, test: UInt32) {
    var identity = TraceIdentity()
    var deviations: [Deviation] = []
    var step = 0
    for event in execution.trace {
      let name = identity.append(event)
      guard !event.kind.isAnnotation else { continue }
      if event.thread != event.preferred {
        deviations.append(
          Deviation(step: step, thread: event.thread, kind: event.kind, objectHash: name))
      }
      step += 1
    }
    self.init(
      deviations: deviations, stepCount: step, traceHash: identity.hash, build: build, test: test)
  }
}

extension Event {
  /// Whether any other thread's step in this place is a preemption of the one that went before.
  ///
  /// It is if that could go on and the non-preemptive default would have had it do so, which is to
  /// say that it did not yield, nor was made to give way.
  package func isTurn(of current: ThreadID) -> Bool {
    enabled.contains(current) && preferred == current
  }
}

extension Execution {
  /// How often a thread was interrupted: another went on while it could have, and had not given way.
  ///
  /// The non-preemptive default prefers the thread that took the step before, unless it cannot go on
  /// or has given way.
  ///
  /// - Complexity: O(*n*) in the length of the trace.
  package var preemptionCount: Int {
    var count = 0
    var current: ThreadID?
    for event in trace where !event.kind.isAnnotation {
      if let current, event.thread != current, event.isTurn(of: current) { count += 1 }
      current = event.thread
    }
    return count
  }

  /// The threads of all steps, in order: a prefix that makes this execution again.
  package var threads: [ThreadID] {
    trace.lazy.filter { !$0.kind.isAnnotation }.map(\.thread)
  }
}
