/// What a thread does or is about to do: the part of an event on which others can depend.
package struct Operation: Hashable, Sendable, Codable, BitwiseCopyable {
  package var object: ObjectID
  /// The lock that a `wait` gives up, or what an awaiting operation looked at besides.
  package var other: ObjectID
  package var size: UInt32
  package var thread: ThreadID
  package var kind: Event.Kind
  /// Whether it is enabled only after a change of what its thread looked at: see `Event.Flags.awaits`.
  package var awaits: Bool
  /// Bytes at `other` that it looked at besides.
  package var otherSize: UInt8

  package init(
    thread: ThreadID, kind: Event.Kind, object: ObjectID, size: UInt32 = 1,
    other: ObjectID = ObjectID(0), awaits: Bool = false, otherSize: UInt8 = 0
  ) {
    self.awaits = awaits
    self.otherSize = otherSize
    self.object = object
    self.other = other
    self.size = size
    self.thread = thread
    self.kind = kind
  }
}

extension Operation {
  /// What an awaiting operation looked at besides its object, as a read.
  var lookBesides: Operation? {
    guard otherSize > 0 else { return nil }
    return Operation(thread: thread, kind: .read, object: other, size: UInt32(otherSize))
  }

  /// Whether it awaits a change of bytes, besides its object, that the other operation may store to.
  func watches(_ store: Operation) -> Bool {
    guard otherSize > 0, store.kind.isStore, let lookBesides else { return false }
    return Independence.overlap(lookBesides, store)
  }
}
