extension Event.Kind {
  /// Whether it belongs to the step of its thread before it, and is never chosen.
  package var isAnnotation: Bool {
    switch self {
    case .spawn, .exit, .throwError, .fence, .yield, .resume, .complete: true
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

  /// Whether a thread holds the lock `object` from this step on.
  package var isAcquisition: Bool {
    switch self {
    case .lock, .tryLock: true
    default: false
    }
  }
}

extension Event.Flags {
  /// A compare-and-swap, whose kind says whether it succeeded: `readModifyWrite` or `read`.
  package static let compareAndSwap = Event.Flags(rawValue: 16)
}

extension Event {
  /// The part of the event on which others can depend.
  ///
  /// A compare-and-swap is a read-modify-write here, even where it failed: whether it fails depends
  /// on what comes before, and what it depends on must not.
  package var operation: Operation {
    Operation(
      thread: thread, kind: flags.contains(.compareAndSwap) ? .readModifyWrite : kind,
      object: object, size: size, other: other, awaits: flags.contains(.awaits),
      otherSize: otherSize)
  }

  /// Whether it is an access by an atomic operation, of whatever order.
  package var isAtomic: Bool { order != .none }
}
