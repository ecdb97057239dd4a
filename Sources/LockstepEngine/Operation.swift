/// What a thread does or is about to do: the part of an event on which others can depend.
package struct Operation: Hashable, Sendable {
  package var object: ObjectID
  /// The lock that a `wait` gives up.
  package var other: ObjectID
  package var size: UInt32
  package var thread: ThreadID
  package var kind: Event.Kind

  package init(
    thread: ThreadID, kind: Event.Kind, object: ObjectID, size: UInt32 = 1,
    other: ObjectID = ObjectID(0)
  ) {
    self.object = object
    self.other = other
    self.size = size
    self.thread = thread
    self.kind = kind
  }
}
