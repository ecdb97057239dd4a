extension Event.Kind {
  /// Whether it belongs to the step of its thread before it, and is never chosen.
  package var isAnnotation: Bool {
    switch self {
    case .spawn, .exit, .throwError, .fence, .yield, .crash, .resume, .suspend, .complete: true
    default: false
    }
  }

  /// Whether it acts on the bytes from `object` on, `size` of them.
  package var isMemory: Bool {
    switch self {
    case .read, .write, .readModifyWrite, .opaqueReadWrite: true
    default: false
    }
  }

  /// Whether it may change the bytes that it acts on.
  package var isStore: Bool {
    switch self {
    case .write, .readModifyWrite, .opaqueReadWrite: true
    default: false
    }
  }

  /// Whether a thread holds the lock `object` from this step on, alone or with others.
  package var isAcquisition: Bool {
    switch self {
    case .lock, .tryLock, .lockShared, .tryLockShared: true
    default: false
    }
  }

  /// Whether it is an acquisition that other threads may have besides.
  package var isSharedAcquisition: Bool { self == .lockShared || self == .tryLockShared }

  /// Whether it is an attempt that turns out one way or the other by what came before it.
  package var isAttempt: Bool {
    switch self {
    case .tryLock, .tryLockFailed, .tryLockShared, .tryLockSharedFailed, .semaphoreTryWait,
      .semaphoreTryWaitFailed, .waitEnd, .timedWake:
      true
    default: false
    }
  }

  /// Whether a thread is the one that a signal wakes, of several.
  var isWake: Bool { self == .wake || self == .timedWake }

  /// Whether it may let an attempt succeed that failed before.
  func opens(_ attempt: Event.Kind) -> Bool {
    switch (attempt, self) {
    case (.semaphoreTryWait, .semaphoreSignal), (.semaphoreTryWaitFailed, .semaphoreSignal): true
    case (.semaphoreTryWait, _), (.semaphoreTryWaitFailed, _): false
    case (.tryLock, .unlockShared), (.tryLockFailed, .unlockShared): true
    case (_, .unlock), (_, .wait): true
    default: false
    }
  }

  /// The other way in which an attempt can turn out; itself for what is none.
  package var otherOutcome: Event.Kind {
    switch self {
    case .tryLock: .tryLockFailed
    case .tryLockFailed: .tryLock
    case .tryLockShared: .tryLockSharedFailed
    case .tryLockSharedFailed: .tryLockShared
    case .semaphoreTryWait: .semaphoreTryWaitFailed
    case .semaphoreTryWaitFailed: .semaphoreTryWait
    case .waitEnd: .timedWake
    case .timedWake: .waitEnd
    default: self
    }
  }
}

extension Event.Flags {
  /// A compare-and-swap, whose kind says whether it succeeded: `readModifyWrite` or `read`; or an exchange
  /// or the like, whose kind says whether it changed anything.
  package static let compareAndSwap = Event.Flags(rawValue: 16)
}

extension Event {
  /// The place in the code, as its function's caller has it: two calls of a getter are two places, as they
  /// are where the compiler has written the getter's body into its callers.
  package var place: UInt64 { programCounter ^ UInt64(caller) << 48 }

  /// The part of the event on which others can depend.
  ///
  /// A compare-and-swap is a read-modify-write here, even where it failed, and so is an exchange that changed
  /// nothing: whether it does depends on what comes before, and what it depends on must not.
  package var operation: Operation {
    Operation(
      thread: thread, kind: flags.contains(.compareAndSwap) ? .readModifyWrite : kind,
      object: object, size: size, other: other, awaits: flags.contains(.awaits),
      otherSize: otherSize)
  }

  /// Whether it gives back the block that it acts on: a store of all of it, for which others may race.
  package var isFree: Bool { flags.contains(.frees) }

  /// Whether it is (the first) step by which a lock, a condition or a semaphore is destroyed.
  package var isDestruction: Bool {
    flags.contains(.destroys) && kind != .unlock && !kind.isMemory
  }

  /// Whether that is since another one begins in its place.
  package var isBeginning: Bool { isDestruction && other.rawValue == 1 }

  /// Whether it is an atomic write that comes upon the value that its thread last read there.
  package var comesUponTheSame: Bool { flags.contains(.findsTheSame) && kind == .write }

  /// Whether it stores, be it what is there: to who looks it is a `read`, to who orders a store.
  var storesAnything: Bool {
    kind.isStore || kind == .read && flags.contains(.findsTheSame)
  }

  /// Whether it may change the value of the bytes that it acts on.
  package var changesValue: Bool { kind.isStore && !isFree }

  /// Whether it is an access by an atomic operation, of whatever order.
  package var isAtomic: Bool { order != .none }
}
