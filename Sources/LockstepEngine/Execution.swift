/// What carrying out one schedule gave.
package struct Execution: Sendable {
  package enum Ending: Hashable, Sendable {
    /// Every thread ran to its end.
    case completed
    /// No thread could take a step, and not all had ended: see `blocked`.
    case deadlocked
    /// Threads went round in loops, each back in a state in which it had been, and nothing had changed.
    case livelocked
    /// Every thread that could take a step was asleep: a repetition, cut short.
    case redundant
    /// More steps than allowed.
    case stepLimit
    /// The program trapped, aborted, or touched memory that is not there.
    case crashed
    /// The schedule asked for `expected` at the choice `step`, and met `met` (nil: not enabled).
    case diverged(step: Int)
  }

  /// Where a thread that can take no step stands.
  package struct Blocked: Equatable, Sendable, Codable {
    package var thread: ThreadID
    /// `lock`, `join`, `semaphoreWait`, `awaitCompletion`, or `wait` for a condition that nobody signalled.
    package var kind: Event.Kind
    package var object: ObjectID
    /// The lock to be taken again after a `wait`, or the queue that a turn is awaited in.
    package var other: ObjectID
    package var programCounter: UInt64
    /// It only looks at `object`, again and again, and nobody changes it.
    package var awaits: Bool
    /// The thread that would do what it waits for, where that is the turn of another.
    package var holder: ThreadID?
    /// Bytes at `other` that it looked at before it came to this, if a change of them let it go on.
    package var otherSize: UInt8

    /// Whether the thread has given itself up to the main queue: it waits for what others enqueue there.
    package var isGivenUp: Bool {
      kind == .awaitCompletion && object == ObjectID(thread: thread)
    }

    package init(
      thread: ThreadID, kind: Event.Kind, object: ObjectID, other: ObjectID = ObjectID(0),
      programCounter: UInt64 = 0, awaits: Bool = false, holder: ThreadID? = nil,
      otherSize: UInt8 = 0
    ) {
      self.otherSize = otherSize
      self.holder = holder
      self.awaits = awaits
      self.thread = thread
      self.kind = kind
      self.object = object
      self.other = other
      self.programCounter = programCounter
    }
  }

  package var ending: Ending
  /// Steps and annotations, in the order in which they happened.
  package var trace: [Event]
  package var blocked: [Blocked]
  /// Events at the start that are those of the execution before, met again as they had been; 0 where
  /// nobody looked.
  ///
  /// All of them come before the branch of the plan that was carried out.
  package var repeated = 0

  package init(ending: Ending, trace: [Event], blocked: [Blocked] = []) {
    self.ending = ending
    self.trace = trace
    self.blocked = blocked
  }
}

extension Execution {
  /// Whether its second half writes a value somewhere that its first half does not.
  ///
  /// What goes round in a circle never does, and what counts always. Values must have been recorded.
  package var comesToNewValues: Bool {
    struct Change: Hashable {
      var object: ObjectID
      var value: UInt64
    }
    var known: Set<Change> = []
    let half = trace.count / 2
    for (index, event) in trace.enumerated() where event.changesValue {
      let isNew = known.insert(Change(object: event.object, value: event.value)).inserted
      if isNew, index >= half { return true }
    }
    return false
  }
}
