import LockstepEngine

extension Machine {
  /// What a thread does next that polls: it takes the lock, reads, gives the lock up, and so again.
  static func poll(
    of cell: Int, _ lock: Int, isShared: Bool, _ thread: ThreadID, steps: Int
  ) -> Operation {
    switch steps % 3 {
    case 0:
      Operation(
        thread: thread, kind: isShared ? .lockShared : .lock, object: Self.lock(lock),
        other: steps > 0 ? Self.cell(cell) : ObjectID(0), awaits: steps > 0,
        otherSize: steps > 0 ? 4 : 0)
    case 1: Operation(thread: thread, kind: .read, object: Self.cell(cell), size: 4)
    default:
      Operation(
        thread: thread, kind: isShared ? .unlockShared : .unlock, object: Self.lock(lock))
    }
  }
}
