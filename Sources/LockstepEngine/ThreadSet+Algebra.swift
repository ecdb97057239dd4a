extension ThreadSet {
  /// The set of one thread.
  package init(_ thread: ThreadID) {
    self.init(rawValue: 1 << UInt64(thread.rawValue & 63))
  }

  package var isEmpty: Bool { rawValue == 0 }
  package var count: Int { rawValue.nonzeroBitCount }

  /// The lowest-numbered thread, or nil of the empty set.
  package var first: ThreadID? {
    rawValue == 0 ? nil : ThreadID(UInt8(rawValue.trailingZeroBitCount))
  }

  package func contains(_ thread: ThreadID) -> Bool {
    rawValue & ThreadSet(thread).rawValue != 0
  }

  package mutating func insert(_ thread: ThreadID) { rawValue |= ThreadSet(thread).rawValue }
  package mutating func remove(_ thread: ThreadID) { rawValue &= ~ThreadSet(thread).rawValue }

  package func union(_ other: ThreadSet) -> ThreadSet {
    ThreadSet(rawValue: rawValue | other.rawValue)
  }

  package func intersection(_ other: ThreadSet) -> ThreadSet {
    ThreadSet(rawValue: rawValue & other.rawValue)
  }

  package func subtracting(_ other: ThreadSet) -> ThreadSet {
    ThreadSet(rawValue: rawValue & ~other.rawValue)
  }

  /// The first thread of the set that comes after `thread`, going round from the last to the first.
  package func next(after thread: ThreadID) -> ThreadID? {
    let above = thread.rawValue >= 63 ? 0 : rawValue & (~0 << UInt64(thread.rawValue + 1))
    return ThreadSet(rawValue: above).first ?? first
  }
}

extension ThreadSet: Sequence {
  package struct Iterator: IteratorProtocol {
    var rest: UInt64

    package mutating func next() -> ThreadID? {
      guard rest != 0 else { return nil }
      let thread = ThreadID(UInt8(rest.trailingZeroBitCount))
      rest &= rest &- 1
      return thread
    }
  }

  package func makeIterator() -> Iterator { Iterator(rest: rawValue) }
}
