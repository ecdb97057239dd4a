/// The independence relation: which operations can change places without anybody noticing.
///
/// This is the one place where it is written. Two operations of different threads are *dependent*
/// if their order can matter: one can change what the other does, gives or enables. Everything that
/// an exploration leaves out rests on this relation; where it says "dependent" too often,
/// executions are repeated, and where it says "independent" wrongly, they are lost.
///
/// - Memory: the bytes overlap, and one of the two stores. A compare-and-swap counts as a store,
///   whatever comes of it.
/// - Locks: all pairs but two failed attempts. `wait` acts on its lock as an unlock does.
/// - Shared holds of a lock: as those of a lock, but not of each other.
/// - Conditions: all pairs, as a signal wakes one of those that wait. To be the one that it wakes depends
///   on signals and on others that may be, but not on waits: who comes later has no part in it. So does
///   the end of a wait that may time out, but two that come to nothing commute.
/// - Semaphores: all pairs but those of failed attempts and looks at the count.
/// - Once-only initialisers, output streams and barriers: all pairs. Calls of a library: all pairs but
///   two shared ones.
/// - The clock: reads of sleeps. Two sleeps come to one sum in both orders.
/// - An operation that awaits a change depends on stores to what its thread looked at besides, as a
///   read of it would.
/// - A join depends on the end of its thread alone, a wait for a completion on that, and the program's
///   end on all that came before, which are edges and not pairs.
package enum Independence {
  /// What an operation acts on, as bits, since a `wait` acts on a condition and on a lock.
  private static func families(of kind: Event.Kind) -> UInt16 {
    switch kind {
    case .read, .write, .readModifyWrite, .opaqueReadWrite: 1
    case .lock, .tryLock, .tryLockFailed, .unlock: 2 | 64
    case .lockShared, .tryLockShared, .tryLockSharedFailed, .unlockShared: 64
    case .signal, .broadcast: 4 | 128
    case .wait: 2 | 4
    case .waitEnd, .wake, .timedWake: 128
    case .semaphoreWait, .semaphoreSignal, .semaphoreTryWait, .semaphoreTryWaitFailed,
      .semaphoreRead:
      8
    case .once: 16
    case .output: 32
    case .arrive: 256
    case .sleep, .readClock: 512
    case .call, .sharedCall: 1024
    case .join, .awaitCompletion, .finish, .spawn, .exit, .throwError, .fence, .yield, .crash,
      .resume,
      .suspend, .complete:
      0
    }
  }

  /// The groups of operations on one object to which it belongs, as bits: those of one group commute.
  private static func groups(of kind: Event.Kind) -> UInt8 {
    switch kind {
    case .read, .tryLockFailed, .semaphoreTryWaitFailed, .semaphoreRead, .waitEnd, .readClock,
      .sharedCall:
      1
    case .lockShared, .tryLockShared, .unlockShared, .sleep: 2
    case .tryLockSharedFailed: 1 | 2
    default: 0
    }
  }

  /// Whether operations of this kind commute with each other.
  package static func isShared(_ kind: Event.Kind) -> Bool { groups(of: kind) != 0 }

  /// Whether all operations on an object that is not memory depend on those of this kind.
  static func isExclusive(_ kind: Event.Kind) -> Bool {
    switch kind {
    case .wait, .wake, .timedWake: false
    default: groups(of: kind) == 0
    }
  }

  /// Whether two operations on one object, by different threads, are dependent by their kinds.
  package static func areDependent(_ first: Event.Kind, _ second: Event.Kind) -> Bool {
    families(of: first) & families(of: second) != 0 && groups(of: first) & groups(of: second) == 0
  }

  /// Whether two operations are dependent; those of one thread always are.
  package static func areDependent(_ first: Operation, _ second: Operation) -> Bool {
    guard first.thread != second.thread else { return true }
    // Most pairs that are asked for are two reads.
    if first.kind == .read, second.kind == .read { return false }
    if first.watches(second) || second.watches(first) { return true }
    // Or accesses to different words.
    if first.kind.isMemory, second.kind.isMemory, !overlap(first, second) { return false }
    guard areDependent(first.kind, second.kind) else { return false }
    if first.kind.isMemory { return true }
    if first.object == second.object { return true }
    guard first.kind == .wait || second.kind == .wait else { return false }
    return lock(of: first) == lock(of: second)
  }

  /// Whether an operation stores to all that another acts on, so that whatever depends on what the
  /// other does depends on it too.
  static func hides(_ store: Operation, _ other: Operation) -> Bool {
    store.kind.isMemory && !isShared(store.kind) && other.kind.isMemory && !other.awaits
      && store.object.rawValue <= other.object.rawValue
      && other.object.rawValue &+ UInt64(other.size)
        <= store.object.rawValue &+ UInt64(store.size)
  }

  /// For the runtime: at `first * 64 + second`, by raw kinds, 1 where `areDependent` says so.
  ///
  /// Memory must overlap besides, and a `wait` is to be compared by its lock too.
  package static var matrix: [UInt8] {
    var matrix = [UInt8](repeating: 0, count: 64 * 64)
    for first in Event.Kind.allCases {
      for second in Event.Kind.allCases where areDependent(first, second) {
        matrix[Int(first.rawValue) * 64 + Int(second.rawValue)] = 1
      }
    }
    return matrix
  }

  /// Whether the bytes that two operations on memory act on have one in common.
  package static func overlap(_ first: Operation, _ second: Operation) -> Bool {
    first.object.rawValue < second.object.rawValue &+ UInt64(second.size)
      && second.object.rawValue < first.object.rawValue &+ UInt64(first.size)
  }

  /// What the operation acts on where it meets a `wait` on another condition.
  private static func lock(of operation: Operation) -> ObjectID {
    operation.kind == .wait ? operation.other : operation.object
  }
}
