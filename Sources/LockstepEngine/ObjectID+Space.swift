extension ObjectID {
  /// The space of the name; nil where the highest bits name none.
  package var space: Space? { Space(rawValue: UInt8(rawValue >> 60)) }

  /// The name of a thread, as what a join waits for.
  package init(thread: ThreadID) {
    self.init(UInt64(Space.thread.rawValue) << 60 | UInt64(thread.rawValue))
  }

  /// The thread in the name: the one waited for, the one that allocated, or whose stack it is.
  ///
  /// The number of a name in the space `.thread` is taken from the low bits or from bits 40…47,
  /// whichever are set.
  package var thread: ThreadID? {
    let high = UInt8(truncatingIfNeeded: rawValue >> 40)
    switch space {
    case .heap, .stack: return ThreadID(high)
    case .thread: return ThreadID(high | UInt8(truncatingIfNeeded: rawValue))
    case .address, nil: return nil
    }
  }

  /// The same object, some bytes further on.
  package func advanced(by bytes: UInt64) -> ObjectID { ObjectID(rawValue &+ bytes) }
}
