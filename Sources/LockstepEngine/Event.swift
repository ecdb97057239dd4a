/// One step of one thread in a trace: what it did, to what, from where.
///
/// A *step* is a choice of the schedule: the thread announced it, waited until it was chosen, and
/// then ran on until it announced its next. An *annotation* (`spawn`, `exit`, `throwError`, `fence`,
/// `yield`, `complete`) belongs to the step of its thread before it, and is never chosen.
package struct Event: Hashable, Sendable {
  package enum Kind: UInt8, Sendable, CaseIterable, Codable, BitwiseCopyable {
    // Memory: `object` is the first byte's name, `size` the bytes.
    case read = 1
    case write = 2
    /// An atomic read-modify-write; one that stores nothing, or what was there, is a `read`.
    case readModifyWrite = 3
    /// A read-and-write inside code that is not instrumented (`s += "x"` in the standard library).
    case opaqueReadWrite = 4

    // Locks: `object` is the lock.
    /// An acquisition. Enabled only while no thread holds the lock.
    case lock = 5
    case tryLock = 6
    case tryLockFailed = 7
    case unlock = 8

    // Condition variables: `object` is the condition.
    /// Gives up the lock `other` and waits, in one step.
    ///
    /// A `lock` of `other` by the same thread follows, enabled only after this thread was woken.
    case wait = 9
    /// `value` is the thread that it wakes, where only one waits; `Event.nobody` where none does, or
    /// others are sure to wake all that do; else `Event.several`: a `wake` says whom.
    case signal = 10
    /// `value` is the raw `ThreadSet` that it wakes.
    case broadcast = 11

    // Semaphores: `value` is the count before the step.
    /// Enabled only while the count is above zero.
    case semaphoreWait = 12
    case semaphoreSignal = 13

    /// `object` names the thread waited for. Enabled only once that thread has ended.
    case join = 14
    /// The first or a later call of a once-only initialiser that had not run before this execution.
    case once = 15
    /// Bytes written where somebody outside can see them; `object` is the stream.
    case output = 16

    // Attempts at a semaphore: always enabled. `value` is the count before the step.
    case semaphoreTryWait = 17
    case semaphoreTryWaitFailed = 18
    /// The end of a wait for a condition that may time out: always enabled.
    ///
    /// `value` is 1 where the thread was woken, and 0 where it was not, or `Event.forNothing` where it had no
    /// time limit: then it waits no more. A `lock` follows, as after any wait.
    case waitEnd = 19
    /// A thread that waits for a condition is the one that a signal wakes, of several that waited then.
    ///
    /// Enabled while there is a signal that came since it waits and woke nobody yet.
    case wake = 28
    /// The same of a wait that may time out, in place of its end.
    case timedWake = 29

    // Shared holds of a read-write lock; an exclusive one is a `lock`, a `tryLock`.
    /// Enabled only while no thread holds the lock exclusively.
    case lockShared = 20
    case tryLockShared = 21
    case tryLockSharedFailed = 22
    case unlockShared = 23

    /// A thread comes to the barrier `object`, and waits there unless it is the last.
    ///
    /// `value` is the raw `ThreadSet` that the last one lets go on, and 0 for the others.
    case arrive = 24

    /// A call of a library that keeps state of its own in `object`, always possible: `other` is what
    /// it is for (see `TaskCall`). Any two on one object depend on each other.
    ///
    /// `value` names the continuation that is resumed, where it is for that.
    case call = 25
    /// Waits for what `object` and `other` name to be completed.
    ///
    /// Enabled only once it is, by all threads that have a part in it: see `complete`.
    case awaitCompletion = 26
    /// A call as above that leaves what `object` stands for as others find it: two of them commute.
    case sharedCall = 27

    /// The thread is about to end the program; `object` is its name.
    ///
    /// Enabled only once no other thread can take a step: it happens after all that they did.
    case finish = 30

    // Annotations: never chosen.
    /// `value` is the new thread.
    case spawn = 32
    case exit = 33
    case throwError = 34
    case fence = 35
    case yield = 36
    /// The program ended the process here; `value` is the signal.
    case crash = 37
    /// A Swift task, named by `object`, goes on on this thread.
    case resume = 44
    /// The thread has done its part of what `object` and `other` name.
    case complete = 45
    /// The task waits here, and goes on elsewhere; or at once, if what it waits for has come.
    case suspend = 48

    // Time: `object` is the clock, of which there is one. Steps, whatever their numbers.
    /// Time goes on by what the thread sleeps.
    case sleep = 40
    case readClock = 41
    /// A look at a semaphore's count: `value`. A step, whatever its number.
    case semaphoreRead = 42
  }

  /// Memory order of an atomic operation.
  ///
  /// `none` is an ordinary access.
  package enum Order: UInt8, Sendable {
    case none = 0
    case relaxed = 1
    case consume = 2
    case acquire = 3
    case release = 4
    case acquireRelease = 5
    case sequentiallyConsistent = 6
  }

  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Somewhere the compiler said that races do not count (`__tsan_ignore_thread_begin`, deinit).
    package static let raceIgnored = Flags(rawValue: 1)
    /// The lock was taken by a library for itself.
    package static let library = Flags(rawValue: 2)
    /// The thread gave up the processor since its last step.
    package static let afterYield = Flags(rawValue: 4)
    /// `value` holds what was read or written.
    package static let hasValue = Flags(rawValue: 8)
    /// The thread had come round in a loop that only looks.
    ///
    /// The step is enabled only once another thread has changed what it looked at since: `object`,
    /// where that is memory or a lock that it tries, and `otherSize` bytes at `other`.
    package static let awaits = Flags(rawValue: 32)
    /// A `write` of a block that is given back.
    package static let frees = Flags(rawValue: 64)
    /// A step by which a lock, a condition or a semaphore is destroyed.
    package static let destroys = Flags(rawValue: 128)
    /// Of an atomic `write` instead: it comes upon the value that its thread last read there.
    ///
    /// Of a `read`: it is an exchange or the like that stores what is there.
    package static let findsTheSame = Flags(rawValue: 128)
  }

  /// The `value` of a `signal` that woke nobody.
  package static let nobody: UInt64 = 255
  /// The `value` of a `signal` that wakes one of several.
  package static let several: UInt64 = 254

  /// The `value` of a `waitEnd` of a wait without a time limit that nobody woke.
  package static let forNothing: UInt64 = 2

  package var object: ObjectID
  package var other: ObjectID
  package var value: UInt64
  /// Address of the instruction after the call that announced the step.
  package var programCounter: UInt64
  /// Threads that could have taken this step's place, the chosen one included.
  package var enabled: ThreadSet
  /// Threads asleep just before this step: exploring them here would repeat earlier executions.
  package var sleeping: ThreadSet
  package var size: UInt32
  package var thread: ThreadID
  package var kind: Kind
  package var order: Order
  package var flags: Flags
  /// The thread that the non-preemptive default would have chosen.
  package var preferred: ThreadID
  /// Bytes of `other` that an awaiting step had looked at besides.
  package var otherSize: UInt8 = 0
  /// A hash of where the function was called in which the step was taken; 0 where that is not known.
  package var caller: UInt16 = 0

  package init(
    thread: ThreadID, kind: Kind, object: ObjectID, size: UInt32 = 1,
    other: ObjectID = ObjectID(0), value: UInt64 = 0, order: Order = .none, flags: Flags = [],
    programCounter: UInt64 = 0, enabled: ThreadSet = .none, sleeping: ThreadSet = .none,
    preferred: ThreadID = ThreadID(0)
  ) {
    self.object = object
    self.other = other
    self.value = value
    self.programCounter = programCounter
    self.enabled = enabled
    self.sleeping = sleeping
    self.size = size
    self.thread = thread
    self.kind = kind
    self.order = order
    self.flags = flags
    self.preferred = preferred
  }
}
